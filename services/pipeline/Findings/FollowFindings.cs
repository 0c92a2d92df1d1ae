using Auxo.Pipeline.Baselines;
using Auxo.Pipeline.Builds;
using Auxo.Pipeline.Checks;
using Auxo.Pipeline.Checks.Files;
using Auxo.Pipeline.Owners;
using Auxo.Pipeline.Security;

namespace Auxo.Pipeline.Findings;

/// <summary>Brings what the checks of a build saw together with the record.</summary>
internal sealed class FollowFindings(FindingsStore findings)
{
    /// <summary>Keeps what a build of the default branch's newest head saw until the build ends.</summary>
    /// <param name="build">The build.</param>
    /// <param name="objects">Of its repository.</param>
    /// <param name="tree">What was looked at.</param>
    /// <param name="runs">What the checks saw, with what is known and accepted of it.</param>
    /// <param name="found">The same, to be compared, in the same order.</param>
    /// <param name="ct">Stops.</param>
    public async Task StageAsync(
        Build build, GitObjects objects, SourceTree tree, IReadOnlyList<CheckRun> runs, IReadOnlyList<Sighting> found,
        CancellationToken ct)
    {
        // With a broken pipeline file the checks look otherwise than the repository wants.
        if (build.Plan.Problems.Count > 0) return;
        var (rid, commit) = (build.Subject.Rid, build.Subject.Commit);
        var record = await findings.RecordAsync(rid, ct);
        var touched = new List<TouchedFiles>();
        foreach (var before in Looked(runs).GroupBy(check => record?.Looks.GetValueOrDefault(check)?.Commit))
        {
            if (before.Key is { } last && await TouchedAsync(objects.Repository, last, commit, ct) is { } files)
                touched.Add(new TouchedFiles([.. before], files));
        }

        var since = record is null ? await findings.KnownSinceAsync(rid, ct) : null;
        var author = (await objects.ReadAsync(commit.Value, ct))?.Text;
        var seen = SeenIn(tree, runs, found, build.Plan.Settings, FindingLook.ByCheck(touched), since);
        var owners = await PatchOwners.FileAsync(objects, commit, ct);
        await findings.StageAsync(
            new FindingLook(
                build.BuildId, rid, commit, build.QueuedAt, author is null ? null : AuthorOf(author), Looked(runs),
                [.. CheckBatch.All.Select(static check => check.Name).Where(build.Plan.Settings.IsOff)], seen)
            {
                Unread = Unread(found), Touched = touched, Owners = SevereNews.OwnersOf(owners, seen),
            },
            ct);
    }

    /// <summary>
    /// The findings on record that a patch takes out: they stood where it began, in a file that it changes, and are not there
    /// any more. What the default branch has gained or lost since is none of its doing.
    /// </summary>
    /// <param name="build">The build.</param>
    /// <param name="objects">Of its repository.</param>
    /// <param name="runs">What the checks saw.</param>
    /// <param name="found">The same, to be compared.</param>
    /// <param name="lookBack">What some checks see in another commit.</param>
    /// <param name="ct">Stops.</param>
    public async Task<IReadOnlyList<Finding>> FixedAsync(
        Build build, GitObjects objects, IReadOnlyList<CheckRun> runs, IReadOnlyList<Sighting> found,
        Func<CommitId, IReadOnlyList<string>, Task<IReadOnlyList<Sighting>>> lookBack, CancellationToken ct)
    {
        var (rid, commit, repository) = (build.Subject.Rid, build.Subject.Commit, objects.Repository);
        if (build.Subject.Trigger != BuildTrigger.Patch || build.Plan.Problems.Count > 0
            || build.Canonical is not { } head || !await findings.HasOpenAsync(rid, ct)) return [];
        if (await FindingJudge.BeginningAsync(repository, head, commit, ct) is not { } beginning) return [];
        if (await TouchedAsync(repository, beginning, commit, ct) is not { } touched) return [];
        var open = await findings.OpenInAsync(rid, touched, ct);
        var gone = PatchFixes.Candidates(open, found, touched, Looked(runs), Unread(found));
        if (gone.Count == 0) return [];
        var checks = gone.Select(static finding => finding.CheckName).Distinct(StringComparer.Ordinal).ToList();
        return PatchFixes.StoodIn(await lookBack(beginning, checks), gone);
    }

    /// <summary>The author's name of a commit object; null when it has none.</summary>
    internal static string? AuthorOf(string commit)
    {
        foreach (var line in commit.AsSpan().EnumerateLines())
        {
            if (line.IsEmpty) return null;
            if (!line.StartsWith("author ", StringComparison.Ordinal)) continue;
            var name = line["author ".Length..];
            var mail = name.IndexOf('<');
            return mail > 0 && PlainText.OneLine(name[..mail].ToString(), 100) is { Length: > 0 } text ? text : null;
        }

        return null;
    }

    private static IReadOnlyList<string> Looked(IReadOnlyList<CheckRun> runs)
        => [.. runs.Where(static run => run.Report.Trouble is null).Select(static run => run.Check)];

    private static IReadOnlyList<UnreadFile> Unread(IReadOnlyList<Sighting> found)
        => [.. found.Select(static sighting => sighting.Mark.HidesRestOf).OfType<(string Check, string Path)>()
            .Distinct().Select(static file => new UnreadFile(file.Check, file.Path))];

    /// <summary>What stands in the tree: not what a check could not do, nor what only commits on the way have.</summary>
    private static List<SeenFinding> SeenIn(
        SourceTree tree, IReadOnlyList<CheckRun> runs, IReadOnlyList<Sighting> found, CheckSettings settings,
        IReadOnlyDictionary<string, IReadOnlySet<string>> touched,
        IReadOnlyDictionary<Fingerprint, KnownSince>? since)
    {
        var (findings, i) = (new List<SeenFinding>(), 0);
        foreach (var run in runs)
        {
            foreach (var seen in run.Report.Observations.Where(seen => CheckBatch.IsShown(run.Check, seen, settings)))
            {
                var sighting = found[i++];
                if (run.Report.Trouble is not null) continue;
                if (seen.Rule is CheckReport.NotJudged or CheckReport.OldData or CheckReport.TooLargeRule) continue;
                if (seen.IsGone || seen.Path is not null && tree.At(seen.Path) is null) continue;
                findings.Add(new SeenFinding(
                    sighting.Mark, sighting.Blob, seen.Line, seen.Severity, PlainText.OneLine(seen.Message))
                {
                    WasThere = seen.IsKnown || touched.TryGetValue(run.Check, out var files)
                        && (seen.Path is { } path ? !files.Contains(path) : files.Count == 0),
                    IsKnown = seen.IsKnown,
                    Accepted = seen.Acceptance is { } entry
                        ? new FindingAcceptance(entry.Until, entry.By, entry.Reason, entry.IsFalseAlarm)
                        : null,
                    Since = since?.GetValueOrDefault(sighting.Mark),
                });
            }
        }

        return findings;
    }

    /// <summary>The files that differ between two commits; null when git cannot say.</summary>
    private static async Task<IReadOnlyList<string>?> TouchedAsync(
        string repository, CommitId from, CommitId to, CancellationToken ct)
    {
        if (from == to) return [];
        try
        {
            var names = await GitCommand.RunAsync(
                repository, ["diff-tree", "-r", "-z", "--name-only", "--no-renames", from.Value, to.Value], ct,
                environment: GitCommand.LittleMemory);
            return names.Split('\0', StringSplitOptions.RemoveEmptyEntries);
        }
        catch (GitException)
        {
            return null;
        }
    }
}
