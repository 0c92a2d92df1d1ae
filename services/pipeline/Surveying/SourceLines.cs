using System.Buffers;

using Auxo.Pipeline.Checks.Files;

namespace Auxo.Pipeline.Surveying;

/// <summary>The lines of the source files of a tree, and how many of them put something off.</summary>
/// <param name="Unread">Files that were not read.</param>
/// <param name="Lines">Lines of those that were.</param>
/// <param name="Todos">Lines with TODO or FIXME.</param>
internal sealed record SourceLines(int Unread, int Lines, int Todos)
{
    /// <summary>As many files are read at once: each has at most <see cref="SourceTree.MaxTextBytes"/>.</summary>
    private const int AtOnce = 64;

    /// <summary>Larger trees are known well enough by so much of them.</summary>
    private const int MostFiles = 50_000;

    private static readonly SearchValues<byte> WordBytes =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_"u8);

    /// <summary>What is not written here by hand: code of others, what tools make, and what is no code.</summary>
    private static readonly PathPatterns NotWritten = PathPatterns.Of(
    [
        "node_modules/", "**/node_modules/**", "vendor/", "**/vendor/**", "third_party/", "**/third_party/**", "dist/", "**/dist/**",
        "*.min.js", "*.min.css", "*.map", "*.svg", "*.lock", "*-lock.json", "*-lock.yaml", "*.lock.json", "*.snap", "*.csv", "*.tsv",
        "*.json", "*.jsonl", "*.po", "go.sum", "LICENSE*", "LICENCE*", "COPYING*", "*.pem", "*.patch", "*.diff",
        "*.txt", "*.log", "*.xml", "*.md",
    ]);

    /// <summary>Reads the source files of a tree.</summary>
    public static async Task<SourceLines> ReadAsync(SourceTree tree, GitObjects objects, CancellationToken ct)
    {
        var files = tree.Entries.Where(static entry => entry.IsFile && !NotWritten.Match(entry.Name)).ToList();
        var (read, lines, todos) = (0, 0, 0);
        foreach (var group in files.Take(MostFiles).Chunk(AtOnce))
        {
            // One content may stand at many paths, and counts at each.
            var contents = await objects.ReadManyAsync(
                [.. group.Select(static entry => entry.Oid).Distinct(StringComparer.Ordinal)], SourceTree.MaxTextBytes, ct);
            foreach (var entry in group)
            {
                if (!contents.TryGetValue(entry.Oid, out var content)) continue;
                read++;
                var count = Count(content.Data.Span);
                lines += count.Lines;
                todos += count.Todos;
            }
        }

        return new SourceLines(files.Count - read, lines, todos);
    }

    /// <summary>The lines of a text; none of what is binary.</summary>
    internal static (int Lines, int Todos) Count(ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty || !SourceTree.IsText(text)) return (0, 0);
        var (lines, todos) = (0, 0);
        while (!text.IsEmpty)
        {
            var end = text.IndexOf((byte)'\n');
            var line = end < 0 ? text : text[..end];
            lines++;
            if (Says(line, "TODO"u8) || Says(line, "FIXME"u8)) todos++;
            text = end < 0 ? [] : text[(end + 1)..];
        }

        return (lines, todos);
    }

    /// <summary>A word by itself: <c>TODOS</c> and <c>ShowTODOList</c> are names.</summary>
    private static bool Says(ReadOnlySpan<byte> line, ReadOnlySpan<byte> word)
    {
        while (line.IndexOf(word) is >= 0 and var at)
        {
            var end = at + word.Length;
            if ((at == 0 || !WordBytes.Contains(line[at - 1])) && (end == line.Length || !WordBytes.Contains(line[end]))) return true;
            line = line[end..];
        }

        return false;
    }
}
