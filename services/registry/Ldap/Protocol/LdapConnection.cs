using System.Buffers.Binary;
using System.Formats.Asn1;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;

using Auxo.Registry.Identities;

namespace Auxo.Registry.Ldap.Protocol;

/// <summary>
/// One connection to an LDAP server, for one question at a time. Every method throws <see cref="IOException"/> or one of its kind when the
/// server does not answer, or not in LDAP.
/// </summary>
internal sealed class LdapConnection : IAsyncDisposable
{
    /// <summary>Bytes of one answer: a group with very many members is never asked for its members.</summary>
    private const int LargestAnswer = 1 << 20;

    private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private Stream _stream = Stream.Null;
    private int _lastId;

    private LdapConnection()
    {
    }

    /// <summary>Connects, with TLS from the begin (<c>ldaps</c>), or on the same connection before anything else is said.</summary>
    /// <param name="url"><c>ldaps://host:636</c> or <c>ldap://host:389</c>.</param>
    /// <param name="startTls">Whether TLS is begun on a connection of <c>ldap</c>.</param>
    /// <param name="authorities">The certificates that are trusted; null for those of this machine.</param>
    /// <param name="ct">Gives up.</param>
    public static async Task<LdapConnection> OpenAsync(
        Uri url, bool startTls, X509Certificate2Collection? authorities, CancellationToken ct)
    {
        var connection = new LdapConnection();
        try
        {
            var port = url.IsDefaultPort || url.Port < 0 ? url.Scheme == "ldaps" ? 636 : 389 : url.Port;
            await connection._socket.ConnectAsync(url.IdnHost, port, ct);
            connection._stream = new NetworkStream(connection._socket, ownsSocket: true);
            if (url.Scheme != "ldaps" && startTls)
            {
                var (result, _) = await connection.AskAsync(LdapMessages.StartTls, ct);
                if (result != (int)LdapResult.Success) throw new IOException($"The LDAP server refuses StartTLS (result {result}).");
            }

            if (url.Scheme == "ldaps" || startTls) await connection.BeginTlsAsync(url.IdnHost, authorities, ct);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>Says who is asking.</summary>
    /// <returns>The number of an <see cref="LdapResult"/>.</returns>
    public async Task<int> BindAsync(string dn, string password, CancellationToken ct)
        // A bind without a password is one as nobody, which servers let succeed: it would let everybody in.
        => password.Length == 0 ? (int)LdapResult.InvalidCredentials
            : (await AskAsync(id => LdapMessages.Bind(id, dn, password), ct)).Result;

    /// <summary>Finds at most so many that have one of these values: their names, and the values of one attribute.</summary>
    public async Task<IReadOnlyList<LdapAnswer>> SearchAsync(
        string baseDn, IReadOnlyList<(string Attribute, string Value)> anyOf, int most, string attribute, CancellationToken ct)
    {
        var (result, entries) = await AskAsync(id => LdapMessages.Search(id, baseDn, anyOf, most, [attribute]), ct);
        return result is (int)LdapResult.Success or (int)LdapResult.SizeLimitExceeded
            ? entries
            : throw new IOException($"The LDAP server refuses the search under '{baseDn}' (result {result}).");
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stream.DisposeAsync();
        _socket.Dispose();
    }

    private async Task BeginTlsAsync(string host, X509Certificate2Collection? authorities, CancellationToken ct)
    {
        var tls = new SslStream(_stream);
        _stream = tls;
        var options = new SslClientAuthenticationOptions { TargetHost = host };
        if (authorities is not null) options.CertificateChainPolicy = SettingFiles.Trusting(authorities);
        await tls.AuthenticateAsClientAsync(options, ct);
    }

    private async Task<(int Result, IReadOnlyList<LdapAnswer> Entries)> AskAsync(Func<int, byte[]> message, CancellationToken ct)
    {
        var id = ++_lastId;
        await _stream.WriteAsync(message(id), ct);
        await _stream.FlushAsync(ct);
        var (entries, bytes) = (new List<LdapAnswer>(), 0);
        while (true)
        {
            var read = await ReceiveAsync(ct);
            if ((bytes += read.Length) > LargestAnswer) throw new IOException("The LDAP server answers more than was asked for.");
            LdapAnswer answer;
            try
            {
                answer = LdapMessages.Read(read);
            }
            catch (AsnContentException e)
            {
                throw new IOException("What answers is no LDAP server.", e);
            }

            // Number 0 is what a server says before it hangs up.
            if (answer.Id != id) throw new IOException("The LDAP server ended the connection.");
            if (answer.Kind == LdapAnswerKind.Result) return (answer.Result, entries);
            if (answer.Kind == LdapAnswerKind.Entry) entries.Add(answer);
        }
    }

    private async Task<byte[]> ReceiveAsync(CancellationToken ct)
    {
        var head = new byte[6];
        await _stream.ReadExactlyAsync(head.AsMemory(0, 2), ct);
        var (length, more) = ((int)head[1], head[1] & 0x7f);
        if (head[1] > 0x7f)
        {
            if (more is 0 or > 4) throw new IOException("What answers is no LDAP server.");
            await _stream.ReadExactlyAsync(head.AsMemory(2, more), ct);
            var number = new byte[4];
            head.AsSpan(2, more).CopyTo(number.AsSpan(4 - more));
            length = BinaryPrimitives.ReadInt32BigEndian(number);
        }
        else
        {
            more = 0;
        }

        if (head[0] != 0x30 || length is < 0 or > LargestAnswer) throw new IOException("What answers is no LDAP server.");
        var message = new byte[2 + more + length];
        head.AsSpan(0, 2 + more).CopyTo(message);
        await _stream.ReadExactlyAsync(message.AsMemory(2 + more), ct);
        return message;
    }
}
