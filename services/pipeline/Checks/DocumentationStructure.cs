using System.Diagnostics;
using System.Text.RegularExpressions;

using Auxo.Pipeline.Checks.Files;

namespace Auxo.Pipeline.Checks;

/// <summary>Check <c>documentation</c>: a README that says something, a licence, and links that lead somewhere.</summary>
public static class DocumentationStructure
{
    /// <summary>Enough for a large manual; beyond it the log says that the rest was left out.</summary>
    private const int MaxPages = 500;

    // Pages come from strangers: linear time, whatever stands in them.
    private const RegexOptions Linear = RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture;
    private static readonly Regex TitleLine = new(@"^#{1,2}\s*\S|^<h1|^\S.*\r?\n=+\s*$", Linear | RegexOptions.Multiline);

    /// <summary>All pages together; beyond it the log says how many were left out. Usual pages take a millisecond each.</summary>
    private static readonly TimeSpan MaxTime = TimeSpan.FromSeconds(10);

    /// <summary>Reads the Markdown of the tree.</summary>
    public static async Task<CheckReport> RunAsync(SourceTree tree, CheckSettings settings, CancellationToken ct)
    {
        var ignored = PathPatterns.Of(settings.Ignore.GetValueOrDefault("documentation"));
        var observations = new List<Observation>();
        var readme = tree.Entries.FirstOrDefault(static entry => (entry.IsFile || entry.IsSymlink) && IsAtTop(entry.Name, "README"));
        if (readme is null) observations.Add(new Observation(
            "readme-missing", Severity.Medium, null, null, "there is no README at the top; say what this is and how to run it"));
        if (!tree.Entries.Any(entry => IsAtTop(entry.Name, "LICENSE") || IsAtTop(entry.Name, "LICENCE") || IsAtTop(entry.Name, "COPYING")))
            observations.Add(new Observation(
                "licence-missing", Severity.Info, null, null, "there is no LICENSE at the top; without one nobody may use it"));

        var pages = tree.Entries.Where(entry
            => entry.IsFile && entry.Name.EndsWith(".md", StringComparison.OrdinalIgnoreCase) && !ignored.Match(entry.Name)).ToList();
        List<string> notes = [$"{pages.Count} pages"];
        var (began, read, unread) = (Stopwatch.GetTimestamp(), 0, new List<string>());
        foreach (var page in pages.Take(MaxPages))
        {
            if (Stopwatch.GetElapsedTime(began) > MaxTime) break;
            read++;
            if (await tree.ReadDecodedAsync(page, ct) is not { } text) continue;
            if (page == readme && text.AsSpan().Trim().Length < 40)
                observations.Add(new Observation("readme-empty", Severity.Medium, page.Name, null, "the README says next to nothing"));
            else if (page == readme && !TitleLine.IsMatch(text))
                observations.Add(new Observation(
                    "readme-without-title", Severity.Low, page.Name, 1, "the README has no title (a line that starts with #)"));
            if (PageLinks.Broken(page.Name, text, tree) is { } broken) observations.AddRange(broken);
            else unread.Add(page.Name);
        }

        if (read < pages.Count) notes[0] += $", of which the first {read} were read";
        if (unread.Count > 0) notes.Add(
            $"links not looked at, since no person wrote such a page, or it is too large: {string.Join(", ", unread.Take(5))}"
                + (unread.Count > 5 ? $" and {unread.Count - 5} more" : ""));
        return new CheckReport(observations, notes);
    }

    private static bool IsAtTop(string path, string name)
        => path.StartsWith(name, StringComparison.OrdinalIgnoreCase)
            && (path.Length == name.Length || path[name.Length] is '.' or '-') && !path.Contains('/', StringComparison.Ordinal);
}
