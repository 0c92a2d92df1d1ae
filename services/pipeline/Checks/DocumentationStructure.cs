using Auxo.Pipeline.Checks.Files;
using System.Text.RegularExpressions;

namespace Auxo.Pipeline.Checks;

/// <summary>Check <c>documentation</c>: a README that says something, a licence, and links that lead somewhere.</summary>
public static class DocumentationStructure
{
    /// <summary>Enough for a large manual; beyond it the log says that the rest was left out.</summary>
    private const int MaxPages = 500;

    // Pages come from strangers: linear time, whatever stands in them.
    private const RegexOptions Linear = RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture;
    private static readonly Regex TitleLine = new(@"^#{1,2}\s*\S|^<h1|^\S.*\r?\n=+\s*$", Linear | RegexOptions.Multiline);
    private static readonly Regex Link = new(@"\]\(<?(?<to>[^)\s<>]+)>?(?:\s+[""'][^)]*)?\)", Linear);
    private static readonly Regex Code = new("`[^`]*`", Linear);
    private static readonly Regex Scheme = new("^[a-zA-Z][a-zA-Z0-9+.-]*:", Linear);

    /// <summary>Reads the Markdown of the tree.</summary>
    public static async Task<CheckReport> RunAsync(SourceTree tree, CheckSettings settings, CancellationToken ct)
    {
        var ignored = PathPatterns.Of(settings.Ignore.GetValueOrDefault("documentation"));
        var observations = new List<Observation>();
        var readme = tree.Entries.FirstOrDefault(entry => entry.IsFile && IsAtTop(entry.Name, "README"));
        if (readme is null) observations.Add(new Observation(
            "readme-missing", Severity.Medium, null, null, "there is no README at the top; say what this is and how to run it"));
        if (!tree.Entries.Any(entry => IsAtTop(entry.Name, "LICENSE") || IsAtTop(entry.Name, "LICENCE") || IsAtTop(entry.Name, "COPYING")))
            observations.Add(new Observation(
                "licence-missing", Severity.Info, null, null, "there is no LICENSE at the top; without one nobody may use it"));

        var pages = tree.Entries.Where(entry
            => entry.IsFile && entry.Name.EndsWith(".md", StringComparison.OrdinalIgnoreCase) && !ignored.Match(entry.Name)).ToList();
        foreach (var page in pages.Take(MaxPages))
        {
            if (await tree.ReadDecodedAsync(page, ct) is not { } text) continue;
            if (page == readme && text.AsSpan().Trim().Length < 40)
                observations.Add(new Observation("readme-empty", Severity.Medium, page.Name, null, "the README says next to nothing"));
            else if (page == readme && !TitleLine.IsMatch(text))
                observations.Add(new Observation(
                    "readme-without-title", Severity.Low, page.Name, 1, "the README has no title (a line that starts with #)"));
            observations.AddRange(BrokenLinks(page.Name, text, tree.Paths));
        }

        return new CheckReport(observations, pages.Count > MaxPages
            ? [$"{pages.Count} pages, of which the first {MaxPages} were read"]
            : [$"{pages.Count} pages"]);
    }

    /// <summary>Relative links of a page to files that the tree does not hold; what stands in code is not looked at.</summary>
    public static IEnumerable<Observation> BrokenLinks(string page, string text, IReadOnlySet<string> paths)
    {
        var fence = false;
        var number = 0;
        foreach (var line in text.Split('\n'))
        {
            number++;
            var start = line.TrimStart();
            if (start.StartsWith("```", StringComparison.Ordinal) || start.StartsWith("~~~", StringComparison.Ordinal)) fence = !fence;
            if (fence || !line.Contains("](", StringComparison.Ordinal)) continue;
            foreach (Match link in Link.Matches(Code.Replace(line, "")))
            {
                var target = link.Groups["to"].Value;
                if (Resolve(page, target) is { } path && path.Length > 0 && !paths.Contains(path))
                    yield return new Observation(
                        "broken-link", Severity.Low, page, number, $"the link to {PlainText.OneLine(target, 100)} leads nowhere");
            }
        }
    }

    /// <summary>The path in the tree that a link means; null when it leads out of the repository.</summary>
    private static string? Resolve(string page, string target)
    {
        if (Scheme.IsMatch(target) || target.StartsWith('#') || target.StartsWith("//", StringComparison.Ordinal)) return null;
        var path = Uri.UnescapeDataString(target.Split('#', '?')[0]);
        List<string> parts = path.StartsWith('/') ? [] : [.. page.Split('/')[..^1]];
        foreach (var part in path.Split('/'))
        {
            if (part is "" or ".") continue;
            if (part != "..") parts.Add(part);
            else if (parts.Count > 0) parts.RemoveAt(parts.Count - 1);
            else return null;
        }

        return string.Join('/', parts);
    }

    private static bool IsAtTop(string path, string name)
        => path.StartsWith(name, StringComparison.OrdinalIgnoreCase)
            && (path.Length == name.Length || path[name.Length] is '.' or '-') && !path.Contains('/', StringComparison.Ordinal);
}
