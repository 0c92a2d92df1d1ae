using Auxo.Git;

namespace Auxo.Cli.Tests;

/// <summary>Commits of several files, by several people.</summary>
internal static class RepositoryFiles
{
    /// <summary>Writes the files, takes away those without a text, and commits all of it.</summary>
    public static async Task<string> CommitFilesAsync(
        this TempRepository repository, Dictionary<string, string?> files, string author = "a", string message = "change",
            string at = "")
    {
        var ct = TestContext.Current.CancellationToken;
        var folder = repository.Folder;
        if (!Directory.Exists(Path.Combine(folder, ".git"))) await GitCommand.RunAsync(folder, ["init", "-q", "-b", "main"], ct);
        foreach (var (path, text) in files)
        {
            var file = Path.Combine(folder, path);
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            if (text is null) File.Delete(file);
            else await File.WriteAllTextAsync(file, text, ct);
        }

        await GitCommand.RunAsync(folder, ["add", "-A"], ct);
        await GitCommand.RunAsync(folder, ["commit", "-q", "--allow-empty", "-m", message], ct, environment: By(author, at));
        return await repository.GitAsync("rev-parse", "HEAD");
    }

    /// <summary>What git printed, without the line's end.</summary>
    public static async Task<string> GitAsync(this TempRepository repository, params string[] arguments)
        => (await GitCommand.RunAsync(
            repository.Folder, arguments, TestContext.Current.CancellationToken, environment: By("a", ""))).TrimEnd('\n');

    private static Dictionary<string, string> By(string author, string at)
    {
        var by = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["GIT_AUTHOR_NAME"] = author, ["GIT_AUTHOR_EMAIL"] = $"{author}@example.org",
            ["GIT_COMMITTER_NAME"] = author, ["GIT_COMMITTER_EMAIL"] = $"{author}@example.org",
        };
        if (at.Length > 0) (by["GIT_AUTHOR_DATE"], by["GIT_COMMITTER_DATE"]) = (at, at);
        return by;
    }
}
