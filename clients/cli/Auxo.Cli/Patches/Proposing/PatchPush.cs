using Auxo.Cli.Patches.Copies;
using Auxo.Contracts;
using Auxo.Radicle;

namespace Auxo.Cli.Patches.Proposing;

/// <summary>A patch as it was pushed.</summary>
/// <param name="Action">
/// <c>opened</c>, <c>drafted</c>, <c>updated</c>, or <c>unchanged</c>: there was nothing to push, and its build is watched again.
/// </param>
/// <param name="Rid">The repository.</param>
/// <param name="PatchId">The patch.</param>
/// <param name="RevisionId">The revision that was pushed.</param>
/// <param name="Head">Its commit.</param>
/// <param name="Title">The patch's title.</param>
/// <param name="Warning">Why others do not see it yet; null when the node has announced it.</param>
internal sealed record PushedPatch(
    string Action, Rid Rid, PatchId PatchId, RevisionId RevisionId, CommitId Head, string Title, string? Warning);

/// <summary>
/// Pushes to a patch. Always with a full refspec: <c>rad init</c> sets <c>push.default=upstream</c>, by which a short one may write the
/// default branch. What the programs print is a hint; what the storage has is the answer.
/// </summary>
internal static class PatchPush
{
    /// <summary>Opens a patch of what is checked out.</summary>
    /// <exception cref="CliException">It was not opened.</exception>
    public static async Task<RadiclePatch> OpenAsync(RadicleCopy copy, string title, string description, bool draft, CancellationToken ct)
    {
        // What an option cannot carry is written afterwards, before anybody is told of the patch.
        var paragraphs = description.Split("\n\n", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var later = !paragraphs.Prepend(title).All(PushOption.Carries);
        var options = Options(later ? [PushOption.Plain(title)] : [title, .. paragraphs]);
        if (draft) options = [.. options, "-o", "patch.draft"];
        var run = (await PushAsync(copy, options, "HEAD:refs/patches")).Must();
        var id = IdOf(run.Errors + "\n" + run.Output) ?? (await copy.HeadOfPatchAsync(ct))?.Value
            ?? throw Unclear(run, "no patch with your commit is in the storage");
        var patch = await copy.PatchAsync(PatchId.Parse(id), ct);
        if (patch.Latest.Head.Value != copy.Work.Status.Head) throw Unclear(run, $"patch {id[..7]} has another head");
        if (later)
        {
            (await copy.Programs.RadAsync(
                copy.Work.Top, "patch", "edit", id, "--repo", copy.Rid.Value, "--message=" + title, "--message=" + description.Trim(),
                "--no-announce")).Must();
        }

        await FollowAsync(copy, patch.Id, ct);
        return patch;
    }

    /// <summary>Adds a revision to a patch.</summary>
    /// <exception cref="CliException">It was not added.</exception>
    public static async Task<RadicleRevision> ReviseAsync(
        RadicleCopy copy, RadiclePatch patch, string message, bool force, CancellationToken ct)
    {
        var plain = PushOption.Carries(message);
        var options = Options([plain ? message : PushOption.Plain(message)]);
        if (force) options = [.. options, "--force"];
        var run = (await PushAsync(copy, options, $"HEAD:refs/heads/patches/{patch.Id}")).Must();
        var before = patch.Revisions.Select(static r => r.Id).ToHashSet();
        var revision = (await copy.PatchAsync(patch.Id, ct)).Revisions
            .LastOrDefault(r => r.Author == copy.Own && r.Head.Value == copy.Work.Status.Head && !before.Contains(r.Id))
            ?? throw Unclear(run, "the patch has no new revision");
        if (!plain)
        {
            (await copy.Programs.RadAsync(
                copy.Work.Top, "patch", "edit", patch.Id.Value, "--repo", copy.Rid.Value, "--revision", revision.Id.Value,
                "--message=" + message, "--no-announce")).Must();
        }

        return revision;
    }

    /// <summary>
    /// A branch that was begun at the default branch follows that, and a short <c>git push</c> would write it: it follows its patch now,
    /// as one does that followed a patch which is merged. One that follows something else is left alone.
    /// </summary>
    private static async Task FollowAsync(RadicleCopy copy, PatchId patch, CancellationToken ct)
    {
        if (copy.Work.Status.Branch is not { } branch) return;
        var merge = await copy.Programs.GitAsync(copy.Work.Top, ct, "config", "--get", $"branch.{branch}.merge");
        if (merge.Succeeded && merge.Line != $"refs/heads/{copy.DefaultBranch}"
            && !merge.Line.StartsWith(UserCopy.PatchHead, StringComparison.Ordinal)) return;
        (await copy.Programs.GitAsync(copy.Work.Top, ct, "config", $"branch.{branch}.remote", copy.Work.Remote)).Must();
        (await copy.Programs.GitAsync(copy.Work.Top, ct, "config", $"branch.{branch}.merge", UserCopy.PatchHead + patch.Value)).Must();
        // As a fetch would leave it: else git and everybody who asks it take the branch for one that was never pushed.
        (await copy.Programs.GitAsync(
            copy.Work.Top, ct, "update-ref", $"refs/remotes/{copy.Work.Remote}/patches/{patch.Value}", "HEAD")).Must();
    }

    private static Task<ProgramRun> PushAsync(RadicleCopy copy, string[] options, string refspec)
        => copy.Programs.PushAsync(copy.Work.Top, [copy.Work.Remote, .. options, refspec]);

    private static string[] Options(IEnumerable<string> messages)
        => ["-o", "no-sync", .. messages.SelectMany(static m => (string[])["-o", "patch.message=" + m])];

    /// <summary>The id in <c>Patch ID opened</c> or <c>drafted</c>; null where it is said in other words.</summary>
    internal static string? IdOf(string said)
    {
        foreach (var line in said.Split('\n'))
        {
            var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            for (var i = 0; i + 2 < words.Length; i++)
            {
                if (words[i] == "Patch" && words[i + 2] is ("opened" or "drafted")
                    && PatchId.TryParse(words[i + 1], provider: null, out var id)) return id.Value;
            }
        }

        return null;
    }

    private static CliException Unclear(ProgramRun run, string what)
        => new(
            ExitCode.Negative, $"git pushed without an error, but {what}.",
            $"What it said: {(run.Errors + " " + run.Output).Trim()}\nWhat is there: rad patch list --all");
}
