namespace Auxo.Cli.Registry.Setup;

/// <summary>Lines of ours in a file of somebody else's, between two marks by which they are found again.</summary>
internal static class MarkedBlock
{
    private const string Begin = "# auxo registry: begin";
    private const string End = "# auxo registry: end";

    /// <summary>Puts the lines in, in the place of those that were there.</summary>
    /// <param name="text">The file; empty for none.</param>
    /// <param name="lines">What is to stand there.</param>
    /// <param name="section">The header, such as <c>[global]</c>, under which they belong; null for the file's end.</param>
    public static string With(string text, IReadOnlyList<string> lines, string? section = null)
    {
        List<string> all = [.. Lines(Without(text))], block = [Begin, .. lines, End];
        var at = section is null ? -1 : all.FindIndex(line => line.Trim().Equals(section, StringComparison.OrdinalIgnoreCase));
        if (at >= 0) all.InsertRange(at + 1, block);
        else all.AddRange(section is null ? block : [section, .. block]);
        return string.Join('\n', all) + "\n";
    }

    /// <summary>Takes them out; the same text when there are none. Of what stands around them nothing is changed.</summary>
    public static string Without(string text)
    {
        var all = Lines(text);
        var begin = all.FindIndex(static line => line.Trim() == Begin);
        if (begin < 0) return text;
        var end = all.FindIndex(begin, static line => line.Trim() == End);
        // A mark without its end is somebody's edit: only what is surely ours goes.
        all.RemoveRange(begin, end < 0 ? 1 : end - begin + 1);
        return all.Count == 0 ? "" : string.Join('\n', all) + "\n";
    }

    private static List<string> Lines(string text)
    {
        List<string> lines = [.. text.Split('\n').Select(static line => line.TrimEnd('\r'))];
        if (lines[^1].Length == 0) lines.RemoveAt(lines.Count - 1);
        return lines;
    }
}
