namespace Auxo.Git.Tests;

/// <summary>A small real repository: two commits, a folder, a script, a link, odd names, and a file of 100 kB.</summary>
public sealed class SmallRepository : IAsyncLifetime
{
    private static readonly Dictionary<string, string> Author = new(StringComparer.Ordinal)
    {
        ["GIT_AUTHOR_NAME"] = "a",
        ["GIT_AUTHOR_EMAIL"] = "a@example.org",
        ["GIT_AUTHOR_DATE"] = "1700000000 +0000",
        ["GIT_COMMITTER_NAME"] = "a",
        ["GIT_COMMITTER_EMAIL"] = "a@example.org",
        ["GIT_COMMITTER_DATE"] = "1700000000 +0000",
    };

    public string Folder { get; } = Directory.CreateTempSubdirectory("auxo-git-").FullName;

    public string First { get; private set; } = "";

    public string Head { get; private set; } = "";

    public async ValueTask InitializeAsync()
    {
        await GitAsync("init", "--quiet", "--initial-branch=main");
        await WriteAsync("readme.md", "# Hello\n");
        First = await CommitAsync("First");
        await WriteAsync("docs/a b\tc.txt", "tab");
        await WriteAsync("docs/ü\n.txt", "newline");
        await WriteAsync("run.sh", "echo hi\n");
        File.SetUnixFileMode(Path.Combine(Folder, "run.sh"), (UnixFileMode)0b111_101_101);
        File.CreateSymbolicLink(Path.Combine(Folder, "link"), "readme.md");
        await WriteAsync("big.bin", new string('x', 100_000));
        await WriteAsync("empty", "");
        Head = await CommitAsync("Second");
        await GitAsync("branch", "next", First);
        await GitAsync("tag", "v1", First);
    }

    public ValueTask DisposeAsync()
    {
        Directory.Delete(Folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    public Task<string> GitAsync(params string[] arguments)
        => GitCommand.RunAsync(Folder, arguments, CancellationToken.None, environment: Author);

    public async Task<string> CommitAsync(string message, bool allowEmpty = false)
    {
        await GitAsync("add", "-A");
        await GitAsync(["commit", "--quiet", "-m", message, .. allowEmpty ? ["--allow-empty"] : Array.Empty<string>()]);
        return (await GitAsync("rev-parse", "HEAD")).Trim();
    }

    public async Task WriteAsync(string path, string content)
    {
        var file = Path.Combine(Folder, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        await File.WriteAllTextAsync(file, content);
    }
}
