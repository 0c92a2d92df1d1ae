using System.Diagnostics;
using System.Globalization;
using System.Text;

using Auxo.Benchmarks.Sides;

namespace Auxo.Benchmarks.Thread;

/// <summary>
/// A history whose contents have so many bytes together: files of some 20 KB that look like programs, of which each commit changes
/// a few lines in some. An early commit brings a key, and the next one takes it out again.
/// </summary>
/// <param name="bytes">At least so many in all versions of all files.</param>
internal sealed class PastContents(long bytes)
{
    /// <summary>Files that a commit changes.</summary>
    public const int PerCommit = 50;

    /// <summary>The file that had the key: only the history does.</summary>
    public const string Removed = "src/removed.txt";

    private const int Files = 500;
    private const int Lines = 440;
    private const int Changed = 12;

    /// <summary>Of programs.</summary>
    private static readonly string[] Words =
    [
        "account", "address", "answer", "append", "array", "await", "branch", "buffer", "build", "bytes", "cache", "cancel", "channel",
        "check", "client", "close", "column", "commit", "config", "content", "context", "count", "create", "current", "database", "date",
        "default", "delete", "detail", "digest", "element", "empty", "entry", "error", "event", "exit", "field", "file", "filter", "find",
        "first", "folder", "format", "group", "handle", "header", "height", "index", "input", "insert", "item", "join", "key", "label",
        "last", "length", "level", "limit", "line", "list", "load", "local", "lock", "logger", "map", "match", "memory",
        "message", "method", "model", "name", "node", "number", "object", "offset", "open", "option", "order", "output", "owner",
        "package", "page", "parent", "parse", "part", "path", "pattern", "person", "point", "position", "print", "process", "project",
        "queue", "range", "read", "reader", "record", "remove", "report", "request", "result", "row", "rule", "run", "scope", "search",
        "select", "send", "server", "service", "session", "size", "source", "start", "state", "status", "step", "store", "stream",
        "string", "table", "task", "test", "text", "thread", "time", "trace", "tree", "trigger", "type", "update", "user",
        "value", "version", "view", "wait", "width", "window", "word", "work", "worker", "write",
    ];

    /// <summary>Words that announce a secret, and here none: programs have one or so in two KB, and so have these.</summary>
    private static readonly string[] Announcing = ["token", "secret", "password", "machine", "authorization", "basic", "curl", "://"];

    private readonly Random _random = new(11);

    /// <summary>Of all versions of all files; known when they are written.</summary>
    public long Bytes { get; private set; }

    /// <summary>Adds it to the repository's branch main; how many commits that is.</summary>
    public async Task<int> WriteAsync(PlainRepository repository, CancellationToken ct)
    {
        var start = new ProcessStartInfo(
            "git", ["-c", "fastimport.unpackLimit=0", "fast-import", "--quiet", "--done"])
        {
            WorkingDirectory = repository.Path, RedirectStandardInput = true, UseShellExecute = false,
        };
        var head = await repository.HeadAsync(ct);
        using var process = Process.Start(start)!;
        int commits;
        await using (var import = process.StandardInput.BaseStream) commits = await WriteAsync(import, head, ct);
        await process.WaitForExitAsync(ct);
        if (process.ExitCode != 0) throw new InvalidOperationException($"git fast-import ended with {process.ExitCode}.");
        await repository.PackAsync(ct);
        return commits;
    }

    private async Task<int> WriteAsync(Stream import, string head, CancellationToken ct)
    {
        // All versions of a file one after the other, so that git stores each as what differs from the one before.
        var versions = new List<int>();
        for (var marks = 0; versions.Count < Files;)
        {
            versions.Add(0);
            for (var file = Program(); Bytes < bytes * versions.Count / Files; Change(file), versions[^1]++)
            {
                var text = Encoding.ASCII.GetBytes(string.Join('\n', file) + "\n");
                Bytes += text.Length;
                await PutAsync(import, $"blob\nmark :{++marks}\ndata {text.Length}\n", ct);
                await import.WriteAsync(text, ct);
            }
        }

        var first = versions.Select((_, i) => versions.Take(i).Sum() + 1).ToList();
        var steps = versions.SelectMany((count, file) => Enumerable.Range(0, count).Select(version => (Version: version, File: file)))
            .Order().Chunk(PerCommit).ToList();
        for (var i = 0; i < steps.Count; i++)
        {
            var commit = new StringBuilder(string.Create(
                CultureInfo.InvariantCulture,
                $"commit refs/heads/main\ncommitter bench <bench@example.org> {1_700_000_000 + i} +0000\ndata 7\nChange\n\n"));
            if (i == 0) commit.Append(CultureInfo.InvariantCulture, $"from {head}\n");
            foreach (var (version, file) in steps[i])
            {
                commit.Append(
                    CultureInfo.InvariantCulture,
                    $"M 100644 :{first[file] + version} src/part{file % 20:00}/file{file:000}.cs\n");
            }

            if (i == 1)
            {
                commit.Append(
                    CultureInfo.InvariantCulture, $"M 100644 inline {Removed}\ndata {Key.Length}\n{Key}\n");
            }

            if (i == 2) commit.Append(CultureInfo.InvariantCulture, $"D {Removed}\n");
            await PutAsync(import, commit.Append('\n').ToString(), ct);
        }

        await PutAsync(import, "done\n", ct);
        return steps.Count;
    }

    /// <summary>No key of anybody, and in two parts, so that nobody takes this file for one that holds it.</summary>
    private static string Key => "id = \"AKIA" + "Q3ZTRB5XWDLK7M2J\"\n";

    private static async Task PutAsync(Stream import, string text, CancellationToken ct)
        => await import.WriteAsync(Encoding.ASCII.GetBytes(text), ct);

    private string[] Program() => [.. Enumerable.Range(0, Lines).Select(_ => Line())];

    private void Change(string[] file)
    {
        for (var i = 0; i < Changed; i++) file[_random.Next(file.Length)] = Line();
    }

    private string Line()
        => _random.Next(8) switch
        {
            0 => "",
            1 => $"    /// <summary>The {Word()} of a {Word()} that the {Word()} has, and the {Word()} before the {Word()}.</summary>",
            2 => $"        if ({Word()}.{Title()} is null || {Word()}.Count > {_random.Next(100)}) return {Word()}.{Title()}({Word()});",
            3 => $"        // Without a {Word()} there is no {Word()}: the {Word()} of the {Word()} is {Word()}.",
            4 => $"    private static {Title()}{Title()} {Title()}({Title()} {Word()}, int {Word()})",
            5 => $"            \"{Word()}\": {_random.Next(10_000)}, \"{Word()}\": {Word()}.{Title()},",
            _ => $"        var {Word()}{Title()} = await {Word()}.{Title()}{Title()}Async({Word()}, {Word()}, {_random.Next(1000)});",
        };

    private string Word()
        => _random.Next(200) == 0 ? Announcing[_random.Next(Announcing.Length)] : Words[_random.Next(Words.Length)];

    private string Title()
    {
        var word = Word();
        return char.ToUpperInvariant(word[0]) + word[1..];
    }
}
