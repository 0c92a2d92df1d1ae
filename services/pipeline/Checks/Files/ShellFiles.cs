using System.Text;

namespace Auxo.Pipeline.Checks.Files;

/// <summary>One shell script of the tree.</summary>
/// <param name="Entry">Where it is in the repository.</param>
/// <param name="FileName">What it is called in the temporary folder: a number, so that no path of a repository ever becomes a
/// path of this machine.</param>
/// <param name="SizeBytes">Its size.</param>
public sealed record ShellFile(GitTreeEntry Entry, string FileName, int SizeBytes);

/// <summary>The shell scripts of a tree, found by extension or first line, in a private temporary folder.</summary>
public sealed class ShellFiles
{
    private static readonly string[] Extensions = [".sh", ".bash", ".bats", ".ksh", ".dash"];
    private readonly string _folder;

    private ShellFiles(string folder, IReadOnlyList<ShellFile> files)
    {
        _folder = folder;
        Files = files;
    }

    /// <summary>All of them, in the tree's order.</summary>
    public IReadOnlyList<ShellFile> Files { get; }

    /// <summary>The folder that holds them under their <see cref="ShellFile.FileName"/>.</summary>
    public string Folder => _folder;

    /// <summary>True when the file's first line asks for a shell that <c>bash</c> and shellcheck understand.</summary>
    public static bool HasShellShebang(ReadOnlySpan<byte> content)
    {
        if (!content.StartsWith("#!"u8)) return false;
        var end = content.IndexOf((byte)'\n');
        var line = Encoding.UTF8.GetString(content[2..(end < 0 ? Math.Min(content.Length, 200) : Math.Min(end, 200))]);
        var words = line.Split([' ', '\t', '\r'], StringSplitOptions.RemoveEmptyEntries);
        var program = words.FirstOrDefault(
            word => !word.StartsWith('-') && !word.Contains('=', StringComparison.Ordinal) && Name(word) != "env");
        return program is not null && Name(program) is "sh" or "bash" or "dash" or "ksh" or "bats" or "ash";

        static string Name(string path) => path[(path.LastIndexOf('/') + 1)..];
    }

    internal static async Task<ShellFiles> WriteAsync(SourceTree tree, string temporary, CancellationToken ct)
    {
        var folder = Path.Combine(temporary, Guid.NewGuid().ToString("N"));
        PrivateFiles.MakeFolder(folder);
        var files = new List<ShellFile>();
        try
        {
            foreach (var entry in tree.Entries)
            {
                if (!entry.IsFile) continue;
                var extension = Extension(entry.Name);
                var named = Array.IndexOf(Extensions, extension) >= 0;
                if (!named && extension.Length > 0 && !entry.IsExecutable) continue;
                if (await tree.ReadTextAsync(entry, ct) is not { } content || !named && !HasShellShebang(content.Span)) continue;
                // The extension stays: shellcheck takes the dialect from it where there is no first line to tell.
                var name = $"{files.Count + 1}{(named ? extension : "")}";
                await using var file = File.Create(Path.Combine(folder, name));
                await file.WriteAsync(content, ct);
                files.Add(new ShellFile(entry, name, content.Length));
            }
        }
        catch
        {
            Directory.Delete(folder, recursive: true);
            throw;
        }

        return new ShellFiles(folder, files);
    }

    internal void Delete() => Directory.Delete(_folder, recursive: true);

    private static string Extension(string path)
    {
        var name = path.AsSpan(path.LastIndexOf('/') + 1);
        var dot = name.LastIndexOf('.');
        return dot <= 0 ? "" : name[dot..].ToString().ToLowerInvariant();
    }
}
