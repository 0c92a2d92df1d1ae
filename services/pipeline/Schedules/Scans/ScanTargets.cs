using Auxo.Pipeline.Checks;
using Auxo.Pipeline.Checks.Files;
using Auxo.Pipeline.Definitions;
using Auxo.Pipeline.Workspaces;

using Npgsql;

namespace Auxo.Pipeline.Schedules.Scans;

/// <summary>
/// Whether a scan has anything to look at. One that has not makes no build: it would only say so, night for night.
/// </summary>
public sealed class ScanTargets(
    GitSources sources, RepositoryFolders folders, InstanceLayout layout, VerdictCache cache)
{
    /// <summary>
    /// Why there is nothing to look at, in one line; null when there is something, or the schedule is no scan.
    /// </summary>
    internal async Task<string?> WhyNothingAsync(
        IQuerySession session, NpgsqlDataSource database, Schedule schedule, CancellationToken ct)
    {
        if (Scan.Find(schedule.Name) is not { } scan) return null;
        if (await ScheduledHead.FindAsync(session, database, schedule, ct) is not { } head)
            return $"branch '{schedule.BuiltBranch}' has no head that Auxo has seen";
        var folder = folders.FolderOf(schedule.Repository.Source);
        // Of what cannot be read the build says why.
        if (!Directory.Exists(folder)) return null;
        await using var source = sources.Open(folder);
        try
        {
            var files = await DefinitionFilesReader.ReadAsync(source.Objects, head.Commit, ct);
            var plan = Plan.Decide(
                new BuildFacts(BuildTrigger.Schedule, schedule.BuiltBranch, Trust.Trusted, Changed: null, scan.Name),
                approved: true, files, canonical: null);
            await using var tree = await SourceTree.ReadAsync(source.Objects, head.Commit, layout.Checks, ct);
            return await WhyNothingAsync(scan, plan, tree, cache, ct);
        }
        catch (GitException)
        {
            return null;
        }
    }

    /// <summary>The same of a tree, by the plan of its scan.</summary>
    internal static async Task<string?> WhyNothingAsync(
        Scan scan, Plan plan, SourceTree tree, VerdictCache cache, CancellationToken ct)
    {
        var checks = CheckBatch.All.Where(check => plan.Checks.Contains(check.Name)).ToList();
        if (checks.Count == 0) return $"the pipeline file has switched off {string.Join(", ", scan.Checks)}";
        var reasons = new List<string>();
        foreach (var check in checks)
        {
            if (check.WhyNothingAsync is not { } ask
                || await ask(tree, plan.Settings, cache, ct) is not { } reason) return null;
            reasons.Add(reason);
        }

        return PlainText.OneLine(string.Join("; ", reasons), 300);
    }
}
