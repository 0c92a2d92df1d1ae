using Auxo.Contracts;
using Auxo.Metrics.Builds;
using Auxo.Metrics.Changes;
using Auxo.Metrics.Deployments;
using Auxo.Metrics.Dora;
using Auxo.Metrics.Facts;
using Auxo.Metrics.Failures;
using Auxo.Metrics.Histories;
using Auxo.Metrics.Packing;

using JasperFx.Events;

namespace Auxo.Metrics.Tests.Dora;

/// <summary>What comes out of messages, without a database: they are recorded, packed, unpacked and counted.</summary>
internal sealed record Measured(History History, DoraReport Report)
{
    private static readonly DateTimeOffset From = new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>In hours, by the change's short name; no name is in it twice.</summary>
    public IReadOnlyDictionary<Oid, double> LeadHours
        => History.Production.Changes.ToDictionary(static c => c.Id, static c => c.LeadTime.TotalHours);

    /// <summary>The deployed changes without a lead time, and why.</summary>
    public IReadOnlyDictionary<string, Gap> Untimed => History.Production.Untimed.ToDictionary(static c => c.Id, static c => c.Reason);

    /// <summary>The commits whose deployments failed, in order of time.</summary>
    public IReadOnlyList<Oid> Failed => [.. History.Failed.Select(static f => f.Deployment.Commit)];

    /// <summary>Seven days from March 1st, 2026.</summary>
    public static Measured Of(params IEnumerable<object> messages) => Of(7, messages);

    public static Measured Of(int days, params IEnumerable<object> messages)
    {
        var (projection, pack, seq) = (new FactDays(), (DayPack?)null, 0L);
        Rid? rid = null;
        foreach (var message in messages)
        {
            foreach (var e in Events(message))
            {
                rid ??= ((IRecordedFact)e).Rid;
                pack = projection.Evolve(pack, "", new Event<object>(e) { Sequence = ++seq });
            }
        }

        var day = new FactDay();
        new FactReader(pack!.Facts.Span).ReadInto(day);
        var to = From.AddDays(days);
        var history = History.Of(RepositoryFacts.Of(rid!.Value, [day], new AsOf(to, long.MaxValue)));
        return new Measured(history, Measure.Dora(new DoraSeries(history), new Window(From, to), new Calendar(TimeZoneInfo.Utc)));
    }

    private static Wolverine.Marten.Events Events(object message) => message switch
    {
        PatchOpened m => RecordChangeHandler.Handle(m, null),
        PatchRevised m => RecordChangeHandler.Handle(m, null),
        PatchMerged m => RecordChangeHandler.Handle(m, null),
        HistoryFound m => [.. RecordHistoryHandler.Decide(m, new Dictionary<string, Change?>()).Values.SelectMany(static e => e)],
        DefaultBranchAdvanced m => RecordChangeHandler.Handle(m, null),
        BuildFinished m => RecordBuildHandler.Handle(m, null),
        DeploymentReported m => [RecordDeploymentHandler.Event(m)],
        FailureDetected m => RecordFailureHandler.Handle(m, null).Item1,
        FailureRecovered m => RecordFailureHandler.Handle(m, null).Item1,
        FailureReopened m => RecordFailureHandler.Handle(m, null),
        FailureDismissed m => RecordFailureHandler.Handle(m, null),
        _ => throw new ArgumentOutOfRangeException(nameof(message)),
    };
}
