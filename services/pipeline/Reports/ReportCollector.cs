using Auxo.Pipeline.Builds;
using Auxo.Pipeline.Checks;
using Auxo.Pipeline.Checks.Files;
using Auxo.Pipeline.Definitions;
using Auxo.Pipeline.Logs;
using Auxo.Pipeline.Reports.Files;
using Auxo.Pipeline.Suppressing;
using Auxo.Pipeline.Workspaces;
using Auxo.Reports.Coverage;
using Auxo.Reports.Findings;
using Auxo.Reports.TestRuns;

namespace Auxo.Pipeline.Reports;

/// <summary>Gathers what the reports of a step say, and says in its log what was read, what was not and why.</summary>
/// <param name="readBefore">Reads what the same step said in other builds.</param>
internal sealed class ReportCollector(Func<Build, string, CancellationToken, Task<ReportsBefore>> readBefore) : IDisposable
{
    private const string Workspace = Execution.Bubblewrap.BubblewrapArguments.Workspace;
    private const int MaxFindingLines = 200;

    /// <summary>A large report takes several times its size while it is read: one step after the other.</summary>
    private readonly SemaphoreSlim _one = new(1, 1);

    /// <inheritdoc/>
    public void Dispose() => _one.Dispose();

    /// <summary>Looks for the reports of a step that has ended, whatever its outcome.</summary>
    /// <param name="build">The build.</param>
    /// <param name="step">The step.</param>
    /// <param name="workspace">Where it worked.</param>
    /// <param name="since">The workspace's time when it began.</param>
    /// <param name="log">Its log.</param>
    /// <param name="ct">Stops.</param>
    public async Task<StepReported> CollectAsync(
        Build build, CommandStep step, Workspace workspace, DateTime since, StepLog log, CancellationToken ct)
    {
        var wanted = step.Reports ?? StepReports.Default;
        if (!wanted.Wanted) return StepReported.Nothing;
        await _one.WaitAsync(ct);
        try
        {
            var paths = new Lazy<Task<RepositoryPaths>>(() => PathsAsync(build, workspace, ct));
            var found = await ReportFiles.ReadAsync(workspace, wanted, since, paths, ct);
            foreach (var line in found.Lines) log.WriteLine($"report: {line}");
            if (found.Reports.Count == 0 && !wanted.NeedsTests && !wanted.NeedsCoverage) return StepReported.Nothing;
            return await GatherAsync(
                build, step.Name, wanted, DateOnly.FromDateTime(since.ToUniversalTime()), found, await paths.Value, workspace, log, ct);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The step has run, whatever becomes of its reports.
            log.WriteLine($"report: {ReportWords.Shown(e.Message)}");
            return StepReported.Nothing;
        }
        finally
        {
            _one.Release();
        }
    }

    private async Task<StepReported> GatherAsync(
        Build build, string step, StepReports wanted, DateOnly today, ReportFiles found, RepositoryPaths paths,
        Workspace workspace, StepLog log, CancellationToken ct)
    {
        var accepted = new AcceptedFindings(build.Plan.Accepted ?? [], today);
        var tests = found.Reports.Select(static r => r.Report).OfType<TestReport>().ToList();
        var coverage = found.Reports.Select(static r => r.Report).OfType<CoverageReport>().ToList();
        var findings = found.Reports.Select(static r => r.Report).OfType<FindingsReport>().SelectMany(static r => r.Open).ToList();
        var before = tests.Count + coverage.Count == 0 ? ReportsBefore.Nothing : await BeforeAsync(build, step, ct);
        var changed = coverage.Count + findings.Count == 0
            ? null
            : await ChangedLines.ReadAsync(workspace.Mirror, build.BuiltCommit, build.Since, ct);

        var ambiguous = new SortedSet<string>(StringComparer.Ordinal);
        string? Find(string written, IReadOnlyList<string> sources)
        {
            var (path, several) = paths.Find(written, Workspace, sources);
            if (several) ambiguous.Add(written);
            return path;
        }

        var ran = tests.Count == 0 && !wanted.NeedsTests
            ? null
            : JoinTests.Summarise(
                step, JoinTests.Of(tests), before, file => Find(file, []), new Quarantine(build.Plan.Quarantined ?? [], step, today));
        var covered = coverage.Count == 0 && !wanted.NeedsCoverage
            ? null
            : JoinCoverage.Of(
                step, [.. coverage.Select(report => (report, (IReadOnlyList<string>)[.. report.Files.Select(
                    file => Find(file.Path, report.Sources) ?? file.Path)]))], changed, before.Coverage);
        var judged = wanted.Gate == Gate.Off
            ? []
            : accepted.Of(ReportedFindings.Judge(
                step, findings, path => Find(path, []),
                // What stands in the default branch is known, in a build by hand too.
                changed ?? (build.Canonical == build.Subject.Commit ? ChangedLines.None : null), wanted.Gate));

        foreach (var (name, report) in found.Reports) log.WriteLine($"report: {ReportWords.Shown(name)} ({report.Format})");
        if (ambiguous.Count > 0) log.WriteLine($"report: {ReportWords.Shown(ambiguous.Min!)}"
            + $"{(ambiguous.Count > 1 ? $" and {ambiguous.Count - 1} more" : "")}: several files may be meant, so none is");
        if (ran is not null) log.WriteLine($"tests: {ReportWords.Of(ran)}");
        if (covered is not null) log.WriteLine($"coverage: {ReportWords.Of(covered)}");
        foreach (var finding in judged.Take(MaxFindingLines)) log.WriteLine("finding: " + PlainText.OneLine(
            $"{finding.Path}{(finding.Line is { } line ? $":{line}" : "")} {finding.Message} ({finding.Rule})", 400));
        if (judged.Count > MaxFindingLines) log.WriteLine($"finding: and {judged.Count - MaxFindingLines} more");

        foreach (var note in ran?.QuarantineNotes ?? []) log.WriteLine($"quarantine: {note}");

        return new StepReported(
            ran, covered, judged, ReportGate.Blocks(wanted, covered, judged), ReportGate.Warning(wanted, ran, covered))
        {
            Quarantine = QuarantineGate.Of(ran, tests.Sum(static report => report.Missing), found.HasUnread, before),
        };
    }

    private static async Task<RepositoryPaths> PathsAsync(Build build, Workspace workspace, CancellationToken ct)
    {
        try
        {
            var files = await GitTree.ListAsync(workspace.Mirror, build.BuiltCommit.Value, ct);
            return new RepositoryPaths(files.Where(static file => file.IsFile).Select(static file => file.Name));
        }
        catch (GitException)
        {
            return new RepositoryPaths([]);
        }
    }

    /// <summary>A database that is away takes the comparison, not the report.</summary>
    private async Task<ReportsBefore> BeforeAsync(Build build, string step, CancellationToken ct)
    {
        try
        {
            return await readBefore(build, step, ct);
        }
        catch (Exception e) when (DatabaseAway.Is(e))
        {
            return ReportsBefore.Nothing;
        }
    }
}
