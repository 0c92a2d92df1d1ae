using Auxo.Radicle;

namespace Auxo.Pipeline.Definitions.Including;

/// <summary>
/// Reads the files that a pipeline file includes, from the node's storage. Only what everybody may read is included: a
/// public repository, or the one that is built (decision 187).
/// </summary>
public sealed class IncludeReader(RepositoryFolders folders)
{
    /// <summary>Reads what a pipeline file includes.</summary>
    /// <param name="files">The pipeline files of the commit that counts.</param>
    /// <param name="own">The repository that is built; null where it is not known.</param>
    /// <param name="objects">Its objects.</param>
    /// <param name="kept">What an earlier plan of the same commit has kept.</param>
    /// <param name="ct">Stops.</param>
    public async Task<IReadOnlyDictionary<PipelineInclude, IncludedFile>> ReadAsync(
        DefinitionFiles files, Rid? own, GitObjects objects, IReadOnlyList<IncludedText> kept, CancellationToken ct)
    {
        var included = new Dictionary<PipelineInclude, IncludedFile>();
        if (files.Auxo is not { } text || !text.Contains("uses", StringComparison.Ordinal)) return included;
        foreach (var include in PipelineFileReader.Read(text).Includes)
        {
            if (included.ContainsKey(include)) continue;
            var before = kept.FirstOrDefault(one => one.Uses == include.ToString());
            included[include] = before is not null ? new IncludedFile(before.Text, null)
                : include.Rid == own ? await FileAsync(objects, include, ct)
                : await ForeignAsync(include, ct);
        }

        return included;
    }

    private async Task<IncludedFile> ForeignAsync(PipelineInclude include, CancellationToken ct)
    {
        var folder = folders.FolderOf(RepositoryLocator.InStorage(include.Rid));
        if (!Directory.Exists(folder))
            return Elsewhere($"{include.Rid} is not on this node; fetch it by 'rad seed {include.Rid}'");
        try
        {
            await using var repository = await RadicleRepository.OpenAsync(folder, ct);
            // Read now and verified: a repository may become private.
            if (!(await repository.ReadIdentityAsync(ct)).Document.IsPrivate)
                return await FileAsync(repository.Objects, include, ct);
            return new IncludedFile(
                null, $"{include.Rid} is not public, and logs and verdicts would show what is in it; "
                    + "only a file of a public repository, or of this one, can be included");
        }
        catch (Exception e) when (e is NotRadicleException or CobFormatException or GitException)
        {
            return new IncludedFile(
                null, $"{include.Rid} cannot be read on this node: its storage is damaged or was not fetched to its end;"
                    + $" 'rad sync --fetch {include.Rid}' may mend it");
        }
    }

    private static async Task<IncludedFile> FileAsync(GitObjects objects, PipelineInclude include, CancellationToken ct)
    {
        if (await objects.ReadAsync($"{include.Commit}^{{commit}}", ct) is not { Type: "commit" } commit)
            return Elsewhere($"{include.Rid} has no commit {include.Commit.Short} on this node; "
                + $"'rad sync --fetch {include.Rid}' fetches what is new there");
        try
        {
            var found = await objects.ReadAsync($"{commit.Oid}:{include.Path}", ct, PipelineFile.MaxBytes);
            return found is { Type: "blob" }
                ? new IncludedFile(found.Text, null)
                : new IncludedFile(null, $"{include.Rid} has no file '{include.Path}' at {include.Commit.Short}");
        }
        catch (GitObjectTooLargeException)
        {
            return new IncludedFile(null, $"{include.Short} is larger than {PipelineFile.MaxBytes >> 10} KiB");
        }
    }

    private static IncludedFile Elsewhere(string problem) => new(null, problem) { IsElsewhere = true };
}
