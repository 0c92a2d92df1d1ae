using System.Security.Cryptography;
using System.Text;

namespace Auxo.Pipeline.Workspaces;

/// <summary>
/// A bare repository of our own beside each source. It has no objects, only the path to the source's
/// (<c>objects/info/alternates</c>), so making it costs a few small files and a commit is readable the moment the source has
/// it. Its own configuration and attributes keep a commit from choosing how it is checked out.
/// </summary>
internal static class Mirror
{
    private const string Config = """
        [core]
        	repositoryformatversion = 0
        	bare = true
        	logAllRefUpdates = false
        	symlinks = true
        	fileMode = true
        	hooksPath = /dev/null
        	attributesFile = /dev/null
        [gc]
        	auto = 0
        [submodule]
        	recurse = false

        """;

    /// <summary>
    /// The last word on attributes in git is a repository's <c>info/attributes</c>: the bytes of the commit are the bytes on
    /// disk.
    /// </summary>
    private const string Attributes = "* -text !eol -filter -ident -working-tree-encoding !diff !merge\n";

    /// <summary>The mirror of <paramref name="source"/>, made when it is not there.</summary>
    /// <exception cref="WorkspaceException">The source is no git repository any more, or cannot be read.</exception>
    public static async Task<string> OpenAsync(string mirrors, string source, CancellationToken ct)
    {
        var objects = ObjectsOf(source);
        var mirror = Path.Combine(mirrors, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(objects)))[..24] + ".git");
        // `HEAD` is written last: a mirror whose making was cut off is made again.
        if (File.Exists(Path.Combine(mirror, "HEAD"))) return mirror;

        Directory.CreateDirectory(Path.Combine(mirror, "objects", "info"));
        Directory.CreateDirectory(Path.Combine(mirror, "objects", "pack"));
        Directory.CreateDirectory(Path.Combine(mirror, "refs", "auxo", "builds"));
        Directory.CreateDirectory(Path.Combine(mirror, "info"));
        await WriteAsync("objects/info/alternates", objects + "\n");
        await WriteAsync("config", Config);
        await WriteAsync("info/attributes", Attributes);
        await WriteAsync("HEAD", "ref: refs/heads/none\n");
        return mirror;

        // Two builds of a new repository may both be here: whole files, moved into place, the same from both.
        async Task WriteAsync(string name, string text)
        {
            var path = Path.Combine(mirror, name);
            var temporary = $"{path}.{Guid.NewGuid():N}";
            await File.WriteAllTextAsync(temporary, text, ct);
            File.Move(temporary, path, overwrite: true);
        }
    }

    /// <summary>Pins a commit for a build, so that it is plain in the mirror what is in use. Returns the ref's file.</summary>
    public static async Task<string> PinAsync(string mirror, Guid buildId, CommitId commit, CancellationToken ct)
    {
        var pin = Path.Combine(mirror, "refs", "auxo", "builds", buildId.ToString());
        await File.WriteAllTextAsync(pin + ".lock", commit.Value + "\n", ct);
        File.Move(pin + ".lock", pin, overwrite: true);
        return pin;
    }

    /// <summary>The object folder of a bare repository, a normal one, or a linked work tree.</summary>
    private static string ObjectsOf(string source)
    {
        var full = Path.GetFullPath(source);
        if (full.AsSpan().ContainsAny('\n', '\0')) throw Missing("has a line end in its name, which git cannot borrow from; move it");
        try
        {
            var git = full;
            if (Directory.Exists(Path.Combine(full, ".git"))) git = Path.Combine(full, ".git");
            else if (File.Exists(Path.Combine(full, ".git"))) git = LinkedFolder(full);
            if (Directory.Exists(Path.Combine(git, "objects")))
            {
                // Existence says nothing about the right to look inside.
                using var entries = Directory.EnumerateFileSystemEntries(Path.Combine(git, "objects")).GetEnumerator();
                _ = entries.MoveNext();
                return Path.Combine(git, "objects");
            }
        }
        catch (UnauthorizedAccessException)
        {
            throw Missing($"cannot be read by {Environment.UserName}; give that account the right to read it");
        }

        throw Missing(Directory.Exists(full)
            ? "is no git repository (it has no objects folder)"
            : "does not exist any more; track the repository again where it is now");

        WorkspaceException Missing(string what) => new("workspace/source-missing", $"The source {full} {what}.");
    }

    private static string LinkedFolder(string workTree)
    {
        var line = File.ReadAllText(Path.Combine(workTree, ".git")).Trim();
        if (!line.StartsWith("gitdir: ", StringComparison.Ordinal)) return workTree;
        var git = Path.GetFullPath(Path.Combine(workTree, line["gitdir: ".Length..]));
        var common = Path.Combine(git, "commondir");
        return File.Exists(common) ? Path.GetFullPath(Path.Combine(git, File.ReadAllText(common).Trim())) : git;
    }
}
