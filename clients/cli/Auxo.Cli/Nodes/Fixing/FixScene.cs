using Auxo.Cli.Nodes.SettingUp;
using Auxo.Cli.Patches.Copies;
using Auxo.Cli.WorkingCopies;
using Auxo.Contracts;
using Auxo.Radicle;

namespace Auxo.Cli.Nodes.Fixing;

/// <summary>What the steps look at: the profile, its node, and whom and what it is about.</summary>
/// <param name="Host">The surroundings.</param>
/// <param name="Home">The profile.</param>
/// <param name="Own">Its key.</param>
/// <param name="Listen">Where the node should listen.</param>
/// <param name="Rid">The repository; null for none.</param>
internal sealed record FixScene(CliHost Host, RadicleHome Home, Did Own, string Listen, Rid? Rid)
{
    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(200);

    public UserPrograms Programs { get; } = new(Host);

    private readonly NodeControl _questions = new(Home.Socket, Host.Time) { Patience = MostQuiet };

    /// <summary>The node's silence, which no later look waits for again.</summary>
    private NodeException? _silent;

    /// <summary>So long a running node may take for an answer that it has at hand.</summary>
    public static TimeSpan MostQuiet { get; } = TimeSpan.FromSeconds(5);

    /// <summary>For what the node does: dialling and fetching take longer than a question.</summary>
    public NodeControl Control { get; } = new(Home.Socket, Host.Time) { Patience = TimeSpan.FromSeconds(25) };

    public string Config => Path.Combine(Home.Path, "config.json");

    /// <summary>What stands in it; empty when it is not there.</summary>
    public async Task<string> ConfigAsync(CancellationToken ct) => await OrdinaryFile.ReadTextAsync(Config, ct) ?? "";

    /// <summary>
    /// Asks the node. One that has kept silent is not asked again until something has been done about it: each step would wait as long.
    /// </summary>
    /// <exception cref="NodeException">It does not answer, or did not before.</exception>
    public async Task<T> AskAsync<T>(Func<NodeControl, Task<T>> question)
    {
        if (_silent is { } silent) throw new NodeException(silent.Fault, silent.Message, silent);
        try
        {
            return await question(_questions);
        }
        catch (NodeException e) when (e.Fault == NodeFault.TimedOut)
        {
            if (!IsMending) _silent = e;
            throw;
        }
    }

    /// <summary>While something is done about the node it is asked again and again.</summary>
    public bool IsMending
    {
        get;
        set
        {
            field = value;
            _silent = null;
        }
    }

    /// <summary>Whether the node answers at all.</summary>
    public async Task<bool> AnswersAsync(CancellationToken ct)
    {
        try
        {
            return await AskAsync(async node =>
            {
                await node.StatusAsync(ct);
                return true;
            });
        }
        catch (NodeException)
        {
            return false;
        }
    }

    /// <summary>Who was named on the command line, as <c>NID@host:port</c>.</summary>
    public string? NamedPeer { get; init; }

    /// <summary>Who is meant: named, else the first whom the node dials by itself.</summary>
    public async Task<string?> PeerAsync(CancellationToken ct)
        => NamedPeer
            ?? (File.Exists(Config) && NodeConfig.Peers(await ConfigAsync(ct)) is [var first, ..] ? first : null);

    /// <summary>The peer that is connected now: the one that is meant, else any; null for none.</summary>
    public async Task<Did?> ConnectedPeerAsync(CancellationToken ct)
    {
        try
        {
            var connected = (await AskAsync(node => node.SessionsAsync(ct)))
                .Where(static s => s.Connected).Select(static s => s.Nid).ToList();
            return await PeerAsync(ct) is { } peer && NidOf(peer) is { } nid
                ? connected.Contains(nid) ? nid : null
                : connected.Count > 0 ? connected[0] : null;
        }
        catch (NodeException)
        {
            return null;
        }
    }

    /// <summary>The identity as the storage has it; null when the repository is not here.</summary>
    public async Task<RadicleIdentity?> IdentityAsync(CancellationToken ct)
    {
        if (Rid is not { } rid || !Directory.Exists(Home.RepositoryPath(rid))) return null;
        try
        {
            await using var storage = await RadicleRepository.OpenAsync(Home.RepositoryPath(rid), ct);
            return await storage.ReadIdentityAsync(ct);
        }
        catch (NotRadicleException)
        {
            return null;
        }
    }

    /// <summary>The key of <c>NID@host:port</c>; null when it is none.</summary>
    public static Did? NidOf(string peer)
        => Did.TryParse("did:key:" + peer.Split('@')[0], provider: null, out var nid) ? nid : null;

    /// <summary>Looks again and again until it is so, or the time is over.</summary>
    public async Task<bool> BecomesAsync(Func<Task<bool>> condition, TimeSpan limit, CancellationToken ct)
    {
        var began = Host.Time.GetTimestamp();
        while (!await condition())
        {
            if (Host.Time.GetElapsedTime(began) > limit) return false;
            await Task.Delay(Between, Host.Time, ct);
        }

        return true;
    }
}
