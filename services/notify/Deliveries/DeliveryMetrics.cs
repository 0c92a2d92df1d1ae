using System.Diagnostics.Metrics;

namespace Auxo.Notify.Deliveries;

/// <summary>Counts attempts by channel.</summary>
public sealed class DeliveryMetrics : IDisposable
{
    private readonly Meter _meter = new("Auxo.Notify");
    private readonly Counter<long> _attempts;
    private readonly Histogram<double> _seconds;

    /// <summary>Makes the instruments.</summary>
    public DeliveryMetrics()
    {
        _attempts = _meter.CreateCounter<long>("auxo_notify_attempts", description: "Attempts to deliver, by what they came to.");
        _seconds = _meter.CreateHistogram<double>("auxo_notify_attempt", "s", "How long an attempt took.");
    }

    /// <summary>An attempt has ended.</summary>
    public void Ended(string channel, NextStep next, TimeSpan took)
    {
        var outcome = next switch { NextStep.Done => "sent", NextStep.Again => "retried", _ => "dead" };
        _attempts.Add(1, new("channel", channel), new("outcome", outcome));
        _seconds.Record(took.TotalSeconds, new KeyValuePair<string, object?>("channel", channel));
    }

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();
}
