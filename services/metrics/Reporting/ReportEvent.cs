namespace Auxo.Metrics.Reporting;

/// <summary>What became of one report. Stored in stream <c>report/{kind}/{day}</c>.</summary>
public abstract record ReportEvent
{
    private ReportEvent()
    {
    }

    /// <summary>It was made, and told.</summary>
    /// <param name="Report">What it says, forever.</param>
    public sealed record Published(ReportDocument Report) : ReportEvent;

    /// <summary>There was nothing to say.</summary>
    /// <param name="Kind">Which.</param>
    /// <param name="Day">Of which day.</param>
    /// <param name="At">When.</param>
    public sealed record Skipped(ReportKind Kind, DateOnly Day, DateTimeOffset At) : ReportEvent;
}

/// <summary>A report as it is kept: the fold of its stream.</summary>
public sealed record KeptReport
{
    /// <summary>The key of its stream.</summary>
    public string Id { get; init; } = "";

    /// <summary>Which.</summary>
    public ReportKind Kind { get; init; }

    /// <summary>Of which day.</summary>
    public DateOnly Day { get; init; }

    /// <summary>What it says; null when there was nothing to say.</summary>
    public ReportDocument? Report { get; init; }

    /// <summary>The key of a report's stream.</summary>
    public static string StreamKey(ReportKind kind, DateOnly day)
        => $"report/{Word(kind)}/{day.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture)}";

    /// <summary>How a kind is called in addresses and messages.</summary>
    public static string Word(ReportKind kind) => kind switch
    {
        ReportKind.Daily => "daily",
        ReportKind.Weekly => "weekly",
        ReportKind.Security => "security",
        ReportKind.Audit => "audit",
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    /// <summary>The state after one more event.</summary>
    public KeptReport Apply(ReportEvent e) => e switch
    {
        ReportEvent.Published x => this with { Kind = x.Report.Kind, Day = x.Report.Day, Report = x.Report },
        ReportEvent.Skipped x => this with { Kind = x.Kind, Day = x.Day },
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}
