using Auxo.ServiceDefaults.Metrics;

namespace Auxo.Metrics.Promises;

/// <summary>The families of promises. What is not known has no sample; how many values there are always has one.</summary>
internal sealed class PromiseFamilies(MetricsPage page)
{
    private readonly PreparedFamily _value = page.Gauge(
        "radicle_promise_value", "What is compared with the bound: seconds that 95 of 100 took at most, or a ratio, as the unit says.");
    private readonly PreparedFamily _bound = page.Gauge(
        "radicle_promise_bound", "The bound: at most, in seconds, or at least, as a ratio.");
    private readonly PreparedFamily _samples = page.Gauge("radicle_promise_samples", "How many values of 30 days are behind a promise.");
    private readonly PreparedFamily _kept = page.Gauge("radicle_promise_kept", "1 while a promise is kept over 30 days, else 0.");
    private readonly PreparedFamily _used = page.Gauge(
        "radicle_promise_budget_used_ratio", "Used share of the room for misses; more than 1 when the promise is broken.");

    public void Add(PromiseReport report)
    {
        var promise = ("promise", report.Promise);
        var unit = ("unit", report.Unit == PromiseUnit.Seconds ? "seconds" : "ratio");
        _value.Set(report.Value, promise, unit);
        _bound.Set(report.Bound, promise, unit);
        _samples.Set(report.N, promise);
        if (report.BudgetUsed is not { } used) return;
        _kept.Set(report.State == PromiseState.Kept ? 1 : 0, promise);
        _used.Set(used, promise);
    }
}
