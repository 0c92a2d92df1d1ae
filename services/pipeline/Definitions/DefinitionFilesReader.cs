namespace Auxo.Pipeline.Definitions;

/// <summary>Reads the pipeline files of a commit from git's objects.</summary>
public static class DefinitionFilesReader
{
    /// <summary>The files; one that is too large to be read is given as its size would be refused.</summary>
    public static async Task<DefinitionFiles> ReadAsync(GitObjects objects, CommitId commit, CancellationToken ct)
        => new(await TextAsync(objects, commit, PipelineFile.Path, ct), await TextAsync(objects, commit, PipelineFile.OldPath, ct));

    private static async Task<string?> TextAsync(GitObjects objects, CommitId commit, string path, CancellationToken ct)
    {
        try
        {
            return await objects.ReadAsync($"{commit}:{path}", ct, PipelineFile.MaxBytes) is { Type: "blob" } blob ? blob.Text : null;
        }
        catch (GitObjectTooLargeException)
        {
            // Long enough for its reader to refuse it, whatever stands in it.
            return new string('#', PipelineFile.MaxBytes + 1);
        }
    }
}
