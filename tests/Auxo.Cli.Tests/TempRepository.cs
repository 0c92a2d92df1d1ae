using Auxo.Git;

namespace Auxo.Cli.Tests;

/// <summary>A git work tree of its own, on branch <c>main</c>.</summary>
internal sealed class TempRepository : IDisposable
{
    private static readonly Dictionary<string, string> Author = new(StringComparer.Ordinal)
    {
        ["GIT_AUTHOR_NAME"] = "a",
        ["GIT_AUTHOR_EMAIL"] = "a@example.org",
        ["GIT_COMMITTER_NAME"] = "a",
        ["GIT_COMMITTER_EMAIL"] = "a@example.org",
    };

    public string Folder { get; } = Directory.CreateTempSubdirectory("auxo-repo-").FullName;

    public async Task<string> CommitAsync(string message)
    {
        await GitCommand.RunAsync(Folder, ["init", "--quiet", "--initial-branch=main"], CancellationToken.None);
        await File.WriteAllTextAsync(Path.Combine(Folder, "file"), message);
        await GitCommand.RunAsync(Folder, ["add", "file"], CancellationToken.None);
        await GitCommand.RunAsync(Folder, ["commit", "--quiet", "-m", message], CancellationToken.None, environment: Author);
        return (await GitCommand.RunAsync(Folder, ["rev-parse", "HEAD"], CancellationToken.None)).Trim();
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
