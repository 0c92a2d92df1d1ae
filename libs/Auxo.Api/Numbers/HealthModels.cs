using System.Text.Json.Serialization;

namespace Auxo.Api;

/// <summary>How well a repository is.</summary>
public sealed record HealthReport
{
    public required string Rid { get; init; }
    public string? Name { get; init; }

    /// <summary>0 to 100; null when nothing is known.</summary>
    public int? Score { get; init; }

    [JsonConverter(typeof(Word))]
    public string? Band { get; init; }

    /// <summary>Why the score is no higher than 49.</summary>
    public string? Cap { get; init; }

    public required double KnownPoints { get; init; }
    public required IReadOnlyList<CategoryScore> Categories { get; init; }
    public required IReadOnlyList<CheckScore> Checks { get; init; }
    public required IReadOnlyList<CheckScore> TopFixes { get; init; }
    public required IReadOnlyList<DayScore> Trend { get; init; }

    /// <summary>The score of a week ago.</summary>
    public int? Before { get; init; }

    public required DateTimeOffset AsOf { get; init; }
    public required int Ruling { get; init; }
}

/// <summary>The points of a category; null when nothing of it is known.</summary>
public sealed record CategoryScore([property: JsonConverter(typeof(Word))] string Category, double? Points, double Max);

/// <summary>The points of a check; null when it is not known, or does not apply.</summary>
public sealed record CheckScore(
    string Check, [property: JsonConverter(typeof(Word))] string Category, double Max, double? Points, string Says, string? Fix,
    bool Unknown)
{
    /// <summary>How many points it does not earn.</summary>
    [JsonIgnore]
    public double Lost => Points is { } points ? Max - points : 0;
}

/// <summary>The score at the end of a day.</summary>
public sealed record DayScore(DateOnly Day, int Score);

/// <summary>A report that is kept.</summary>
public sealed record ReportLine(string Kind, DateOnly Day, string Title, bool NeedsAttention, DateTimeOffset At);

/// <summary>A report as it was made.</summary>
public sealed record ReportDocument(
    [property: JsonConverter(typeof(Word))] string Kind, string Title, DateOnly Day, DateTimeOffset At, bool NeedsAttention,
    IReadOnlyList<ReportSection> Sections);

/// <summary>A part of a report: a sentence, or a table.</summary>
public sealed record ReportSection(string Title, string? Text, IReadOnlyList<string> Columns, IReadOnlyList<IReadOnlyList<string>> Rows);
