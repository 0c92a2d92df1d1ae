using System.CommandLine;

using Auxo.Cli.WorkingCopies;
using Auxo.Radicle;

namespace Auxo.Cli.Overview;

/// <summary><c>auxo sync-status</c></summary>
internal static class SyncStatusCommand
{
    public static Command Create(CliHost host)
    {
        var all = new Option<bool>("--all")
        {
            Description = "All tracked repositories, instead of the working copy of this folder",
        };
        return new Command(
            "sync-status", "Where this working copy stands: branches, changes, the node, other nodes, and what to do next") { all }
            .Does(host, (parsed, session, ct)
                => parsed.GetValue(all) ? AllSyncStatus.RunAsync(session, ct) : RunAsync(session, ct));
    }

    private static async Task<int> RunAsync(Session session, CancellationToken ct)
    {
        var copy = await WorkingCopy.FindAsync(session.Host.WorkingFolder, ct);
        var home = copy.Rid is not null
            && RadicleHome.Find(session.Host.Variable) is RadicleHomeSearch.Found found ? found.Home : null;
        var control = home is null ? null : NodeState.Control(home, session.Host.Time);
        var node = control is null ? null : await NodeState.ReadAsync(control, ct);
        var seeds = node is null ? null : await node.SeedsAsync(control!, copy.Rid!.Value, ct);
        var (name, branch, head) = await IdentityAsync(session.Host, copy, ct);
        var state = await CopyState.ReadAsync(copy, UserSettings.Of(session.Host), branch, head, ct);
        var next = NextStep.Of(state, node, seeds, HasPatches(session.Host));
        if (session.Terminal.Json) session.Terminal.WriteJson(new
        {
            Folder = copy.Top, Rid = copy.Rid?.Value, name, state.Branch, state.Head, state.Canonical, state.CanonicalIsOld,
            state.Upstream, state.Remotes, state.Changes, state.Commits,
            Node = node is null ? null : new { node.IsRunning, node.Reason, Nid = node.Nid?.Nid, node.Peers, node.Connected },
            Seeds = seeds?.Select(static s => new { Nid = s.Nid.Nid, s.IsConnected, s.IsInSync, s.AnnouncedAt }), next,
        });
        else SyncReport.Write(session.Terminal, copy, name, state, node, seeds, next);
        return ExitCode.Ok;
    }

    /// <summary>What the storage of this machine says of the repository.</summary>
    private static async Task<(string? Name, string? Branch, string? Head)> IdentityAsync(
        CliHost host, WorkingCopy copy, CancellationToken ct)
    {
        await using var storage = await LocalStorage.OpenAsync(host, copy.Rid, ct);
        if (storage is null) return default;
        var identity = await storage.ReadIdentityAsync(ct);
        return (identity.Document.Project?.Name, identity.DefaultBranch, (await storage.CanonicalHeadAsync(ct))?.Value);
    }

    private static bool HasPatches(CliHost host) => AuxoCommandLine.Create(host).Subcommands.Any(static c => c.Name == "patch");
}
