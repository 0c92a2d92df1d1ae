using System.Text;

using Auxo.Contracts;
using Auxo.Git;

namespace Auxo.Pipeline.Tests;

/// <summary>A real bare repository in a temporary folder; commits are made from plain texts by <c>git fast-import</c>.</summary>
public sealed class GitRepository : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("auxo-repo-").FullName;
    private int _commits;

    public string Path => _folder;

    public static async Task<GitRepository> CreateAsync()
    {
        var repository = new GitRepository();
        await GitCommand.RunAsync(repository._folder, ["init", "-q", "--bare", "-b", "main"], CancellationToken.None);
        return repository;
    }

    /// <summary>
    /// A commit on a branch with exactly these files; a path that starts with <c>*</c> is executable, with <c>@</c> a link.
    /// </summary>
    public Task<CommitId> CommitAsync(params (string Path, string Content)[] files)
        => CommitAsync("main", files.Select(file => (file.Path, Encoding.UTF8.GetBytes(file.Content))));

    /// <summary>The same with what the branch holds now as its parent; the others have none.</summary>
    public Task<CommitId> CommitOnTopAsync(params (string Path, string Content)[] files)
        => CommitAsync("main", files.Select(file => (file.Path, Encoding.UTF8.GetBytes(file.Content))), onTop: _commits > 0);

    public async Task<CommitId> CommitAsync(string branch, IEnumerable<(string Path, byte[] Content)> files, bool onTop = false)
    {
        var stream = new MemoryStream();
        void Write(string text) => stream.Write(Encoding.UTF8.GetBytes(text));
        Write($"commit refs/heads/{branch}\ncommitter Test <test@auxo.test> {1_700_000_000 + ++_commits} +0000\ndata "
            + $"4\nTest\n{(onTop ? $"from refs/heads/{branch}^0\n" : "")}deleteall\n");
        foreach (var (path, content) in files)
        {
            var mode = path[0] switch { '*' => "100755", '@' => "120000", _ => "100644" };
            Write($"M {mode} inline {path.TrimStart('*', '@')}\ndata {content.Length}\n");
            stream.Write(content);
            Write("\n");
        }

        await GitCommand.RunAsync(_folder, ["fast-import", "--quiet", "--force"], CancellationToken.None, stream.ToArray());
        return CommitId.Parse((await GitCommand.RunAsync(_folder, ["rev-parse", $"refs/heads/{branch}"], CancellationToken.None)).Trim());
    }

    public ValueTask DisposeAsync()
    {
        Directory.Delete(_folder, recursive: true);
        return ValueTask.CompletedTask;
    }
}
