using Auxo.Pipeline.Definitions;
using Auxo.Pipeline.Schedules.Scans;
using Auxo.Pipeline.Workspaces;

namespace Auxo.Pipeline.Schedules;

/// <summary>Reads what the head of a default branch says of times.</summary>
public sealed class DeclaredSchedules(GitSources sources, RepositoryFolders folders)
{
    /// <summary>Its schedules; null when its file cannot be read or is wrong: then those of before stay.</summary>
    public async Task<IReadOnlyList<ScheduleDefinition>?> ReadAsync(RepositoryLocator source, CommitId head, CancellationToken ct)
    {
        var folder = folders.FolderOf(source);
        if (!Directory.Exists(folder)) return null;
        await using var use = sources.Open(folder);
        try
        {
            var files = await DefinitionFilesReader.ReadAsync(use.Objects, head, ct);
            if (files.Auxo is null) return [];
            var reading = PipelineFileReader.Read(files.Auxo);
            return reading.Problems.Count > 0 ? null : reading.File.Schedules;
        }
        catch (GitException)
        {
            return null;
        }
    }
}

/// <summary>
/// Keeps what the head of a default branch says of times, beside the scans that every repository has. Who was switched off stays off.
/// </summary>
/// <param name="Rid">The repository.</param>
/// <param name="Declared">Its schedules; null changes nothing.</param>
/// <param name="SeenAt">When ingest saw that head: without effect when the repository was untracked since.</param>
/// <param name="Now">The time.</param>
/// <param name="Scans">Which scans are off where the file says nothing.</param>
public sealed record FollowSchedules(
    Rid Rid, IReadOnlyList<ScheduleDefinition>? Declared, DateTimeOffset SeenAt, DateTimeOffset Now, ScanSettings Scans) : IMartenOp
{
    /// <inheritdoc/>
    public void Execute(IDocumentSession session)
    {
        session.QueueSqlCommand(ScanTable.Keep(Rid, Scans, Declared?.Select(static schedule => schedule.Name), Now));
        if (Declared is null) return;
        var kept = Declared.Select(static schedule => schedule.Name).Union(Scan.All.Select(static scan => scan.Name));
        session.QueueSqlCommand(ScheduleTable.Forget(Rid, kept));
        foreach (var schedule in Declared) session.QueueSqlCommand(ScheduleTable.Declare(Rid, schedule, SeenAt, Now));
    }
}
