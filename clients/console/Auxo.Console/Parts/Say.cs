using System.Globalization;

namespace Auxo.Console.Parts;

/// <summary>How times, sizes, states and names are said to people; the same words as the command line's.</summary>
internal static class Say
{
    /// <summary>
    /// Such as <c>0.4 s</c>, <c>14 s</c>, <c>3 min 5 s</c>, <c>2 h 10 min</c>, <c>5 days</c>; a second unit of zero is left out.
    /// </summary>
    public static string Lasted(double seconds) => seconds switch
    {
        <= 0 => "0 s",
        < 0.095 => Invariant($"{seconds * 1000:0} ms"),
        < 10 => Invariant($"{seconds:0.0} s"),
        < 59.5 => Invariant($"{seconds:0} s"),
        < 3599.5 => Units((long)Math.Round(seconds), 60, "min", "s"),
        < 86_370 => Units((long)Math.Round(seconds / 60), 60, "h", "min"),
        < 169_200 => Units((long)Math.Round(seconds / 3600), 24, "day", "h"),
        _ => Units((long)Math.Round(seconds / 3600), 24, "days", "h"),
    };

    /// <summary>The day on which something ends, or <c>never</c>.</summary>
    public static string Until(DateTimeOffset? end)
        => end?.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) ?? "never";

    /// <summary>Such as <c>43 %</c>; null of none.</summary>
    public static string? Percent(double? ratio) => ratio is { } part ? Invariant($"{100 * part:0.#} %") : null;

    /// <summary>Such as <c>1 finding</c>, <c>3 findings</c>.</summary>
    public static string Count(long n, string thing) => n == 1 ? $"1 {thing}" : Invariant($"{n} {thing}s");

    /// <summary>An id's first digits.</summary>
    public static string Short(string? id) => id is null ? "–" : id.Length > 7 ? id[..7] : id;

    /// <summary>An author's key, short.</summary>
    public static string Key(string did) => Short(did.Split(':')[^1]);

    /// <summary>How an author calls himself, as far as patches say so; null when none does. It proves nothing: show the key, too.</summary>
    public static string? Alias(string did, IEnumerable<PatchInfo> patches)
        => patches.SelectMany(static p => p.Revisions ?? []).Where(r => r.Author == did && r.AuthorAlias is { Length: > 0 })
            .MaxBy(static r => r.SeenAt)?.AuthorAlias;

    /// <summary>How a build stands, in one word of a small list.</summary>
    public static string Standing(Build build) => build.IsFinished ? build.Outcome ?? "errored" : build.State;

    /// <summary>How a step stands.</summary>
    public static string Standing(BuildStep step)
        => step is { Outcome: "failed", Blocks: false } ? "warned" : step.Outcome ?? step.State ?? "waiting";

    /// <summary>The address of a repository's page.</summary>
    public static string RepositoryUrl(string rid) => $"/repositories/{Uri.EscapeDataString(rid)}";

    /// <summary>The address of the page of a repository's schedules.</summary>
    public static string SchedulesUrl(string rid) => $"/schedules/{Uri.EscapeDataString(rid)}";

    /// <summary>The address of the feed of a repository's verdicts.</summary>
    public static string FeedUrl(string rid) => $"/feeds/{Uri.EscapeDataString(rid)}.atom";

    /// <summary>The address of a branch's badge.</summary>
    public static string BadgeUrl(string rid, string branch)
        => $"/badges/{Uri.EscapeDataString(rid)}/{string.Join('/', branch.Split('/').Select(Uri.EscapeDataString))}.svg";

    /// <summary>The address of the timeline of what these digits name.</summary>
    public static string TraceUrl(string id) => $"/trace/{Uri.EscapeDataString(id)}";

    /// <summary>The address of the timeline of a patch.</summary>
    public static string PatchTraceUrl(string rid, string patch) => $"/trace/patch/{Uri.EscapeDataString(rid)}/{patch}";

    /// <summary>The address of a patch's page.</summary>
    public static string PatchUrl(string rid, string patch) => $"/patches/{Uri.EscapeDataString(rid)}/{patch}";

    private static string Units(long small, int perLarge, string largeUnit, string smallUnit)
    {
        var (large, rest) = Math.DivRem(small, perLarge);
        return Invariant(rest == 0 ? $"{large} {largeUnit}" : (FormattableString)$"{large} {largeUnit} {rest} {smallUnit}");
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
