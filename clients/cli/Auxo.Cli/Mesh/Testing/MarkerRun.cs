using Auxo.Cli.Nodes.Fixing;
using Auxo.Contracts;
using Auxo.Git;
using Auxo.Radicle;

namespace Auxo.Cli.Mesh.Testing;

/// <summary>
/// One node's part of the test. The notes travel as the markers do, through the repository itself: no server knows of
/// it, and every run has the whole matrix in the end.
/// </summary>
/// <param name="Scene">The profile, its node and the repository.</param>
/// <param name="Rid">The repository.</param>
/// <param name="Alias">This node's name.</param>
/// <param name="IsAnswer">Somebody began it elsewhere.</param>
internal sealed record MarkerRun(FixScene Scene, Rid Rid, string Alias, bool IsAnswer = false)
{
    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Settles = TimeSpan.FromSeconds(4);

    /// <summary>
    /// Writes the marker, looks for those of the others, tells what it has seen, and removes the marker again.
    /// </summary>
    /// <param name="wait">How long to wait for others at most.</param>
    /// <param name="isAlone">Only this node's own row: it waits for nobody's marker.</param>
    /// <param name="ct">Stops; the marker is removed all the same.</param>
    /// <exception cref="CliException">The marker could not be pushed.</exception>
    /// <exception cref="NodeException">The node does not answer.</exception>
    public async Task<MarkerTable> RunAsync(TimeSpan wait, bool isAlone, CancellationToken ct)
    {
        var time = Scene.Host.Time;
        var before = await ReadAsync(ct);
        var old = before.Where(m => m.Note is null || time.GetUtcNow() - m.Note.Written > MarkerTable.Stale)
            .Select(static m => m.Branch).ToHashSet(StringComparer.Ordinal);
        using var branch = await TestBranch.OpenAsync(
            Scene.Programs, Rid, Scene.Own, MarkerNote.Prefix + Guid.NewGuid().ToString("N")[..8], ct);
        // What is not old may be of a run that goes on.
        foreach (var left in before.Where(m => m.Owner == Scene.Own && old.Contains(m.Branch)))
            await branch.RemoveAsync(left.Branch);

        var (began, written) = (time.GetTimestamp(), time.GetUtcNow());
        var table = new MarkerTable(Scene.Own.Nid, Alias, written) { IsAnswer = IsAnswer };
        foreach (var seed in (await SeedsAsync(ct)).Where(static s => s.IsConnected)) table.Expect(seed.Nid.Nid);
        var told = table.Note(isSettled: false);
        try
        {
            await branch.PushNoteAsync(told.ToMessage(), ct);
            var mine = new HashSet<CommitId> { await AnnounceAsync(ct) };
            var (latest, nodes) = (time.GetTimestamp(), 0);
            while (!(isAlone ? table.IsRowWhole : table.MayLeave) && time.GetElapsedTime(began) < wait)
            {
                await Task.Delay(Between, time, ct);
                await LookAsync(table, mine, old, began, ct);
                var count = table.Nodes.Count(table.HasWritten);
                if (count != nodes) (nodes, latest) = (count, time.GetTimestamp());
                var note = table.Note(isSettled: count > 1 && time.GetElapsedTime(latest) > Settles);
                if (isAlone || !MarkerTable.IsNews(told, note)) continue;
                await branch.PushNoteAsync(note.ToMessage(), ct);
                mine.Add(await AnnounceAsync(ct));
                told = note;
            }

            return table;
        }
        finally
        {
            await branch.RemoveAsync();
            _ = await TryAnnounceAsync();
        }
    }

    private async Task LookAsync(MarkerTable table, HashSet<CommitId> mine, HashSet<string> old, long began,
        CancellationToken ct)
    {
        var markers = (await ReadAsync(ct))
            .Where(m => m.Owner != Scene.Own && !old.Contains(m.Branch) && m.Note is not null)
            .GroupBy(static m => m.Owner).ToDictionary(
                static g => g.Key.Nid, static g => g.MaxBy(static m => m.Note!.Written).Note!, StringComparer.Ordinal);
        table.See(markers, Scene.Host.Time.GetUtcNow());
        foreach (var seed in await SeedsAsync(ct))
        {
            if (seed.IsConnected) table.Expect(seed.Nid.Nid);
        }

        var elapsed = Scene.Host.Time.GetElapsedTime(began).TotalSeconds;
        foreach (var seed in await Scene.Control.SeedsForAsync(Rid, Scene.Own, ct))
        {
            if (seed.SyncedAt is { } at && mine.Contains(at)) table.Arrived(seed.Nid.Nid, elapsed);
        }
    }

    private async Task<IEnumerable<NodeSeed>> SeedsAsync(CancellationToken ct)
        => (await Scene.Control.SeedsForAsync(Rid, [Scene.Own], ct)).Where(s => s.Nid != Scene.Own);

    private async Task<CommitId> AnnounceAsync(CancellationToken ct)
        => (await Scene.Control.AnnounceRefsForAsync(Rid, [Scene.Own], ct)).At;

    private async Task<bool> TryAnnounceAsync()
    {
        try
        {
            _ = await AnnounceAsync(CancellationToken.None);
            return true;
        }
        catch (NodeException)
        {
            // The others hear of the removal with the next announcement.
            return false;
        }
    }

    /// <summary>
    /// Somebody began a test, and this node takes no part in it yet: a marker in these branches that is no answer, and
    /// none of its own.
    /// </summary>
    public async Task<bool> IsCalledAsync(IReadOnlySet<string> branches, CancellationToken ct)
    {
        var all = await ReadAsync(ct);
        return all.Any(m => m.Owner != Scene.Own && branches.Contains(m.Branch) && m.Note is { IsAnswer: false })
            && !all.Any(m => m.Owner == Scene.Own && m.Note is { } own
                && Scene.Host.Time.GetUtcNow() - own.Written <= MarkerTable.Stale);
    }

    /// <summary>All markers of the storage.</summary>
    private async Task<IReadOnlyList<(Did Owner, string Branch, MarkerNote? Note)>> ReadAsync(CancellationToken ct)
    {
        const string before = "refs/namespaces/", between = "/refs/heads/";
        // A message has no NUL in it, so it cannot pass for another ref.
        var listed = await GitCommand.AskAsync(
            Scene.Home.RepositoryPath(Rid), ct, "for-each-ref", "--format=%(refname)%00%(contents:body)%00",
            $"{before}*{between}{MarkerNote.Prefix}*") ?? "";
        var found = new List<(Did, string, MarkerNote?)>();
        foreach (var pair in listed.Split('\0').Chunk(2))
        {
            if (pair is [var name, var body]
                && name.TrimStart('\n')[before.Length..].Split(between) is [var nid, var branch]
                && Did.TryParse("did:key:" + nid, provider: null, out var owner)) found.Add(
                (owner, branch, MarkerNote.Parse(body)));
        }

        return found;
    }
}
