using Auxo.Pipeline.Checks.Analysis;
using Auxo.Pipeline.Suppressing;

namespace Auxo.Pipeline.Definitions;

/// <summary>Reads the pipeline files of a commit from git's objects.</summary>
public static class DefinitionFilesReader
{
    /// <summary>The files; one that is too large to be read is given as its size would be refused.</summary>
    public static async Task<DefinitionFiles> ReadAsync(GitObjects objects, CommitId commit, CancellationToken ct)
    {
        var (entries, rules) = (new List<GitTreeEntry>(), new List<RuleFile>());
        foreach (var entry in await ListAsync(objects, $"{commit}^{{tree}}", ct))
        {
            entries.Add(entry);
            if (!entry.IsTree || !PassedOverFiles.IsFolder(entry.Name)) continue;
            entries.AddRange((await ListAsync(objects, entry.Oid, ct)).Select(inner => inner with { Name = $"{entry.Name}/{inner.Name}" }));
        }

        if (entries.Find(static entry => entry.IsTree && entry.Name == RulePack.Folder) is { } folder)
            rules.AddRange((await ListAsync(objects, folder.Oid, ct)).Where(static file => file.IsFile && RulePack.IsRuleFile(file.Name))
                .Select(static file => new RuleFile($"{RulePack.Folder}/{file.Name}", file.Oid)));

        return new DefinitionFiles(await TextAsync(PipelineFile.Path), await TextAsync(PipelineFile.OldPath))
        {
            PassedOver = PassedOverFiles.Of(entries), Rules = rules, Suppressions = await TextAsync(Suppression.Path),
            Quarantine = await TextAsync(QuarantinedTest.Path),
        };

        async Task<string?> TextAsync(string path)
        {
            if (entries.Find(entry => entry.IsFile && entry.Name == path) is not { } file) return null;
            try
            {
                return (await objects.ReadAsync(file.Oid, ct, PipelineFile.MaxBytes))?.Text;
            }
            catch (GitObjectTooLargeException)
            {
                // Long enough for its reader to refuse it, whatever stands in it.
                return new string('#', PipelineFile.MaxBytes + 1);
            }
        }
    }

    private static async Task<IReadOnlyList<GitTreeEntry>> ListAsync(GitObjects objects, string tree, CancellationToken ct)
    {
        try
        {
            return await objects.ReadAsync(tree, ct) is { Type: "tree" } found ? GitTree.Parse(found.Data.Span) : [];
        }
        catch (Exception e) when (e is GitObjectTooLargeException or FormatException)
        {
            throw GitException.TooMuch(objects.Repository, e.Message);
        }
    }
}
