using System.Text.RegularExpressions;

using Auxo.Pipeline.Checks.Files;

using Markdig;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace Auxo.Pipeline.Checks;

/// <summary>The links of Markdown pages, read as CommonMark reads them, and where in the tree they lead.</summary>
public static class PageLinks
{
    /// <summary>
    /// The parser needs the square of the time for what no person writes; a page comes from strangers. Within these bounds the worst
    /// one takes some seconds.
    /// </summary>
    private const int MaxPage = 256 << 10;

    private const int MaxParagraph = 32 << 10;

    private static readonly MarkdownPipeline Markdown = new MarkdownPipelineBuilder().UsePreciseSourceLocation().Build();
    private static readonly Regex Scheme = new(
        "^[a-zA-Z][a-zA-Z0-9+.-]*:", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture);

    /// <summary>
    /// Relative links to what the tree does not hold; what stands in code or in a comment is none. What lies behind a symbolic link
    /// or in a submodule cannot be known here.
    /// </summary>
    /// <param name="page">Its path.</param>
    /// <param name="text">Its text.</param>
    /// <param name="tree">What there is.</param>
    /// <returns>Null when the page is no text that a person wrote: too long without an empty line, or nested too deeply.</returns>
    public static IReadOnlyList<Observation>? Broken(string page, string text, SourceTree tree)
    {
        if (!text.Contains("](", StringComparison.Ordinal) && !text.Contains("]:", StringComparison.Ordinal)) return [];
        if (text.Length > MaxPage || LongestParagraph(text) > MaxParagraph) return null;
        MarkdownDocument document;
        try
        {
            document = Markdig.Markdown.Parse(text, Markdown);
        }
        catch (ArgumentException)
        {
            return null;
        }

        return
        [
            .. from link in document.Descendants<LinkInline>()
               where link.Url is { } url && IsBroken(page, url, tree)
               select new Observation(
                   "broken-link", Severity.Low, page, link.Line + 1, $"the link to {PlainText.OneLine(link.Url!, 100)} leads nowhere"),
        ];
    }

    /// <summary>
    /// From the top means the repository's, or that of a site whose pages lie in a folder: any folder above the page.
    /// </summary>
    private static bool IsBroken(string page, string url, SourceTree tree)
    {
        if (Resolve(page, url) is not { Length: > 0 } path || Leads(tree, path)) return false;
        if (!url.StartsWith('/')) return true;
        for (var slash = page.LastIndexOf('/'); slash > 0; slash = page.LastIndexOf('/', slash - 1))
            if (Leads(tree, $"{page[..slash]}/{path}")) return false;
        return true;
    }

    private static bool Leads(SourceTree tree, string path)
    {
        if (tree.Paths.Contains(path)) return true;
        // A site names its pages without their ending, or as what they are turned into.
        var bare = path.EndsWith(".html", StringComparison.Ordinal) ? path[..^5] : path;
        if (tree.Paths.Contains(bare + ".md")) return true;
        for (var slash = path.LastIndexOf('/'); slash > 0; slash = path.LastIndexOf('/', slash - 1))
            if (tree.Portals.Contains(path[..slash])) return true;
        return false;
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

    private static int LongestParagraph(string text)
    {
        var (longest, current) = (0, 0);
        foreach (var line in text.AsSpan().EnumerateLines())
        {
            current = line.IsWhiteSpace() ? 0 : current + line.Length + 1;
            longest = Math.Max(longest, current);
        }

        return longest;
    }
}
