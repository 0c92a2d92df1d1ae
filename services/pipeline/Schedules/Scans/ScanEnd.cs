using System.Security.Cryptography;
using System.Text;

using Auxo.Pipeline.Artifacts;
using Auxo.Pipeline.Builds;
using Auxo.Pipeline.Checks;
using Auxo.Pipeline.Running;

using Npgsql;

namespace Auxo.Pipeline.Schedules.Scans;

/// <summary>What a scan has beside the results of its checks: what of them is new, and its report.</summary>
internal sealed class ScanEnd(
    IDocumentStore store, NpgsqlDataSource database, ArtifactStore artifacts, TimeProvider time)
{
    /// <summary>Older runs than these are not looked at: none of them came to a verdict.</summary>
    private const int MostRuns = 10;

    /// <summary>Adds it to the results of a build; those of what is no scan stay as they are.</summary>
    /// <param name="build">The build.</param>
    /// <param name="runs">What its checks saw.</param>
    /// <param name="results">As they were judged.</param>
    /// <param name="reports">What is recorded.</param>
    /// <param name="ct">Stops.</param>
    public async Task<IReadOnlyList<StepReport>> AddAsync(
        Build build, IReadOnlyList<CheckRun> runs, IReadOnlyList<CheckResult> results,
        IReadOnlyList<StepReport> reports, CancellationToken ct)
    {
        if (Scan.Find(build.Plan.Scan) is not { } scan || reports.Count == 0) return reports;
        var last = reports[^1] with { Compared = await CompareAsync(build, scan, results, ct) };
        if (scan.HasReport)
            last = last with { Artifacts = [.. last.Artifacts, .. await KeepAsync(build, runs, results, ct)] };
        return [.. reports.SkipLast(1), last];
    }

    private async Task<ScanComparison> CompareAsync(
        Build build, Scan scan, IReadOnlyList<CheckResult> results, CancellationToken ct)
    {
        await using var session = store.QuerySession();
        var runs = await ScanTable.RunsAsync(database, build.Subject.Rid, scan.Name, MostRuns, ct);
        var pushes = await ScanTable.PushesAsync(database, build.Subject.Rid, build.Subject.Ref, MostRuns, ct);
        var before = (await OpenBuilds.LoadAsync(session, runs, ct)).Builds
            .FirstOrDefault(run => run.Compared is not null && run.BuildId != build.BuildId);
        var push = (await OpenBuilds.LoadAsync(session, pushes, ct)).Builds
            .FirstOrDefault(static other => other.Outcome is Outcome.Passed or Outcome.Failed);
        return ScanComparison.Of(
            before, push, [.. results.SelectMany(static result => result.Findings)],
            [.. results.Where(static result => result.Step.Outcome is not (Outcome.Passed or Outcome.Failed))
                .Select(static result => result.Step.Step)]);
    }

    private async Task<IReadOnlyList<BuildArtifact>> KeepAsync(
        Build build, IReadOnlyList<CheckRun> runs, IReadOnlyList<CheckResult> results, CancellationToken ct)
    {
        var report = AuditReport.Of(build, runs, results, time.GetUtcNow());
        var kept = new List<BuildArtifact>();
        foreach (var (name, content) in ((string, byte[])[])[
            ("audit.md", Encoding.UTF8.GetBytes(report.Markdown())), ("audit.json", report.Json())])
        {
            var digest = "sha256:" + Convert.ToHexStringLower(SHA256.HashData(content));
            using var stream = new MemoryStream(content, writable: false);
            if (await artifacts.TakeAsync(digest, stream, ct)) kept.Add(new BuildArtifact(name, "", digest, content.Length));
        }

        return await artifacts.KeepAsync(build.BuildId, kept, ct);
    }
}
