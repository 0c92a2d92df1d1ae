using System.Text.RegularExpressions;

namespace Auxo.Ingest.Commits;

/// <summary>What a commit's message says of taking back.</summary>
/// <param name="Ids">The commits that it names, 7 to 40 digits each.</param>
/// <param name="Taken">The title of what it takes back, as its own title says; null when that says nothing.</param>
public sealed partial record RevertMessage(IReadOnlyList<string> Ids, string? Taken)
{
    private const int MostIds = 50;

    /// <summary>
    /// Null for a commit that takes nothing back. git's own words count, at the beginning of a line: what is quoted or indented
    /// is somebody else's message, such as that of a squashed commit.
    /// </summary>
    public static RevertMessage? Of(string title, string message)
    {
        var ids = Words().Matches(message).SelectMany(static m => Id().Matches(m.Groups["ids"].Value)).Select(static m => m.Value)
            .Distinct(StringComparer.OrdinalIgnoreCase).Take(MostIds).ToList();
        var taken = TakenBy(title);
        return ids.Count == 0 && taken is null ? null : new RevertMessage(ids, taken);
    }

    /// <summary>git calls the revert of a revert <c>Reapply "…"</c> since 2.43.</summary>
    private static string? TakenBy(string title)
        => title.Length > 9 && title.EndsWith('"')
            ? title.StartsWith("Revert \"", StringComparison.Ordinal) ? title[8..^1]
                : title.StartsWith("Reapply \"", StringComparison.Ordinal) ? $"Revert \"{title[9..]}" : null
            : null;

    [GeneratedRegex(
        @"^This (?:partially |partly )?reverts (?:parts? of )?(?:the )?commits?\s+"
            + @"(?<ids>[0-9a-f]{7,40}\b(?:(?:\s*,\s*(?:and\s+)?|\s+and\s+|\s+)[0-9a-f]{7,40}\b)*)",
        RegexOptions.Multiline | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Words();

    [GeneratedRegex("[0-9a-f]{7,40}", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Id();
}
