using System.Globalization;

using Auxo.Metrics.Dora;
using Auxo.Metrics.Histories;
using Auxo.ServiceDefaults.Timeline;

namespace Auxo.Metrics.Timeline;

/// <summary>What a patch or a commit did to DORA's numbers.</summary>
public static class TimelineDeployments
{
    /// <summary>
    /// Its deployments, those that do not count, its lead time, and the failures that its deployments caused; the latest
    /// thousand of each.
    /// </summary>
    public static IEnumerable<TimelineEntry> Entries(
        Rid rid, Evidence evidence, PatchId? patch, IReadOnlyList<CommitId> commits, IReadOnlyList<Guid> builds)
    {
        var ids = builds.Select(static b => b.ToString()).ToHashSet(StringComparer.Ordinal);
        var brought = evidence.Changes.Where(c => c.Id == patch?.Value || commits.Any(commit => c.Id == commit.Value)).ToList();
        ids.UnionWith(brought.Select(static c => c.Deployment));

        foreach (var d in evidence.Deployments.Where(d => ids.Contains(d.Id) || commits.Contains(d.Commit)))
        {
            var how = d.ByPolicy ? "by the policy that a passed build of the default branch is one" : $"reported as {d.Id}";
            yield return new TimelineEntry(d.At, "deployed", TimelineState.Done,
                $"deployment of {d.Commit.Short}, {how}{(d.Rework ? "; rework" : "")}") { Build = BuildOf(d.Id) };
            foreach (var failure in d.Failures)
            {
                yield return failure.OpenSince is { } since
                    ? new TimelineEntry(since, "failure_open", TimelineState.Failed,
                        $"failure {failure.Id} of its deployment is open{Title(failure)}") { Next =
                        $"auxo failure close {rid} {failure.Id}" }
                    : new TimelineEntry(failure.StartedAt, "failure", TimelineState.Note,
                        $"its deployment had failure {failure.Id}{Title(failure)}; it is over");
            }
        }

        foreach (var d in evidence.Excluded.Where(d => ids.Contains(d.Id)))
            yield return new TimelineEntry(d.At, "deployment_excluded", TimelineState.Note, $"no deployment that counts: {Words(d.Reason)}")
            {
                Build = BuildOf(d.Id),
            };

        foreach (var c in brought)
        {
            yield return new TimelineEntry(
                c.DeployedAt, "lead_time", TimelineState.Done,
                $"lead time {Span(c.LeadTimeSeconds)} from the first commit to production (coding "
                    + $"{Span(c.CodingSeconds)}, review {Span(c.ReviewSeconds)}, deployment {Span(c.DeploySeconds)})")
            { Next = "auxo metrics dora", Build = BuildOf(c.Deployment) };
        }
    }

    /// <summary>A deployment by policy is called like its build.</summary>
    private static Guid? BuildOf(string deployment) => Guid.TryParse(deployment, out var build) ? build : null;

    private static string Title(FailureEvidence failure) => failure.Title is { } title ? $": {title}" : "";

    private static string Words(Exclusion reason) => reason switch
    {
        Exclusion.OtherEnvironment => "its environment is not one that counts",
        Exclusion.NeverLive => "the attempt failed",
        Exclusion.NothingNew => "the same commit was live already",
        Exclusion.SameRollout => "another part of the same rollout was first",
        _ => "a newer commit went live while it was built",
    };

    private static string Span(double seconds) => seconds switch
    {
        < 100 => $"{Math.Max(0, seconds).ToString("0", CultureInfo.InvariantCulture)} s",
        < 7200 => $"{(seconds / 60).ToString("0", CultureInfo.InvariantCulture)} min",
        < 172_800 => $"{(seconds / 3600).ToString("0", CultureInfo.InvariantCulture)} h",
        _ => $"{(seconds / 86_400).ToString("0.#", CultureInfo.InvariantCulture)} days",
    };
}
