namespace Auxo.Benchmarks.Reporting;

/// <summary>The part of a page that a run replaces; the rest is written by people.</summary>
internal static class GeneratedPart
{
    /// <summary>The line before it.</summary>
    public const string Begin = "<!-- figures: begin (written by './auxo bench thread --write docs/performance.md'; do not edit) -->";

    /// <summary>The line after it.</summary>
    public const string End = "<!-- figures: end -->";

    /// <summary>Replaces what stands between the two lines.</summary>
    /// <exception cref="InvalidDataException">The page has not exactly one of each, in this order.</exception>
    public static async Task ReplaceAsync(string page, string text, CancellationToken ct)
    {
        var before = await File.ReadAllTextAsync(page, ct);
        await File.WriteAllTextAsync(page, Replace(before, text) ?? throw new InvalidDataException($"{page} has no part to replace: it needs the lines\n{Begin}\n{End}"), ct);
    }

    /// <summary>The page with its new part; null when it has none.</summary>
    public static string? Replace(string page, string text)
    {
        var (begin, end) = (page.IndexOf(Begin, StringComparison.Ordinal), page.IndexOf(End, StringComparison.Ordinal));
        return begin < 0 || end < begin ? null : $"{page[..begin]}{Begin}\n\n{text.Trim()}\n\n{page[end..]}";
    }
}
