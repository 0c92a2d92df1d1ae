using Auxo.Pipeline.Builds;

using Npgsql;

namespace Auxo.Pipeline.Requesting;

/// <summary>A repository that somebody named by hand.</summary>
/// <param name="Rid">Its id.</param>
/// <param name="Name">For people.</param>
/// <param name="Source">Where its objects are.</param>
/// <param name="Head">The canonical branch's head as ingest reported it; null when it reported none.</param>
internal sealed record BuildRepository(Rid Rid, string Name, RepositoryLocator Source, CommitId? Head)
{
    /// <summary>Finds a tracked repository by its id, or any git repository of this machine by its folder.</summary>
    /// <returns>Null when there is none; and for a folder in Radicle's layout that is not tracked: nothing here has verified
    /// who wrote what in it.</returns>
    /// <exception cref="UnreadableRepositoryException">There is one that Auxo does not read.</exception>
    public static async Task<BuildRepository?> FindAsync(
        NpgsqlDataSource database, RepositoryFolders folders, Rid? rid, string? folder, CancellationToken ct)
    {
        if (rid is { } id) return await TrackedAsync(database, id, source: null, folder: null, ct);
        if (folder is null || !Path.IsPathFullyQualified(folder)) return null;
        var path = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        if (await GitLocation.FindAsync(path, ct) is not { } location) return null;
        if (location.Refusal is { } refusal) throw new UnreadableRepositoryException(refusal);
        var (plain, git) = (Rid.ForPlainGit(location.Top), location.Folder);
        var source = folders.LocatorOf(git);
        if (await TrackedAsync(database, plain, source, git, ct) is { } tracked) return tracked;
        return await GitCommand.AskAsync(git, ct, "rev-parse", "--verify", "--quiet", "refs/rad/id") is null
            ? new BuildRepository(plain, plain.Bare[..^9], source, Head: null)
            : null;
    }

    /// <param name="database">The pipeline's.</param>
    /// <param name="rid">Its id.</param>
    /// <param name="source">Where it is.</param>
    /// <param name="folder">The same as earlier builds kept it.</param>
    /// <param name="ct">Stops.</param>
    private static async Task<BuildRepository?> TrackedAsync(
        NpgsqlDataSource database, Rid rid, RepositoryLocator? source, string? folder, CancellationToken ct)
    {
        await using var command = database.CreateCommand(
            "select rid, name, source, head from pipeline.repositories where (rid = $1 or source in ($2, $3)) and "
                + "untracked_at is null order by rid = $1 desc limit 1")
            .With(rid.Value, (object?)source?.Value ?? DBNull.Value, (object?)folder ?? DBNull.Value);
        await using var reader = await command.ExecuteReaderAsync(ct);
        return await reader.ReadAsync(ct)
            ? new BuildRepository(
                Rid.Parse(reader.GetString(0)), reader.GetString(1), RepositoryLocator.Parse(reader.GetString(2)),
                await reader.IsDBNullAsync(3, ct) ? null : CommitId.Parse(reader.GetString(3)))
            : null;
    }
}

/// <summary>A repository that Auxo does not read; the message says what to do.</summary>
internal sealed class UnreadableRepositoryException(string detail) : AuxoException("repository/unreadable", 422, detail);
