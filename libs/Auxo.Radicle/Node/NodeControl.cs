using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

using Auxo.Contracts;

namespace Auxo.Radicle;

/// <summary>A session with a peer. A peer that vanished may stay <c>connected</c> for a while: no proof that it can be reached.</summary>
/// <param name="Nid">The peer.</param>
/// <param name="Connected">False while dialling or waiting to dial again.</param>
public sealed record NodeSession(Did Nid, bool Connected)
{
    /// <summary>This node dialled; false: the peer did; null: it does not say.</summary>
    public bool? IsOutbound { get; init; }

    /// <summary>The peer's <c>host:port</c>; of one that dialled, the port is not where it listens.</summary>
    public string? Address { get; init; }
}

/// <summary>What was announced.</summary>
/// <param name="Owner">Whose refs.</param>
/// <param name="At">The commit of the signed refs.</param>
public sealed record AnnouncedRefs(Did Owner, CommitId At);

/// <summary>
/// The client of a node's control socket: one JSON line there, one line back, then the node closes. Nothing here waits longer than
/// <see cref="Patience"/>, because a node waits forever for the rest of a line.
/// </summary>
public sealed partial class NodeControl(string socketPath, TimeProvider time)
{
    /// <summary>The longest path of a Unix socket on Linux and macOS.</summary>
    private const int MaxPathBytes = 103;
    private const int MaxReplyBytes = 16 << 20;

    /// <summary>How long an answer may take.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Where the socket is.</summary>
    public string SocketPath { get; } = socketPath;

    /// <summary>Returns when the node answers.</summary>
    /// <exception cref="NodeException">It does not.</exception>
    public Task StatusAsync(CancellationToken cancellationToken)
        => AskAsync("""{"command":"status"}""", static _ => true, cancellationToken);

    /// <summary>The node's own id.</summary>
    /// <exception cref="NodeException">The node does not answer.</exception>
    public Task<Did> NodeIdAsync(CancellationToken cancellationToken)
        => AskAsync("""{"command":"nodeId"}""", CobJson.Did, cancellationToken);

    /// <summary>The sessions with peers.</summary>
    /// <exception cref="NodeException">The node does not answer.</exception>
    public Task<IReadOnlyList<NodeSession>> SessionsAsync(CancellationToken cancellationToken)
        => AskAsync(
            """{"command":"sessions"}""",
            reply => CobJson.List(reply, static s => new NodeSession(
                CobJson.Did(CobJson.Member(s, "nid")),
                CobJson.Optional(s, "state") is { ValueKind: JsonValueKind.Object } state && state.TryGetProperty("connected", out _))
            {
                IsOutbound = CobJson.OptionalText(s, "link") switch { "outbound" => true, "inbound" => false, _ => null },
                Address = CobJson.OptionalText(s, "addr"),
            }),
            cancellationToken);

    /// <summary>The nodes that keep a repository, and whether they have these namespaces as this node has them.</summary>
    /// <exception cref="NodeException">The node does not answer.</exception>
    public Task<IReadOnlyList<NodeSeed>> SeedsForAsync(Rid rid, IReadOnlyList<Did> owners, CancellationToken cancellationToken)
        => AskAsync(
            $$"""{"command":"seedsFor","rid":"{{rid}}","namespaces":[{{Nids(owners)}}]}""",
            static reply => CobJson.List(reply, NodeSeed.Read), cancellationToken);

    /// <summary>Tells the peers about the refs of these namespaces. Returns as soon as the node has taken it, in milliseconds.</summary>
    /// <exception cref="NodeException">The node does not answer, or does not have the repository.</exception>
    public Task<AnnouncedRefs> AnnounceRefsForAsync(Rid rid, IReadOnlyList<Did> owners, CancellationToken cancellationToken)
        => AskAsync(
            $$"""{"command":"announceRefsFor","rid":"{{rid}}","namespaces":[{{Nids(owners)}}]}""",
            static reply => new AnnouncedRefs(CobJson.Did(CobJson.Member(reply, "remote")), CobJson.Oid(reply, "at")),
            cancellationToken);

    /// <summary>Subscribes to the node's events.</summary>
    /// <exception cref="NodeException">The node cannot be reached.</exception>
    public async Task<NodeSubscription> SubscribeAsync(CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(Patience, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            var socket = await ConnectAsync(both.Token);
            try
            {
                await SendAsync(socket, """{"command":"subscribe"}""", both.Token);
                return new NodeSubscription(socket);
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw TimedOut(e);
        }
    }

    private static string Nids(IReadOnlyList<Did> owners) => string.Join(',', owners.Select(static o => $"\"{o.Nid}\""));

    private async Task<T> AskAsync<T>(string request, Func<JsonElement, T> read, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(Patience, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        byte[] reply;
        try
        {
            using var socket = await ConnectAsync(both.Token);
            await SendAsync(socket, request, both.Token);
            reply = await ReadToEndAsync(socket, both.Token);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw TimedOut(e);
        }

        if (reply.Length == 0) throw new NodeException(NodeFault.Disconnected, "The node closed the connection without an answer.");
        try
        {
            var json = CobJson.Parse(reply);
            if (json.ValueKind == JsonValueKind.Object && CobJson.OptionalText(json, "error") is { } error) throw new NodeException(
                NodeFault.Refused, $"The node says: {error}");
            return read(json);
        }
        catch (CobFormatException e)
        {
            throw new NodeException(NodeFault.Garbled, $"The node's answer is not understood: {e.Message}", e);
        }
    }

    private NodeException TimedOut(Exception e)
        => new(NodeFault.TimedOut, $"The Radicle node did not answer within {Patience.TotalSeconds:0} s.", e);

    private async Task<Socket> ConnectAsync(CancellationToken cancellationToken)
    {
        if (Encoding.UTF8.GetByteCount(SocketPath) > MaxPathBytes)
            throw new NodeException(NodeFault.NoAccess,
                $"The path of the node's socket has more than {MaxPathBytes} bytes: {SocketPath}. Set RAD_SOCKET to a shorter one.");
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(SocketPath), cancellationToken);
            return socket;
        }
        catch (SocketException e)
        {
            socket.Dispose();
            throw e.SocketErrorCode switch
            {
                SocketError.ConnectionRefused => new NodeException(
                    NodeFault.StaleSocket, $"Nobody listens on {SocketPath}: the node was killed. Start it with `rad node start`.", e),
                SocketError.AccessDenied => new NodeException(
                    NodeFault.NoAccess, $"{SocketPath} belongs to another user. Start Auxo as the user who runs the node.", e),
                _ => new NodeException(
                    NodeFault.NotRunning, $"The Radicle node is not running: there is no {SocketPath}. Start it with `rad node start`.", e),
            };
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static async Task SendAsync(Socket socket, string request, CancellationToken cancellationToken)
    {
        try
        {
            await socket.SendAsync(Encoding.UTF8.GetBytes(request + "\n"), SocketFlags.None, cancellationToken);
        }
        catch (SocketException e)
        {
            throw new NodeException(NodeFault.Disconnected, "The node closed the connection before it read the request.", e);
        }
    }

    /// <summary>To the end: not every answer has a line end.</summary>
    private static async Task<byte[]> ReadToEndAsync(Socket socket, CancellationToken cancellationToken)
    {
        await using var stream = new NetworkStream(socket);
        var reader = PipeReader.Create(stream);
        while (true)
        {
            var result = await ReadAsync(reader, cancellationToken);
            if (result.IsCompleted) return result.Buffer.ToArray();
            if (result.Buffer.Length > MaxReplyBytes) throw new NodeException(
                NodeFault.Garbled, $"The node's answer has more than {MaxReplyBytes} bytes.");
            reader.AdvanceTo(result.Buffer.Start, result.Buffer.End);
        }
    }

    internal static async Task<ReadResult> ReadAsync(PipeReader reader, CancellationToken cancellationToken)
    {
        try
        {
            return await reader.ReadAsync(cancellationToken);
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            throw new NodeException(NodeFault.Disconnected, "The connection to the node broke.", e);
        }
    }
}
