using Auxo.Pipeline.Artifacts;
using Auxo.Pipeline.Builds;
using Auxo.Pipeline.Definitions;
using Auxo.Pipeline.Logs;
using Auxo.Pipeline.StepSecrets.Masking;
using Auxo.Pipeline.Workspaces;

namespace Auxo.Pipeline.Reports.Html;

/// <summary>Keeps the pages in which a tool shows the coverage of a step to people.</summary>
internal static class CoveragePages
{
    private const int MaxFiles = 2000;
    private const long MaxBytes = 64L << 20;

    /// <summary>Keeps what the step has written, and says in its log what was kept and what was not.</summary>
    /// <param name="store">Where.</param>
    /// <param name="build">The build.</param>
    /// <param name="step">Its step, which has ended.</param>
    /// <param name="workspace">Where it worked.</param>
    /// <param name="since">What is older is not of this step.</param>
    /// <param name="mask">No file is kept whose name has a secret in it.</param>
    /// <param name="log">Of the step.</param>
    /// <param name="ct">Stops.</param>
    /// <returns>The names of the first pages.</returns>
    public static async Task<IReadOnlyList<string>> KeepAsync(
        ArtifactStore store, Build build, CommandStep step, Workspace workspace, DateTime since, SecretMask? mask, StepLog log,
        CancellationToken ct)
    {
        var wanted = step.Reports ?? StepReports.Default;
        if (!wanted.Wanted) return [];
        try
        {
            var firsts = CoveragePlaces.Find(workspace.Path, wanted.Html, since);
            var names = firsts.Concat(firsts.SelectMany(first => CoveragePlaces.Beside(workspace.Path, first)))
                .Distinct(StringComparer.Ordinal).Where(name => mask is null || mask.Text(name) == name).Take(MaxFiles + 1).ToList();
            if (names.Count == 0)
            {
                if (wanted.Html is { } named) log.WriteLine($"coverage: no page '{ReportWords.Shown(named)}' was written by this step");
                return [];
            }

            var (kept, problems) = await store.KeepPagesAsync(
                build.BuildId, workspace, step.Name + "/", [.. names.Take(MaxFiles)], MaxBytes, ct);
            if (names.Count > MaxFiles) log.WriteLine($"coverage: only the first {MaxFiles} files of its pages were kept");
            if (problems.Count > 0) log.WriteLine(
                $"coverage: {problems.Count} file{(problems.Count == 1 ? "" : "s")} of its pages not kept; "
                + $"{MaxBytes >> 20} MiB of pages of a step are. The first: {problems[0]}");
            var pages = firsts.Where(kept.Contains).ToList();
            foreach (var page in pages) log.WriteLine($"coverage: the page {ReportWords.Shown(page)} is kept");
            return [.. pages.Select(page => $"{step.Name}/{page}")];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The step has run, whatever becomes of its pages.
            log.WriteLine($"coverage: its pages were not kept: {ReportWords.Shown(e.Message)}");
            return [];
        }
    }
}
