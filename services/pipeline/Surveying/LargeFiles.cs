using System.Globalization;
using System.Text;

using Auxo.Pipeline.Checks.Files;

namespace Auxo.Pipeline.Surveying;

/// <summary>The large files of a tree.</summary>
internal static class LargeFiles
{
    private const int Most = 10;

    /// <summary>Asks git for the sizes of all contents of the tree; it reads none of them.</summary>
    /// <returns>The largest first, and how many there are.</returns>
    public static async Task<(IReadOnlyList<SizedPath> First, int Count)> ReadAsync(SourceTree tree, CancellationToken ct)
    {
        var files = tree.Entries.Where(static entry => entry.IsFile).ToList();
        var ids = files.Select(static entry => entry.Oid).Distinct(StringComparer.Ordinal);
        var asked = string.Concat(ids.Select(static oid => oid + "\n"));
        if (asked.Length == 0) return ([], 0);
        var sizes = new Dictionary<string, long>(StringComparer.Ordinal);
        var said = await GitCommand.RunAsync(
            tree.Repository, ["cat-file", "--buffer", "--batch-check=%(objectname) %(objectsize)"], ct, Encoding.ASCII.GetBytes(asked));
        foreach (var line in said.AsSpan().EnumerateLines())
        {
            var space = line.IndexOf(' ');
            if (space > 0 && long.TryParse(line[(space + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var bytes)
                && bytes > KeptObjects.Large) sizes[line[..space].ToString()] = bytes;
        }

        var large = files.Where(entry => sizes.ContainsKey(entry.Oid))
            .Select(entry => new SizedPath(PlainText.OneLine(entry.Name, 200), sizes[entry.Oid]))
            .OrderByDescending(static file => file.Bytes).ThenBy(static file => file.Path, StringComparer.Ordinal).ToList();
        return ([.. large.Take(Most)], large.Count);
    }
}
