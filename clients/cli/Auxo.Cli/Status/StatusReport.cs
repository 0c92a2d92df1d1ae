using Auxo.Api;
using Auxo.Cli.Output;

namespace Auxo.Cli.Status;

/// <summary><c>auxo status</c> for people: trouble first to the eye, one line per thing.</summary>
internal static class StatusReport
{
    private const int MaxRefsPerRepository = 12;

    public static void Write(Terminal terminal, AuxoStatus status)
    {
        Services(terminal, status.Resources);
        terminal.Line();
        Node(terminal, status.Node);
        Comments(terminal, status.Outbox);
        Queues(terminal, status);
        Unsafe(terminal, status.Executors);
        terminal.Line();
        Refs(terminal, status.Refs);
    }

    private static void Services(Terminal terminal, Attempt<Page<ResourceInfo>> resources)
    {
        if (resources.Error is { } error)
        {
            Trouble(terminal, "services", error);
            return;
        }

        var columns = new Columns(2, "SERVICE", "STATE", "WHERE", "SINCE");
        foreach (var resource in resources.Value!.Items.Where(static r => r.State != "hidden"))
        {
            var well = AuxoStatus.IsWell(resource.State);
            var state = (well ? "✓ " : "✗ ")
                + resource.State.Replace('_', ' ') + (resource.Restarts > 0 ? $" ({resource.Restarts} restarts)" : "");
            columns.Add(new Cell(resource.Name, "bold"), new Cell(state, well ? "green" : "red"),
                string.Join(' ', resource.Urls ?? []), Words.Ago(terminal.Now, resource.Since));
        }

        columns.Write(terminal);

        // A reason is never cut: it is the one thing that somebody came to read.
        foreach (var resource in resources.Value.Items.Where(static r => !AuxoStatus.IsWell(r.State) && r.Reason is not null))
            terminal.Line($"  [red]{Terminal.Safe(resource.Name)}:[/] {Terminal.Safe(resource.Reason)}");
    }

    private static void Node(Terminal terminal, Attempt<NodeInfo> node)
    {
        if (node.Error is { } error)
        {
            Trouble(terminal, "node", error);
            return;
        }

        var info = node.Value!;
        var (mark, style) = info.State switch { "connected" => ("✓", "green"), "absent" => ("-", "dim"), _ => ("✗", "red") };
        var who = string.IsNullOrEmpty(info.Nid) ? info.Alias ?? ""
            : info.Alias is null ? Words.Short(info.Nid) : $"{info.Alias} ({Words.Short(info.Nid)})";
        terminal.Line(
            $"[bold]node[/]      [{style}]{mark} {Terminal.Safe(info.State)}[/] "
                + $"{Terminal.Safe(who)}{(who.Length > 0 ? " " : "")}[dim]{Terminal.Safe(info.Home)}[/]");
        if (!string.IsNullOrEmpty(info.Reason)) terminal.Line($"          {Terminal.Safe(info.Reason)}");
    }

    private static void Comments(Terminal terminal, Attempt<Page<OutboxEntry>> outbox)
    {
        if (outbox.Value is not { } page) return;
        var waiting = page.Items.Where(static e => e.State is "waiting" or "posting").ToList();
        var dropped = page.Items.Count(static e => e.State == "dropped");
        if (dropped > 0) terminal.Line($"[bold]comments[/]  [red]✗ {dropped} given up[/] [dim]auxo outbox says why[/]");
        if (waiting.Count == 0) return;
        var why = Columns.Cut(TamedText.OneLine(waiting[0].Reason ?? "auxo outbox says why"), Math.Max(20, terminal.Width - 24));
        terminal.Line($"[bold]comments[/]  [yellow]· {waiting.Count} waiting[/] [dim]{Terminal.Safe(why)}[/]");
    }

    /// <summary>Only queues that hold something: an empty one is no news.</summary>
    private static void Queues(Terminal terminal, AuxoStatus status)
    {
        foreach (var trouble in status.QueueTroubles) Trouble(terminal, "queues", trouble);
        var queues = status.Queues.SelectMany(static s => s.Value?.Items ?? []).ToList();
        var busy = queues.Where(static q => q.Ready + q.Scheduled + q.DeadLetters > 0).ToList();
        if (busy.Count == 0 && queues.Count > 0 && status.QueueTroubles.Count == 0) terminal.Line("[bold]queues[/]    [green]✓ empty[/]");
        foreach (var queue in busy)
        {
            var oldest = queue.OldestSeconds is > 5 ? $", the oldest for {Duration.Of(queue.OldestSeconds)}" : "";
            var dead = queue.DeadLetters > 0 ? $" [red]✗ {queue.DeadLetters} dead letters[/] [dim]auxo dead-letters says why[/]" : "";
            terminal.Line(
                $"[bold]queues[/]    {Terminal.Safe(queue.Queue)}: {queue.Ready} ready, {queue.Scheduled} scheduled{oldest}{dead}");
        }
    }

    /// <summary>Only what should worry: steps that nothing holds in, however much the operator wished it so.</summary>
    private static void Unsafe(Terminal terminal, IReadOnlyList<ExecutorInfo> executors)
    {
        foreach (var executor in executors.Where(static e => !e.IsIsolated))
            terminal.Line($"[bold]steps[/]     [red]✗ UNSAFE[/] {Terminal.Safe(executor.Text)}");
    }

    private static void Refs(Terminal terminal, Attempt<TrackedTips> refs)
    {
        if (refs.Error is { } error)
        {
            Trouble(terminal, "repositories", error);
            return;
        }

        if (refs.Value!.Refs.Count == 0) terminal.Line("No repository with anything to build is tracked. Track one: auxo repo track");
        foreach (var repository in refs.Value.Refs.GroupBy(static r => (r.Rid, r.Repository)))
        {
            terminal.Line($"[bold]{Terminal.Safe(repository.Key.Repository)}[/]  [dim]{Terminal.Safe(repository.Key.Rid)}[/]");
            var columns = new Columns(3, "", "", "", "") { Wraps = true };
            foreach (var tip in repository.Take(MaxRefsPerRepository))
            {
                columns.Add(
                    "  " + (tip.Kind == "patch" ? $"patch {Words.Short(tip.Name)}" : Columns.Cut(tip.Name, 20)),
                    new Cell(Words.Short(tip.Commit), "dim"),
                    Verdict(tip), Why(tip));
            }

            columns.Write(terminal);
            var more = repository.Count() - MaxRefsPerRepository;
            if (more > 0) terminal.Line($"  [dim]and {more} more: --json shows all[/]");
        }
    }

    private static Cell Verdict(TrackedRef tip)
        => tip.Build is not { } build
            ? new Cell("- no build", "yellow")
            : build.State == "finished" ? Words.Outcome(build.Outcome)
            : new Cell("> " + build.State.Replace('_', ' '), "cyan");

    private static string Why(TrackedRef tip)
        => tip.Build is not { } build ? tip.Reason ?? "" : $"{Words.Short(build.Id)} {build.Reason ?? tip.Title}";

    private static void Trouble(Terminal terminal, string what, CliException error)
    {
        terminal.Line($"[bold]{what}[/]  [red]✗ {Terminal.Safe(error.Message)}[/]");
        if (error.Hint is { } hint) terminal.Line($"  [dim]{Terminal.Safe(hint)}[/]");
    }
}
