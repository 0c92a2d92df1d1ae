namespace Auxo.Metrics.Alerts;

/// <summary>Where an alert stands.</summary>
public enum AlertPhase
{
    /// <summary>Its rule does not hold.</summary>
    Quiet,

    /// <summary>It holds, and not for long enough yet.</summary>
    Pending,

    /// <summary>It has held for long enough.</summary>
    Raised,
}

/// <summary>One rule and one thing that it looks at, folded from its events.</summary>
public sealed record Alert
{
    /// <summary>Changes are counted for so long, and so long it must be calm.</summary>
    public static readonly TimeSpan Calm = TimeSpan.FromMinutes(30);

    /// <summary>The key of its stream.</summary>
    public string Id { get; init; } = "";

    /// <summary>The rule.</summary>
    public string Rule { get; init; } = "";

    /// <summary>Of what.</summary>
    public string Subject { get; init; } = "";

    /// <summary>The same for people.</summary>
    public string Name { get; init; } = "";

    /// <summary>The repository; null when it is about none.</summary>
    public Rid? Rid { get; init; }

    /// <summary>Where it stands.</summary>
    public AlertPhase Phase { get; init; }

    /// <summary>Since when it stands there.</summary>
    public DateTimeOffset Since { get; init; }

    /// <summary>What was measured when it last changed.</summary>
    public double Value { get; init; }

    /// <summary>One line for people.</summary>
    public string Summary { get; init; } = "";

    /// <summary>When notify was last told that it is raised; null when it was told that it is over, or nothing.</summary>
    public DateTimeOffset? ToldAt { get; init; }

    /// <summary>Since when nothing more is told of it; null while it is told.</summary>
    public DateTimeOffset? HeldSince { get; init; }

    /// <summary>When it was lately raised and cleared.</summary>
    public IReadOnlyList<DateTimeOffset> Changes { get; init; } = [];

    /// <summary>The stream of a rule and what it looks at.</summary>
    public static string StreamKey(string rule, string subject) => $"alert/{rule}/{subject}";

    /// <summary>One more event.</summary>
    public Alert Apply(AlertEvent e) => e switch
    {
        AlertEvent.Began x => this with
        {
            Rule = x.Rule, Subject = x.Subject, Name = x.Name, Rid = x.Rid, Phase = AlertPhase.Pending, Since = x.At, Value = x.Value,
            Summary = x.Summary,
        },
        AlertEvent.Calmed x => this with { Phase = AlertPhase.Quiet, Since = x.At },
        AlertEvent.Raised x => this with
        {
            Phase = AlertPhase.Raised, Since = x.At, Value = x.Value, Summary = x.Summary, ToldAt = x.Told ? x.At : ToldAt,
            Changes = Lately(x.At),
        },
        AlertEvent.Cleared x => this with
        {
            Phase = AlertPhase.Quiet, Since = x.At, ToldAt = x.Told ? null : ToldAt, Changes = Lately(x.At),
        },
        AlertEvent.HeldBack x => this with { HeldSince = x.At },
        AlertEvent.Released x => this with
        {
            HeldSince = null, ToldAt = !x.Told ? ToldAt : Phase == AlertPhase.Raised ? x.At : null,
        },
        _ => this,
    };

    /// <summary>The changes of the last half hour, with one more.</summary>
    internal IReadOnlyList<DateTimeOffset> Lately(DateTimeOffset now) => [.. Changes.Where(at => now - at < Calm && at <= now), now];
}
