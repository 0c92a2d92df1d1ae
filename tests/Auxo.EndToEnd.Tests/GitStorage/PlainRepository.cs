using System.Diagnostics;

namespace Auxo.EndToEnd.Tests.GitStorage;

/// <summary>A normal git repository with a work tree, as people try Auxo on.</summary>
public sealed class PlainRepository
{
    private PlainRepository(string path) => Path = path;

    /// <summary>Its work tree.</summary>
    public string Path { get; }

    /// <summary>A repository with these files in its first commit on <c>main</c>.</summary>
    public static async Task<PlainRepository> CreateAsync(string path, IReadOnlyDictionary<string, string> files)
    {
        Directory.CreateDirectory(path);
        var repository = new PlainRepository(path);
        await repository.GitAsync("init", "-q", "-b", "main");
        await repository.CommitAsync("Start", files);
        return repository;
    }

    /// <summary>Writes the files, commits all, and returns the commit.</summary>
    public async Task<string> CommitAsync(string message, IReadOnlyDictionary<string, string> files)
    {
        foreach (var (name, content) in files)
        {
            var file = System.IO.Path.Combine(Path, name);
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(file)!);
            await File.WriteAllTextAsync(file, content);
            if (content.StartsWith("#!", StringComparison.Ordinal)) File.SetUnixFileMode(file, (UnixFileMode)0b111_101_101);
        }

        await GitAsync("add", "-A");
        await GitAsync("-c", "user.name=someone", "-c", "user.email=someone@example.org", "commit", "-q", "--allow-empty", "-m", message);
        return await GitAsync("rev-parse", "HEAD");
    }

    /// <summary>Runs git in the work tree; its output.</summary>
    public async Task<string> GitAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo("git", arguments)
        {
            WorkingDirectory = Path, UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0
            ? output.Trim()
            : throw new InvalidOperationException($"git {string.Join(' ', arguments)}: {await errors}");
    }
}
