using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace Auxo.Testing;

/// <summary>
/// A TCP port of loopback for a program that must be told one, or is to have the same one after a stop. It lies below the
/// system's own range (from 32768 on), so that no outgoing connection takes it. It is free whenever nobody listens, so the UDP
/// port of the same number is held meanwhile: that keeps everybody else who reserves one on this machine, in whichever process,
/// from choosing it. Disposing gives it back.
/// </summary>
public sealed class ReservedPort : IDisposable
{
    private readonly Socket _held;

    private ReservedPort(Socket held) => _held = held;

    /// <summary>Its number.</summary>
    public int Number => ((IPEndPoint)_held.LocalEndPoint!).Port;

    /// <summary>Reserves one.</summary>
    public static ReservedPort Take()
    {
        while (true)
        {
            var place = new IPEndPoint(IPAddress.Loopback, RandomNumberGenerator.GetInt32(20_000, 32_000));
            var held = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            try
            {
                held.Bind(place);
                using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                probe.Bind(place);
                return new ReservedPort(held);
            }
            catch (SocketException)
            {
                // Taken; try another.
                held.Dispose();
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _held.Dispose();
}
