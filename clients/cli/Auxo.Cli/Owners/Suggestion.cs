using Auxo.Cli.WorkingCopies;
using Auxo.Contracts;
using Auxo.Git;
using Auxo.Owners;
using Auxo.Radicle;

namespace Auxo.Cli.Owners;

/// <summary>Who should look at a change, and what that was found by.</summary>
/// <param name="File">The repository's owners before the change; null when it names none.</param>
/// <param name="Diff">The change.</param>
/// <param name="Reviewers">The best first.</param>
/// <param name="Unowned">Changed files without an owner.</param>
/// <param name="IsPartial">Not all lines were asked for.</param>
internal sealed record Suggestion(
    OwnersFile? File, Diff Diff, IReadOnlyList<SuggestedReviewer> Reviewers, IReadOnlyList<string> Unowned, bool IsPartial)
{
    /// <summary>Finds them.</summary>
    /// <param name="change">What is to be looked at.</param>
    /// <param name="repository">Where its objects are.</param>
    /// <param name="storage">For what everybody has to do already; null where there is none.</param>
    /// <param name="syntax">Of the owners; null: as the file has it.</param>
    /// <param name="time">The clock.</param>
    /// <param name="ct">Stops.</param>
    /// <exception cref="GitException">A commit is not here.</exception>
    public static async Task<Suggestion> OfAsync(
        ChangeToReview change, string repository, RadicleRepository? storage, OwnersSyntax? syntax, TimeProvider time, CancellationToken ct)
    {
        // Owners as they were before: a change must not say itself who may look at it.
        var file = await OwnersAsync(change, syntax, ct);
        var text = await WorkingCopy.FileAsync(change.Repository, change.Base, PeopleFile.Path, PeopleFile.MostBytes, ct);
        var people = text is null ? PeopleFile.Empty : PeopleFile.Read(text);
        var diff = await GitDiff.ReadAsync(
            repository, change.Base, change.Head, DiffLimits.Readable, ct);
        string[] paths = [.. diff.Files.Select(static f => f.Path).Concat(diff.Files.Select(static f => f.OldPath).OfType<string>())
            .Distinct(StringComparer.Ordinal)];
        var (blame, blamed) = await BlameChange.ReadAsync(change, diff.Files, time, ct);
        var evidence = new ReviewEvidence(
            [.. paths.Select(p => (p, file?.OwnersOf(p) ?? []))], blame, await LoadAsync(storage, change.Patch, ct),
            await AuthorsAsync(change, ct), change.Patch?.Author, time.GetUtcNow());
        var unowned = evidence.Files.Where(static f => f.Owners.Count == 0).Select(static f => f.Path).ToList();
        return new Suggestion(
            file, diff, [.. SuggestReviewers.Rank(evidence, people)], unowned,
            blamed < BlameChange.Countable(diff.Files) || diff.FileCount > diff.Files.Count);
    }

    private static async Task<OwnersFile?> OwnersAsync(ChangeToReview change, OwnersSyntax? syntax, CancellationToken ct)
    {
        foreach (var place in OwnersPlaces.Of(syntax))
        {
            if (await WorkingCopy.FileAsync(change.Repository, change.Base, place, OwnersFile.MostBytes + 1, ct) is { } content)
                return OwnersFile.Read(place, content, syntax);
        }

        return null;
    }

    /// <summary>Open patches that somebody was asked to look at, or has looked at before their newest revision.</summary>
    private static async Task<IReadOnlyDictionary<Did, int>> LoadAsync(
        RadicleRepository? storage, RadiclePatch? own, CancellationToken ct)
    {
        if (storage is null) return new Dictionary<Did, int>();
        var patches = (await storage.ReadPatchesAsync(ct)).Patches
            .Where(p => p.State.Status == PatchStatus.Open && p.Id != own?.Id);
        return patches.SelectMany(static p => p.Assignees
                .Concat(p.Revisions.Where(r => r.Id != p.Latest.Id).SelectMany(static r => r.Reviews).Select(static r => r.Author))
                .Distinct().Except(p.Latest.Reviews.Select(static r => r.Author)))
            .CountBy(static did => did).ToDictionary();
    }

    private static async Task<IReadOnlyCollection<string>> AuthorsAsync(ChangeToReview change, CancellationToken ct)
    {
        var printed = await GitCommand.RunAsync(
            change.Repository,
            ["log", "--use-mailmap", "--max-count=1000", "--format=%aE%n%(trailers:key=Co-authored-by,valueonly)",
                $"{change.Base}..{change.Head}", "--"],
            ct);
        return [.. printed.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(static l => l.IndexOf('<', StringComparison.Ordinal) is >= 0 and var at ? l[(at + 1)..].TrimEnd('>', ' ') : l)
            .Distinct(StringComparer.OrdinalIgnoreCase)];
    }
}
