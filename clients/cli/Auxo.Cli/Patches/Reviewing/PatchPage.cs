using Auxo.Api;
using Auxo.Cli.Ci;
using Auxo.Cli.Output;
using Auxo.Cli.Owners;
using Auxo.Cli.Patches.Copies;
using Auxo.Cli.Patches.Linking;
using Auxo.Cli.Patches.Listing;
using Auxo.Cli.Patches.Merging;
using Auxo.Cli.Patches.Owning;
using Auxo.Contracts;
using Auxo.Radicle;

namespace Auxo.Cli.Patches.Reviewing;

/// <summary>A review of the newest revision.</summary>
internal sealed record ReviewLine(string Author, string? Verdict, string? Summary, DateTimeOffset At);

/// <summary>All that a reviewer wants to see first.</summary>
/// <param name="Rid">The repository.</param>
/// <param name="PatchId">The patch.</param>
/// <param name="Title">Its title.</param>
/// <param name="Status">Where it stands.</param>
/// <param name="Author">Who opened it.</param>
/// <param name="AuthorAlias">What he calls himself.</param>
/// <param name="Description">Of the patch.</param>
/// <param name="RevisionId">The newest revision.</param>
/// <param name="Revisions">How many there are.</param>
/// <param name="Head">Its commit.</param>
/// <param name="Base">Where it leaves the default branch; null where the two have nothing in common, or there is no branch yet.</param>
/// <param name="Commits">How many commits it has beyond that.</param>
/// <param name="Stat">What it changes, as <c>git diff --stat</c> says it.</param>
/// <param name="Reviews">Of the newest revision.</param>
/// <param name="Needs">The patches that must be merged before.</param>
/// <param name="Owners">Whose accept a merge needs; null where none is required, or the patch is closed.</param>
/// <param name="Suggested">Who else should look at it, the best first (<c>auxo owners suggest</c> says why).</param>
/// <param name="Build">The newest build of its head; null where there is none, or where nobody could be asked.</param>
/// <param name="Missing">Why there is no result; null where there is one.</param>
internal sealed record PatchPage(
    string Rid, string PatchId, string Title, string Status, string Author, string? AuthorAlias, string Description, string RevisionId,
    int Revisions, string Head, string? Base, CommitRange Commits, string Stat, IReadOnlyList<ReviewLine> Reviews,
    IReadOnlyList<LinkedPatch> Needs, OwnersNeed? Owners, IReadOnlyList<string> Suggested, Build? Build, string? Missing)
{
    private const int MostFiles = 40;
    private const int MostSuggested = 3;

    public static async Task<PatchPage> ReadAsync(Session session, RadicleCopy copy, RadiclePatch patch, CancellationToken ct)
    {
        var revision = patch.Latest;
        var head = revision.Head.Value;
        var from = copy.Canonical is { } tip ? await copy.MergeBaseAsync(tip.Value, head, ct) : null;
        // What is merged already is looked at from where its author began.
        if (from == head) from = revision.Base.Value;
        var stat = from is null ? null : await copy.LookAsync(
            ct, "diff", "--no-color", "--no-ext-diff", "--no-textconv", $"--stat={session.Terminal.Width - 2}", $"--stat-count={MostFiles}",
            from, head, "--");
        await using var linked = new LinkedPatches(session, copy.Home);
        var needs = new List<LinkedPatch>();
        foreach (var reference in LinkedPatches.NeedsOf(patch).Patches) needs.Add(await linked.FindAsync(reference, copy.Rid, ct));
        var result = await Attempt.OfAsync("builds", () => BuildAsync(session.Clients, copy.Rid, patch.Id, head, ct));
        var owners = copy.Canonical is { } branch && patch.State.Status is (PatchStatus.Open or PatchStatus.Draft)
            ? await OwnersNeed.ReadAsync(copy.Storage.Path, branch.Value, from ?? branch.Value, head, patch, ct) : null;
        return new PatchPage(
            copy.Rid.Value, patch.Id.Value, patch.Title, patch.State.Status.ToString().ToLowerInvariant(), patch.Author.Value,
            patch.AuthorAlias.Length > 0 ? patch.AuthorAlias : null, patch.Revisions[0].Description, revision.Id.Value,
            patch.Revisions.Count(static r => !r.Redacted), head, from, await copy.CommitsAsync(from, head, ct),
            stat is { Succeeded: true } ? stat.Output.TrimEnd('\n') : "",
            [.. revision.Reviews.Select(static r => new ReviewLine(
                r.Author.Value, r.Verdict?.ToString().ToLowerInvariant(), r.Summaries.LastOrDefault()?.Body, r.At))],
            needs, owners, await SuggestedAsync(copy, patch, session.Terminal.Time, ct), result.Value,
            result.Error is { } error ? error.Message : result.Value is null ? "no build of it yet" : null);
    }

    public void Show(Terminal terminal)
    {
        var state = ListedPatch.State(Status);
        terminal.Line($"[bold]{PatchId[..7]}[/]  [{state.Style ?? "default"}]{state.Text}[/]  [bold]{Terminal.Safe(Title)}[/]");
        terminal.Line(
            $"[dim]by {Terminal.Safe(AuthorAlias ?? "")} {Words.ShortDid(Author)}, "
                + $"revision {Revisions} ({RevisionId[..7]}), at {Head[..7]}[/]");
        if (Description.Length > 0) terminal.Line();
        foreach (var line in Description.Split('\n').Where(static l => l.Trim().Length > 0)) terminal.Line($"  {Terminal.Safe(line)}");
        terminal.Line();
        CreatePatch.Show(terminal, Commits);
        foreach (var line in Stat.Split('\n', StringSplitOptions.RemoveEmptyEntries)) terminal.Line($" {Terminal.Safe(line)}");
        foreach (var review in Reviews)
        {
            var verdict = review.Verdict switch
            {
                "accept" => "[green]✓ accepted[/]", "reject" => "[red]✗ rejected[/]", _ => "[dim]reviewed[/]",
            };
            terminal.Line(
                $"  {verdict} by {Words.ShortDid(review.Author)} {Words.Ago(terminal.Now, review.At)}"
                    + (string.IsNullOrWhiteSpace(review.Summary) ? "" : $": {Terminal.Safe(review.Summary)}"));
        }

        foreach (var need in Needs)
            terminal.Line($"  {(need.IsMerged ? "[green]✓[/]" : "[yellow]![/]")} needs {Terminal.Safe(need.Words)}");
        MergeReport.ShowOwners(terminal.Line, Owners);
        if (Suggested.Count > 0) terminal.Line(
            $"  Who should look at it: {Terminal.Safe(string.Join(", ", Suggested))}  "
                + $"[dim](auxo owners suggest {PatchId[..7]} says why)[/]");
        terminal.Line();
        if (Build is null) terminal.Line($"[yellow]? No result:[/] {Terminal.Safe(Missing)}");
        else if (!Build.IsFinished)
            terminal.Line($"{Words.Verdict(Build).Text}: build {Build.Short}. " + (Build.State == "awaiting_approval"
                ? $"Its own steps do not run yet; let them: auxo ci approve {Build.Short}"
                : $"Watch it: auxo ci logs {Build.Short} --follow"));
        else BuildReport.End(terminal, Build);
    }

    /// <summary>Nobody where the commits are not all here: the rest of the page is worth reading without.</summary>
    private static async Task<IReadOnlyList<string>> SuggestedAsync(
        RadicleCopy copy, RadiclePatch patch, TimeProvider time, CancellationToken ct)
    {
        try
        {
            var change = await ChangeToReview.OfPatchAsync(copy.Storage, patch, ct);
            var found = await Suggestion.OfAsync(change, change.Repository, copy.Storage, syntax: null, time, ct);
            // As git would sign the reader's own work: not everybody's key is known.
            var reader = (await copy.Programs.GitAsync(copy.Work.Top, ct, "var", "GIT_AUTHOR_IDENT")).Output;
            return [.. found.Reviewers.Where(r => r.Did != copy.Own && !reader.StartsWith(r.Name, StringComparison.OrdinalIgnoreCase))
                .Take(MostSuggested).Select(static r => r.Name)];
        }
        catch (Exception e) when (e is CliException or Git.GitException)
        {
            return [];
        }
    }

    private static async Task<Build?> BuildAsync(Clients clients, Rid rid, PatchId patch, string head, CancellationToken ct)
    {
        var builds = (await clients.Pipeline.BuildsAsync(rid.Value, patch.Value, head, limit: 20, after: null, ct)).Items;
        var newest = builds.FirstOrDefault(static b => b.Outcome != "superseded") ?? (builds is [var first, ..] ? first : null);
        return newest is null ? null : await clients.Pipeline.GetAsync(newest.Id, ct);
    }
}
