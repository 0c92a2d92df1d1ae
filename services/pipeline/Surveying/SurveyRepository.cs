using Auxo.Pipeline.Checks;
using Auxo.Pipeline.Checks.Files;
using Auxo.Pipeline.Definitions;
using Auxo.Pipeline.Workspaces;

using Npgsql;

namespace Auxo.Pipeline.Surveying;

/// <summary>
/// Reads a default branch for the health of its repository, and tells metrics; the registry is told what it uses. What a head holds does
/// not change, so it is read once for each; what git keeps may be damaged at any time, and is looked through weekly.
/// </summary>
internal sealed class SurveyRepository(
    GitSources sources, RepositoryFolders folders, Outbox outbox, NpgsqlDataSource database, InstanceLayout layout, TimeProvider time,
    ILogger<SurveyRepository> logger)
{
    /// <summary>Surveys all that is due.</summary>
    /// <returns>How many repositories were told of.</returns>
    public async Task<int> RunAsync(CancellationToken ct)
    {
        var told = 0;
        foreach (var due in await SurveyTable.DueAsync(database, time.GetUtcNow(), ct))
            told += await TryAsync(due, lookThrough: false, ct);
        // One at a time: it may take minutes, and new heads come first.
        if (await SurveyTable.ObjectsDueAsync(database, time.GetUtcNow(), ct) is { } old)
            told += await TryAsync(old, lookThrough: true, ct);
        return told;
    }

    private async Task<int> TryAsync(DueSurvey due, bool lookThrough, CancellationToken ct)
    {
        try
        {
            var (survey, used) = await ReadAsync(due, lookThrough, ct);
            await using var work = outbox.Open();
            work.Session.QueueSqlCommand(SurveyTable.Keep(survey));
            await work.PublishAsync(survey);
            await work.PublishAsync(used);
            await work.SaveChangesAsync(ct);
            return 1;
        }
        catch (Exception e) when (e is GitException or IOException or UnauthorizedAccessException)
        {
            logger.LogWarning("The files of {Repository} cannot be read for its health: {Reason} It is tried again in an hour.",
                due.Name, e.Message);
            await SurveyTable.FailAsync(database, due.Rid, time.GetUtcNow(), ct);
            return 0;
        }
    }

    private async Task<(RepositorySurveyed, DependenciesFound)> ReadAsync(DueSurvey due, bool lookThrough, CancellationToken ct)
    {
        var folder = folders.FolderOf(due.Source);
        if (!Directory.Exists(folder)) throw new DirectoryNotFoundException($"{folder} is gone.");
        await using var use = sources.Open(folder);
        await using var tree = await SourceTree.ReadAsync(use.Objects, due.Head, layout.Checks, ct);
        var settings = await SettingsAsync(use.Objects, due.Head, ct);
        var lines = await SourceLines.ReadAsync(tree, use.Objects, ct);
        var large = await LargeFiles.ReadAsync(tree, ct);
        var survey = new TreeSurvey(
            tree.Entries.Count, lines.Unread, lines.Lines, lines.Todos, await DocumentFiles.ReadAsync(tree, settings, ct), large.First,
            large.Count, await PinnedDependencies.ReadAsync(tree, ct));
        var objects = lookThrough ? await KeptObjects.ReadAsync(folder, due.Head, time, ct) : due.Objects;
        var used = await UsedPackages.ReadAsync(tree, ct);
        return (
            new RepositorySurveyed(due.Rid, due.Name, due.Head, SurveyTable.Ruling, survey, objects, time.GetUtcNow()),
            new DependenciesFound(due.Rid, due.Name, due.Head, used.Packages, used.Count, used.Files, time.GetUtcNow()));
    }

    /// <summary>What the repository has its checks leave out; the defaults where its file is wrong.</summary>
    private static async Task<CheckSettings> SettingsAsync(GitObjects objects, CommitId head, CancellationToken ct)
    {
        var files = await DefinitionFilesReader.ReadAsync(objects, head, ct);
        if (files.Auxo is null) return CheckSettings.Default;
        var reading = PipelineFileReader.Read(files.Auxo);
        return reading.Problems.Count > 0 ? CheckSettings.Default : reading.File.Checks;
    }
}
