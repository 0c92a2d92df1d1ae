using Auxo.Api;
using Auxo.Cli.Output;
using Auxo.Contracts;
using Auxo.Git;
using Auxo.Radicle;

namespace Auxo.Cli.Overview;

/// <summary><c>auxo sync-status --all</c>: a line for each tracked repository.</summary>
internal static class AllSyncStatus
{
    public static async Task<int> RunAsync(Session session, CancellationToken ct)
    {
        var tracked = (await session.Clients.Ingest.RepositoriesAsync(ct)).Items;
        var home = RadicleHome.Find(session.Host.Variable) is RadicleHomeSearch.Found found ? found.Home : null;
        var control = home is null ? null : NodeState.Control(home, session.Host.Time);
        var node = control is null ? null : await NodeState.ReadAsync(control, ct);
        var rows = new List<Row>();
        foreach (var repository in tracked.OrderBy(static r => r.Name, StringComparer.Ordinal))
            rows.Add(await RowAsync(repository, home, control, node, ct));
        if (session.Terminal.Json) session.Terminal.WriteJson(new
        {
            Node = node is null ? null
                : new { node.IsRunning, node.Reason, Nid = node.Nid?.Nid, node.Peers, node.Connected }, Items = rows,
        });
        else Write(session.Terminal, node, rows);
        return ExitCode.Ok;
    }

    private static async Task<Row> RowAsync(Repository repository, RadicleHome? home, NodeControl? control, NodeState? node,
        CancellationToken ct)
    {
        var isRadicle = repository.Kind == "radicle" && Rid.TryParse(repository.Rid, provider: null, out _);
        var folder = isRadicle && home is not null ? home.RepositoryPath(Rid.Parse(repository.Rid)) : repository.Source;
        var head = Directory.Exists(folder)
            ? await GitCommand.AskAsync(folder, ct, "log", "-1", "--no-show-signature", "--format=%H %ct",
                $"refs/heads/{repository.DefaultBranch}", "--")
            : null;
        var seeds = isRadicle && node is not null ? await node.SeedsAsync(control!, Rid.Parse(repository.Rid), ct) : null;
        return new Row(
            repository.Rid, repository.Name, repository.DefaultBranch, head?.Split(' ')[0],
            head?.Split(' ') is [_, var at] && long.TryParse(at, out var seconds) && seconds is >= 0 and < 253_402_300_800
                ? DateTimeOffset.FromUnixTimeSeconds(seconds)
                : null,
            await ChangesAsync(folder, ct), seeds?.Count, seeds?.Count(static s => s.IsInSync == true), repository.Problem);
    }

    /// <summary>Of a plain git repository that has a work tree; Radicle's storage has none.</summary>
    private static async Task<Changes?> ChangesAsync(string folder, CancellationToken ct)
        => Path.GetFileName(folder) == ".git" && Path.GetDirectoryName(folder) is { } top
            && await GitCommand.AskAsync(top, ct, "status", "--porcelain=v2", "-z") is { } status ? CopyState.Parse(status) : null;

    private static void Write(Terminal terminal, NodeState? node, List<Row> rows)
    {
        if (rows.Count == 0) terminal.Line(
            "No repository is tracked yet. Track one: auxo repo track rad:z…, or the folder of a git repository.");
        var columns = new Columns(5, "REPOSITORY", "BRANCH", "HEAD", "COMMITTED", "SEEDS", "STATE") { Wraps = true };
        foreach (var row in rows)
        {
            columns.Add(
                new Cell(row.Name, "bold"), row.Branch, new Cell(Words.Short(row.Head), "dim"),
                    Words.Ago(terminal.Now, row.CommittedAt),
                row.Seeds is { } seeds ? $"{row.InSync} of {seeds}" : "-", State(row));
        }

        columns.Write(terminal);
        if (node is { IsRunning: false }) terminal.Line($"[red]✗ The node does not run:[/] {Terminal.Safe(node.Reason)}");
        else if (rows.Any(static r => r.InSync < r.Seeds))
            terminal.Line("Announce what other nodes lack: rad sync --announce RID. It does not say when it fails; look here again.");
    }

    private static Cell State(Row row) => row switch
    {
        { Problem: { } problem } => new Cell("✗ " + problem, "red"),
        { Head: null } => new Cell("! its default branch is not here, or cannot be read (auxo node health)", "yellow"),
        { Changes: { Any: true } c }
            => new Cell($"! {c.Staged + c.Unstaged + c.Conflicts} changes, {c.Untracked} untracked", "yellow"),
        { Seeds: > 0 } when row.InSync < row.Seeds => new Cell($"! {row.Seeds - row.InSync} without your newest refs", "yellow"),
        _ => new Cell("✓", "green"),
    };

    private sealed record Row(
        string Rid, string Name, string Branch, string? Head, DateTimeOffset? CommittedAt, Changes? Changes, int? Seeds,
            int? InSync,
        string? Problem);
}
