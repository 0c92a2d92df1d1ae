namespace Auxo.Metrics.Reporting;

/// <summary>What reports there are.</summary>
public enum ReportKind
{
    /// <summary>Every morning but Sunday's: only what is not well; nothing when all is.</summary>
    Daily,

    /// <summary>Sunday morning: everything.</summary>
    Weekly,

    /// <summary>Monday morning: findings, what came and went, scans that were not made.</summary>
    Security,

    /// <summary>On the first of the month: every lost point with what wins it back, what is accepted, what is not looked at.</summary>
    Audit,
}

/// <summary>A report: what was so at one moment, made once and kept.</summary>
/// <param name="Kind">Which.</param>
/// <param name="Title">One line for people.</param>
/// <param name="Day">The day of its morning, in the zone of reports.</param>
/// <param name="At">When it was made.</param>
/// <param name="NeedsAttention">Something in it waits for somebody.</param>
/// <param name="Sections">In the order in which they are read.</param>
public sealed record ReportDocument(
    ReportKind Kind, string Title, DateOnly Day, DateTimeOffset At, bool NeedsAttention, IReadOnlyList<ReportSection> Sections);

/// <summary>A part of a report.</summary>
/// <param name="Title">Its title.</param>
/// <param name="Text">A sentence; null where the table says it.</param>
/// <param name="Columns">The titles of the table's columns; none when there is no table.</param>
/// <param name="Rows">Its rows, each with as many cells; plain words of anybody.</param>
public sealed record ReportSection(
    string Title, string? Text, IReadOnlyList<string> Columns, IReadOnlyList<IReadOnlyList<string>> Rows)
{
    /// <summary>A table; with a sentence in its place when it has no rows.</summary>
    public static ReportSection Table(
        string title, string whenEmpty, IReadOnlyList<string> columns, IEnumerable<IReadOnlyList<string>> rows)
        => rows.ToList() is { Count: > 0 } some ? new(title, null, columns, some) : new(title, whenEmpty, [], []);
}
