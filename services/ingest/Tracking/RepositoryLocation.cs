using Auxo.Contracts;
using Auxo.Git;
using Auxo.Radicle;

namespace Auxo.Ingest.Tracking;

/// <summary>What was named cannot be tracked; the message says what to do.</summary>
public sealed class CannotTrackException(string detail) : AuxoException("repository/cannot-track", 422, detail);

/// <summary>Where a repository lies, and what it is.</summary>
/// <param name="Rid">Its id: Radicle's, or one made of name and path.</param>
/// <param name="Kind">What it is kept in.</param>
/// <param name="Path">The git repository (of a work tree: its <c>.git</c>).</param>
/// <param name="Name">A name where Radicle gives none.</param>
/// <param name="DefaultBranch">For plain git; Radicle's identity says it else.</param>
public sealed record RepositoryLocation(Rid Rid, RepositoryKind Kind, string Path, string Name, string DefaultBranch)
{
    /// <summary>
    /// Understands <c>rad:…</c>, a path or <c>file://</c> of a folder in Radicle's layout, of a work tree cloned by <c>rad</c>,
    /// or of any git repository.
    /// </summary>
    /// <exception cref="CannotTrackException">There is nothing of the kind.</exception>
    public static async Task<RepositoryLocation> ResolveAsync(string location, RadicleHome? home, CancellationToken ct)
    {
        if (location.Length is 0 or > 4096 || location.Contains('\0')) throw new CannotTrackException(
            "Say what to track: a repository id such as rad:z3Fnc…, or a path.");
        if (location.StartsWith("rad:", StringComparison.Ordinal))
        {
            return Rid.TryParse(location.Replace("rad://", "rad:", StringComparison.Ordinal), provider: null, out var rid) && rid.IsRadicle
                ? InStorage(rid, home)
                : throw new CannotTrackException(
                    $"'{location}' is no repository id; one looks like rad:z3FncxVBpRsxNgBiagEzr4ZRcGhW7. See `rad ls`.");
        }

        var path = location.StartsWith("file://", StringComparison.Ordinal)
            ? Uri.UnescapeDataString(location["file://".Length..])
            : location;
        if (!System.IO.Path.IsPathFullyQualified(path))
        {
            throw new CannotTrackException(path.Contains("://", StringComparison.Ordinal) || path.Contains('@', StringComparison.Ordinal)
                ? $"'{location}' is not on this machine. Clone it first (git clone --mirror), then track the clone."
                : $"'{location}' is neither a repository id nor an absolute path.");
        }

        path = System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(path));
        if (!Directory.Exists(path)) throw new CannotTrackException($"{path} does not exist, or Auxo may not look into it.");
        return await RadicleFolderAsync(path, ct) ?? await RadicleCloneAsync(path, home, ct) ?? await PlainGitAsync(path, ct);
    }

    /// <summary>Where a Radicle repository lies in the node's storage.</summary>
    /// <exception cref="CannotTrackException">It is not there.</exception>
    public static RepositoryLocation InStorage(Rid rid, RadicleHome? home)
    {
        if (home is null) throw new CannotTrackException(
            $"There is no Radicle profile here, so {rid} cannot be found. Set RAD_HOME and start Auxo again, or track a path.");
        var path = home.RepositoryPath(rid);
        return Directory.Exists(path)
            ? new RepositoryLocation(rid, RepositoryKind.Radicle, path, "", "")
            : throw new CannotTrackException(
                $"{rid} is not in the storage of {home.Path}. Get it with `rad seed {rid} --scope all` or `rad clone "
                    + $"{rid} --scope all`, then track it again.");
    }

    private static async Task<RepositoryLocation?> RadicleFolderAsync(string path, CancellationToken ct)
    {
        try
        {
            await using var repository = await RadicleRepository.OpenAsync(path, ct);
            return new RepositoryLocation(repository.Rid, RepositoryKind.Radicle, path, "", "");
        }
        catch (NotRadicleException)
        {
            return null;
        }
    }

    private static async Task<RepositoryLocation?> RadicleCloneAsync(string path, RadicleHome? home, CancellationToken ct)
    {
        var url = await GitCommand.AskAsync(path, ct, "config", "--get", "remote.rad.url");
        return url is not null && url.StartsWith("rad://", StringComparison.Ordinal)
            && Rid.TryParse("rad:" + url["rad://".Length..].Split('/')[0], provider: null, out var rid)
            ? InStorage(rid, home)
            : null;
    }

    private static async Task<RepositoryLocation> PlainGitAsync(string path, CancellationToken ct)
    {
        var found = await GitLocation.FindAsync(path, ct) ?? throw new CannotTrackException(
            $"{path} is no git repository. Make one there with `git init`, or name the folder that has one.");
        if (found.Refusal is { } refusal) throw new CannotTrackException(refusal);
        var name = System.IO.Path.GetFileName(found.Top);
        if (name.EndsWith(".git", StringComparison.Ordinal) && name.Length > 4) name = name[..^4];
        return new RepositoryLocation(
            Rid.ForPlainGit(found.Top), RepositoryKind.Git, found.Folder, name, await Scanning.DefaultBranch.OfAsync(found.Folder, ct));
    }
}
