using Auxo.Console.Parts;

namespace Auxo.Console.Patches;

/// <summary>One thing that a patch needs before it is merged.</summary>
/// <param name="Standing">How it stands, in one word.</param>
/// <param name="Words">What it is.</param>
/// <param name="Next">What to do; null when nothing.</param>
internal sealed record MergeNeed(string Standing, string Words, string? Next);

/// <summary>
/// What stands between a patch and its merge. Auxo merges nothing: a delegate does, and sees here whether the newest revision is
/// fit for it.
/// </summary>
internal static class MergeNeeds
{
    /// <summary>In the order in which they come.</summary>
    /// <param name="patch">The patch.</param>
    /// <param name="delegates">Who may merge.</param>
    /// <param name="build">The newest build of its newest revision, with its findings; null when there is none.</param>
    /// <param name="why">Why there is none.</param>
    /// <param name="said">Its discussion, the oldest first.</param>
    public static IReadOnlyList<MergeNeed> Of(
        PatchInfo patch, IReadOnlyList<string> delegates, Build? build, string? why, IReadOnlyList<DiscussionEntry> said)
    {
        var id = Say.Short(patch.PatchId);
        if (patch.Status == "merged" || patch.MergedAs is not null)
            return [new MergeNeed("merged", $"The default branch has it{(patch.MergedAs is { } at ? $" as {Say.Short(at)}" : "")}.", null)];
        if (patch.Status == "archived")
            return [new MergeNeed("archived", "It was closed without a merge.", $"rad patch archive {id} --undo")];
        List<MergeNeed> needs = [Verdict(build, why)];
        if (patch.Status == "draft") needs.Add(new MergeNeed("draft", "Its author says that it is not ready.", $"rad patch ready {id}"));
        needs.AddRange(Reviews(patch, delegates, said));
        needs.Add(new MergeNeed(
            "open", delegates.Count > 1 ? $"One of its {delegates.Count} delegates merges it." : "Its delegate merges it.",
            // Nobody is led to merge what did not pass.
            build is { Outcome: "passed" } ? $"rad patch checkout {id} && git checkout - && git merge patch/{id} && git push rad" : null));
        return needs;
    }

    private static MergeNeed Verdict(Build? build, string? why) => build switch
    {
        null => new MergeNeed("no build", why ?? "Its newest revision was not built.", null),
        { State: "awaiting_approval" } => new MergeNeed(
            "awaiting_approval", "The steps of its pipeline file wait until somebody approves the commit.",
            $"auxo ci approve {build.Short}"),
        { IsFinished: false } => new MergeNeed(Say.Standing(build), "Its newest revision is being built.", null),
        { Outcome: "passed" } => new MergeNeed("passed", "Its newest revision passed.", null),
        _ => new MergeNeed(Say.Standing(build), $"Its newest revision did not pass{Because(build)}", null),
    };

    /// <summary>What blocks it: the steps that failed, and the first finding.</summary>
    private static string Because(Build build)
    {
        var blocking = (build.Findings ?? []).Where(static f => f.Blocks).ToList();
        var steps = (build.Steps ?? [])
            .Where(static s => s is { Kind: "command", Outcome: "failed" or "errored" or "timed_out", Blocks: not false })
            .Select(static s => s.Step).ToList();
        var failed = steps.Count > 0 ? $"{string.Join(", ", steps)} failed" : null;
        return blocking is [var first, ..]
            ? $": {(failed is null ? "" : $"{failed}; ")}{Place(first)}{first.Message}"
                + (blocking.Count > 1 ? $", and {Say.Count(blocking.Count - 1, "more finding")}" : "")
            : failed is not null ? $": {failed}."
            : build.Reason is { Length: > 0 } reason ? $": {reason}" : ".";
    }

    private static string Place(BuildFinding finding)
        => finding.Path is null ? "" : finding.Line is { } line ? $"{finding.Path}:{line}: " : $"{finding.Path}: ";

    /// <summary>The last word of each delegate counts, about whichever revision.</summary>
    private static IEnumerable<MergeNeed> Reviews(PatchInfo patch, IReadOnlyList<string> delegates, IReadOnlyList<DiscussionEntry> said)
    {
        var newest = patch.Revisions is [.., var last] ? last.Id : null;
        foreach (var review in said
            .Where(e => e is { Kind: "review", Verdict: not null } && delegates.Contains(e.Author, StringComparer.Ordinal))
            .GroupBy(static e => e.Author).Select(static group => group.Last()))
        {
            var older = review.Revision == newest ? "" : ", of an older revision";
            yield return review.Verdict == "accept"
                ? new MergeNeed("accepted", $"A delegate accepted it{older}.", null)
                : new MergeNeed("rejected", $"A delegate rejected it{older}: the discussion says why.", null);
        }
    }
}
