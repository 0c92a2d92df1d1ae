namespace Auxo.Benchmarks.Reporting;

/// <summary>The parts of a page that runs replace, one per group of benchmarks; the rest is written by people.</summary>
internal static class GeneratedPart
{
    /// <summary>The line before a group's part.</summary>
    public static string Begin(string group)
        => $"<!-- figures of {group}: begin (written by './auxo bench {group} --write docs/performance.md'; do not edit) -->";

    /// <summary>The line after it.</summary>
    public static string End(string group) => $"<!-- figures of {group}: end -->";

    /// <summary>Replaces what stands between the two lines of a group.</summary>
    /// <exception cref="InvalidDataException">The page has not exactly one of each, in this order.</exception>
    public static async Task ReplaceAsync(string page, string group, string text, CancellationToken ct)
    {
        var before = await File.ReadAllTextAsync(page, ct);
        await File.WriteAllTextAsync(page, Replace(before, group, text)
            ?? throw new InvalidDataException($"{page} has no part to replace: it needs the lines\n{Begin(group)}\n{End(group)}"), ct);
    }

    /// <summary>The page with its new part; null when it has none.</summary>
    public static string? Replace(string page, string group, string text)
    {
        var (begin, end) = (page.IndexOf(Begin(group), StringComparison.Ordinal), page.IndexOf(End(group), StringComparison.Ordinal));
        return begin < 0 || end < begin ? null : $"{page[..begin]}{Begin(group)}\n\n{text.Trim()}\n\n{page[end..]}";
    }
}
