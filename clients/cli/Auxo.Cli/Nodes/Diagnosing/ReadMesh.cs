using System.Diagnostics;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Nodes;

using Auxo.Cli.Nodes.Fixing;
using Auxo.Cli.Nodes.SettingUp;
using Auxo.Cli.Patches.Copies;
using Auxo.Contracts;
using Auxo.Radicle;

namespace Auxo.Cli.Nodes.Diagnosing;

/// <summary>Looks at the node, the VPN and the peers, and changes nothing.</summary>
internal static class ReadMesh
{
    private const int Tries = 3;
    private const string UsualPort = ":8776";
    private static readonly TimeSpan DialPatience = TimeSpan.FromSeconds(2);

    /// <param name="host">The surroundings.</param>
    /// <param name="home">The profile.</param>
    /// <param name="own">Its key.</param>
    /// <param name="named">
    /// The peer that is meant, <c>NID</c> or <c>NID@host:port</c>; null for all of the mesh.
    /// </param>
    /// <param name="rid">The repository that is meant; null for all of the storage.</param>
    /// <param name="ct">Stops.</param>
    public static async Task<MeshReading> ReadAsync(
        CliHost host, RadicleHome home, Did own, string? named, Rid? rid, CancellationToken ct)
    {
        var programs = new UserPrograms(host);
        var vpn = RadProgram.Find("tailscale", host.Variable("PATH")) is null ? null
            : TailscaleStatus.Parse((await programs.AskAsync("tailscale", ct, "status", "--json")).Output);
        var control = new NodeControl(home.Socket, host.Time);
        IReadOnlyList<string>? listens = null;
        IReadOnlyList<NodeSession> sessions = [];
        string? problem = null;
        try
        {
            listens = await control.ListenAddressesAsync(ct);
            sessions = await control.SessionsAsync(ct);
        }
        catch (NodeException e)
        {
            problem = e.Message;
        }

        var repositories = await ReadRepositories.ReadAsync(host, home, own, rid, listens is null ? null : control, ct);
        var peers = Peers(await SettingsAsync(home, ct), sessions, named, own, repositories);
        var looked = await Task.WhenAll(peers.Select(p => LookAsync(programs, vpn, p, host.Time, ct)));
        return new MeshReading(host.Time.GetUtcNow(), own, vpn, listens, problem, looked, repositories,
            rid is not null);
    }

    /// <summary>
    /// The one that is named; else those that the settings dial, and of those that are connected the ones that belong
    /// to the mesh: at a private address, or allowed in one of the repositories. Public seeds do not.
    /// </summary>
    public static IReadOnlyList<MeshPeer> Peers(
        (IReadOnlyList<string> Dialled, IReadOnlyList<string> Seeds) settings, IReadOnlyList<NodeSession> sessions,
        string? named, Did own,
        IReadOnlyList<MeshRepository> repositories)
    {
        var found = new Dictionary<Did, MeshPeer>();
        foreach (var text in named is null ? settings.Dialled
            : [named, .. settings.Dialled.Where(d => FixScene.NidOf(d) == FixScene.NidOf(named))])
        {
            if (FixScene.NidOf(text) is { } nid && nid != own
                && !(found.TryGetValue(nid, out var known) && known.Address is not null))
                found[nid] = new MeshPeer(nid, text.IndexOf('@') is > 0 and var at ? text[(at + 1)..] : null,
                    settings.Dialled.Any(d => FixScene.NidOf(d) == nid));
        }

        var publicSeeds = settings.Seeds.Select(FixScene.NidOf).OfType<Did>().ToHashSet();
        foreach (var session in sessions)
        {
            if (found.TryGetValue(session.Nid, out var peer)) found[session.Nid] = peer with
            {
                Session = session, Address = peer.Address ?? (session.IsOutbound == true ? session.Address : null),
            };
            else if (named is null && session.Nid != own && !publicSeeds.Contains(session.Nid)
                && IsOfMesh(session, repositories))
                found[session.Nid] = new MeshPeer(
                    session.Nid, session.IsOutbound == true ? session.Address : null,
                    IsDialled: false) { Session = session };
        }

        return [.. found.Values.OrderBy(static p => p.Nid.Value, StringComparer.Ordinal)];
    }

    private static bool IsOfMesh(NodeSession session, IReadOnlyList<MeshRepository> repositories)
        => (session.Address is { } address && MeshAddress.IsPrivate(address))
            || repositories.Any(r => r.Readers?.Contains(session.Nid) == true);

    /// <summary>Whom the settings dial, and the public seeds.</summary>
    private static async Task<(IReadOnlyList<string> Dialled, IReadOnlyList<string> Seeds)> SettingsAsync(
        RadicleHome home, CancellationToken ct)
    {
        var file = Path.Combine(home.Path, "config.json");
        if (!File.Exists(file)) return ([], []);
        var text = await File.ReadAllTextAsync(file, ct);
        var dialled = NodeConfig.Peers(text);
        return (dialled, JsonNode.Parse(text)?["preferredSeeds"] is JsonArray seeds
            ? [.. seeds.Where(static s => s?.GetValueKind() == JsonValueKind.String)
            .Select(static s => s!.GetValue<string>())] : []);
    }

    private static async Task<MeshPeer> LookAsync(
        UserPrograms programs, TailscaleStatus? vpn, MeshPeer peer, TimeProvider time, CancellationToken ct)
    {
        var hosts = new[] { peer.Address, peer.Session?.Address }.OfType<string>().Select(MeshAddress.HostOf).ToList();
        var machine = vpn?.Peers.FirstOrDefault(m => hosts.Exists(m.Is));
        // One of the tailnet listens at the usual port, unless something else is known.
        var address = peer.Address ?? (machine is { Addresses: [var first, ..] }
            ? (first.Contains(':', StringComparison.Ordinal) ? $"[{first}]" : first) + UsualPort : null);
        var dial = address is null ? Task.FromResult<TcpDial?>(null) : DialAsync(address, time, ct);
        var ping = machine is { Addresses: [var at, ..] } ? PingAsync(programs, at, ct)
            : Task.FromResult<TailscalePing?>(null);
        return peer with { Address = address, Machine = machine, Dial = await dial, Ping = await ping };
    }

    private static async Task<TailscalePing?> PingAsync(UserPrograms programs, string address, CancellationToken ct)
        => TailscalePing.Parse((await programs.AskAsync(
            "tailscale", ct, "ping", $"--c={Tries}", "--until-direct=false", "--timeout=2s", address)).Output, Tries);

    /// <summary>Connects a few times and closes at once.</summary>
    public static async Task<TcpDial?> DialAsync(string address, TimeProvider time, CancellationToken ct)
    {
        if (Health.ReadNode.PortOf(address) is not { } port) return null;
        var answers = new List<double>();
        var problem = DialProblem.None;
        for (var i = 0; i < Tries; i++)
        {
            using var limit = new CancellationTokenSource(DialPatience, time);
            using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, ct);
            using var client = new TcpClient();
            var began = Stopwatch.GetTimestamp();
            try
            {
                await client.ConnectAsync(MeshAddress.HostOf(address), port, both.Token);
                answers.Add(Stopwatch.GetElapsedTime(began).TotalSeconds);
            }
            catch (Exception e) when (e is SocketException or OperationCanceledException)
            {
                ct.ThrowIfCancellationRequested();
                problem = Problem(e);
                // What did not answer at all does not answer three times either.
                if (answers.Count == 0) return new TcpDial(i + 1, 0, null, problem);
            }
        }

        return new TcpDial(Tries, answers.Count, answers.Min(), problem);
    }

    private static DialProblem Problem(Exception e) => e switch
    {
        OperationCanceledException => DialProblem.TimedOut,
        SocketException { SocketErrorCode: SocketError.ConnectionRefused } => DialProblem.Refused,
        SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain } =>
            DialProblem.NoSuchHost,
        SocketException { SocketErrorCode: SocketError.TimedOut } => DialProblem.TimedOut,
        _ => DialProblem.Other,
    };
}
