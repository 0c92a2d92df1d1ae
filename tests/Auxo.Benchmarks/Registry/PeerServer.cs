using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

using Auxo.Benchmarks.Measuring;
using Auxo.Instances;
using Auxo.Testing;

namespace Auxo.Benchmarks.Registry;

/// <summary>A server of somebody else on a port of its own, with a folder that is removed with it.</summary>
internal sealed class PeerServer : IAsyncDisposable
{
    private readonly DirectoryInfo _folder;
    private readonly ChildProcess _process;
    private readonly ReservedPort _port;

    private PeerServer(DirectoryInfo folder, ChildProcess process, ReservedPort port)
        => (_folder, _process, _port, Address) = (folder, process, port, new Uri($"http://127.0.0.1:{port.Number}"));

    /// <summary>Where it listens.</summary>
    public Uri Address { get; }

    /// <summary>Its first process.</summary>
    public int ProcessId => _process.Id;

    /// <summary>What it keeps.</summary>
    public string Folder => _folder.FullName;

    /// <summary>The program's place; null where there is none. Debian keeps some where only root's PATH looks.</summary>
    public static string? Find(string program)
        => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Append("/usr/sbin")
            .Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);

    /// <summary>Starts one and waits until it listens.</summary>
    /// <param name="program">Its place.</param>
    /// <param name="configure">The text of its configuration, of its folder and its port.</param>
    /// <param name="arguments">Its arguments, of its folder and the configuration's file.</param>
    /// <param name="ct">Gives up.</param>
    public static async Task<PeerServer> StartAsync(
        string program, Func<string, int, string> configure, Func<string, string, IReadOnlyList<string>> arguments, CancellationToken ct)
    {
        var folder = Directory.CreateTempSubdirectory("auxo-peer-");
        var port = ReservedPort.Take();
        var configuration = Path.Combine(folder.FullName, "configuration.yaml");
        await File.WriteAllTextAsync(configuration, configure(folder.FullName, port.Number), ct);
        var said = new List<string>();
        var process = ChildProcess.Start(new ChildProcessStart(program, arguments(folder.FullName, configuration))
        {
            OnLine = line => { if (said.Count < 50) said.Add(line); }, WorkingDirectory = folder.FullName,
        });
        var side = new PeerServer(folder, process, port);
        try
        {
            await Poll.UntilAsync(
                async () => process.Exited.IsCompleted
                    ? throw new InvalidOperationException($"{Path.GetFileName(program)} ended: {string.Join(' ', said)}")
                    : await ListensAsync(port.Number, ct), $"{Path.GetFileName(program)} listens", ct, 20);
            return side;
        }
        catch
        {
            await side.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _process.StopAsync(PosixSignal.SIGTERM, TimeSpan.FromSeconds(10));
        _process.Dispose();
        _port.Dispose();
        _folder.Delete(recursive: true);
    }

    private static async Task<bool?> ListensAsync(int port, CancellationToken ct)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port), ct);
            return true;
        }
        catch (SocketException)
        {
            return null;
        }
    }
}
