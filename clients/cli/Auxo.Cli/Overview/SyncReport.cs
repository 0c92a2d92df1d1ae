using Auxo.Cli.Output;
using Auxo.Cli.WorkingCopies;
using Auxo.Radicle;

namespace Auxo.Cli.Overview;

/// <summary>The state of a working copy for people: the next command stands at the end, where the eye is.</summary>
internal static class SyncReport
{
    public static void Write(
        Terminal terminal, WorkingCopy copy, string? name, CopyState state, NodeState? node, IReadOnlyList<NodeSeed>? seeds,
            NextStep next)
    {
        terminal.Line(
            $"[bold]{Terminal.Safe(name ?? Path.GetFileName(copy.Top))}[/]  [dim]{Terminal.Safe(copy.Rid?.Value ?? copy.Top)}[/]");
        Row(terminal, "branch", Branch(state));
        foreach (var remote in (Distance?[])[state.Upstream, .. state.Remotes])
        {
            if (remote is not null) Row(terminal, "", Apart(remote));
        }

        Row(terminal, "changes", Uncommitted(state.Changes));
        if (node is not null) Row(terminal, "node", node.IsRunning
            ? $"[green]✓ running[/], {node.Connected} of {node.Peers} peers connected"
            : $"[red]✗ not running[/] [dim]{Terminal.Safe(node.Reason)}[/]");
        if (seeds is not null) Seeds(terminal, seeds);
        var title = "commits";
        foreach (var commit in state.Commits)
        {
            Row(terminal, title, Terminal.Escape(Columns.Cut(TamedText.OneLine(
                $"{commit.Commit[..7]} {Words.Ago(terminal.Now, commit.At)} {commit.Author}: {commit.Title}"),
                    terminal.Width - 10)));
            title = "";
        }

        Row(terminal, "next", next.Command is { } command
            ? $"[bold]{Terminal.Safe(command)}[/]  [dim]{Terminal.Safe(next.Why)}[/]"
            : Terminal.Safe(next.Why));
    }

    private static string Branch(CopyState state)
    {
        var name = state.Branch is { } branch ? $"[bold]{Terminal.Safe(branch)}[/]" : "[yellow]none: HEAD is detached[/]";
        if (state.Head is null) return $"{name}, no commit yet";
        return state.Canonical is not { } canonical
            ? $"{name} at {state.Head[..7]}"
            : $"{name} at {state.Head[..7]}, {Apart(canonical)}"
                + (state.CanonicalIsOld ? " [yellow]! there is a newer one: git fetch rad[/]" : "");
    }

    private static string Apart(Distance other) => other switch
    {
        { Ahead: 0, Behind: 0 } => $"[green]same as {Terminal.Safe(other.Name)}[/]",
        { Behind: 0 } => $"{other.Ahead} ahead of {Terminal.Safe(other.Name)}",
        { Ahead: 0 } => $"[yellow]{other.Behind} behind {Terminal.Safe(other.Name)}[/]",
        _ => $"[yellow]{other.Ahead} ahead of and {other.Behind} behind {Terminal.Safe(other.Name)}[/]",
    };

    private static string Uncommitted(Changes changes)
    {
        if (!changes.Any) return "[green]none[/]";
        var parts = new List<string>();
        if (changes.Conflicts > 0) parts.Add($"[red]{changes.Conflicts} in conflict[/]");
        if (changes.Staged > 0) parts.Add($"{changes.Staged} staged");
        if (changes.Unstaged > 0) parts.Add($"{changes.Unstaged} not staged");
        if (changes.Untracked > 0) parts.Add($"{changes.Untracked} untracked");
        return string.Join(", ", parts);
    }

    private static void Seeds(Terminal terminal, IReadOnlyList<NodeSeed> seeds)
    {
        Row(terminal, "seeds", seeds.Count == 0
            ? "[yellow]no other node is known to keep it[/]"
            : $"{seeds.Count(static s => s.IsInSync == true)} of {seeds.Count} have your newest refs");
        foreach (var seed in seeds)
        {
            var state = seed.IsInSync switch
            {
                true => "[green]✓ in sync[/]",
                false => "[yellow]! behind[/]",
                null => "[dim]? has announced none of yours[/]",
            };
            Row(terminal, "", $"{Terminal.Safe(Words.ShortDid(seed.Nid.Value))}  {state}"
                + (seed.AnnouncedAt is { } at ? $", announced {Words.Ago(terminal.Now, at)}" : "")
                + (seed.IsConnected ? "" : " [dim](not connected)[/]"));
        }
    }

    private static void Row(Terminal terminal, string title, string markup) => terminal.Line($"[dim]{title,-8}[/]  {markup}");
}
