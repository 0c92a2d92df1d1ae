using System.Globalization;
using System.IO.Enumeration;
using System.Text;

namespace Auxo.Pipeline.Execution.Bubblewrap;

/// <summary>
/// The <c>/etc</c> of steps: a folder with copies of what the host's has under <see cref="EtcNames"/> and everybody may read
/// there, and files of its own for users and hosts. One folder is one mount; a mount for each file costs a millisecond for three.
/// </summary>
/// <param name="place">Where it is made.</param>
/// <param name="user">The account of steps.</param>
/// <param name="mountPoints">Paths of the operator; a place is made for each that is below <c>/etc</c>.</param>
/// <param name="host">The host's; another one in tests.</param>
internal sealed class StepEtc(string place, StepUser user, IReadOnlyList<string> mountPoints, string host = "/etc")
{
    private const UnixFileMode Folder = (UnixFileMode)0b111_101_101;
    private const UnixFileMode Plain = (UnixFileMode)0b110_100_100;
    private const string Prefix = "etc-";

    private static readonly EnumerationOptions Everything = new() { AttributesToSkip = FileAttributes.None };

    private readonly Lock _making = new();
    private IReadOnlyList<string> _copied = [];
    private string? _state;
    private string _made = "";

    /// <summary>
    /// The folder as the host is now. It is made again when one of the names was added, removed or changed, such as by the
    /// installation of a program. What changes deep in a folder is seen at the next start of Auxo.
    /// </summary>
    public string Current()
    {
        lock (_making)
        {
            if (_state is { } state && state == State()) return _made;
            // An earlier folder of this process may be mounted in a step that runs.
            if (_state is null)
                foreach (var old in Directory.EnumerateDirectories(place, Prefix + "*")) Directory.Delete(old, recursive: true);
            _copied = [.. EtcNames.All.SelectMany(Named).Distinct(StringComparer.Ordinal)];
            _state = State();
            return _made = Make();
        }
    }

    private string State()
    {
        var state = new StringBuilder();
        foreach (var path in _copied.Prepend(""))
            state.Append(CultureInfo.InvariantCulture, $"{new FileInfo(Path.Combine(host, path)).LastWriteTimeUtc.Ticks}\n");
        return state.ToString();
    }

    private IEnumerable<string> Named(string name)
    {
        if (!name.Contains('*', StringComparison.Ordinal)) return Path.Exists(Path.Combine(host, name)) ? [name] : [];
        return new DirectoryInfo(host).EnumerateFileSystemInfos("*", Everything)
            .Select(static entry => entry.Name).Where(entry => FileSystemName.MatchesSimpleExpression(name, entry, ignoreCase: false));
    }

    private string Make()
    {
        var folder = Path.Combine(place, Prefix + Guid.NewGuid().ToString("N"));
        MakeFolder(folder);
        foreach (var name in _copied)
        {
            MakeParents(folder, name);
            Copy(Outside(Path.Combine(host, name)), Path.Combine(folder, name));
        }

        foreach (var (name, text) in StepNames.Files(user))
        {
            var file = Path.Combine(folder, name);
            File.WriteAllText(file, text);
            File.SetUnixFileMode(file, Plain);
        }

        foreach (var path in mountPoints.Where(static path => path.StartsWith("/etc/", StringComparison.Ordinal)))
            MakeMountPoint(folder, path["/etc/".Length..], isFolder: Directory.Exists(path));
        return folder;
    }

    /// <summary>A link to what steps see anyway stays one; behind any other lies what is copied.</summary>
    private static FileSystemInfo Outside(string path)
    {
        FileSystemInfo entry = Directory.Exists(path) ? new DirectoryInfo(path) : new FileInfo(path);
        if (entry.LinkTarget is not { } link) return entry;
        var target = Path.GetFullPath(link, Path.GetDirectoryName(path)!);
        return new[] { "/usr/", "/etc/", "/proc/" }.Any(seen => target.StartsWith(seen, StringComparison.Ordinal))
            ? entry : entry.ResolveLinkTarget(returnFinalTarget: true) ?? entry;
    }

    private static void Copy(FileSystemInfo entry, string to)
    {
        try
        {
            if (entry.LinkTarget is { } target) File.CreateSymbolicLink(to, target);
            else if (entry is FileInfo file && file.UnixFileMode.HasFlag(UnixFileMode.OtherRead)) file.CopyTo(to);
            else if (entry is DirectoryInfo from && from.UnixFileMode.HasFlag(UnixFileMode.OtherRead | UnixFileMode.OtherExecute))
            {
                MakeFolder(to);
                foreach (var below in from.EnumerateFileSystemInfos("*", Everything)) Copy(below, Path.Combine(to, below.Name));
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It was removed at this moment, or lies behind a folder that this account may not enter: not there for steps either.
        }
    }

    private static void MakeMountPoint(string folder, string path, bool isFolder)
    {
        MakeParents(folder, path);
        var point = Path.Combine(folder, path);
        // A mount on a link would go where the link leads.
        if (new FileInfo(point).LinkTarget is not null) File.Delete(point);
        if (isFolder) MakeFolder(point);
        else if (!File.Exists(point)) File.WriteAllBytes(point, []);
    }

    private static void MakeParents(string folder, string path)
    {
        for (var slash = path.IndexOf('/', StringComparison.Ordinal); slash > 0; slash = path.IndexOf('/', slash + 1))
            MakeFolder(Path.Combine(folder, path[..slash]));
    }

    private static void MakeFolder(string path) => PrivateFiles.MakeFolder(path, Folder);
}
