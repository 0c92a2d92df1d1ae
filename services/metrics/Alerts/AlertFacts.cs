using Auxo.Metrics.Ci;
using Auxo.Metrics.Dora;
using Auxo.Metrics.Health;
using Auxo.Metrics.Histories;
using Auxo.Metrics.Mesh;
using Auxo.Metrics.Mirrors;
using Auxo.Metrics.Promises;
using Auxo.Metrics.Security;
using Auxo.Metrics.Troubles;

namespace Auxo.Metrics.Alerts;

/// <summary>What was measured, as rules look at it. Pure: each is given what is stored.</summary>
public static class AlertFacts
{
    /// <summary>With fewer builds than these there is no rate to speak of.</summary>
    private const int FewBuilds = 10;

    private static readonly string[] Scanners = ["dependencies", "sast"];

    /// <summary>Of findings.</summary>
    public static IEnumerable<AlertFact> Of(SecurityFacts facts, DateTimeOffset now)
    {
        var (subject, name) = (facts.Rid.Value, facts.Name);
        yield return new AlertFact(
            Measures.CriticalVulnerabilities, subject, name, facts.Rid, facts.Open(Severity.Critical, Scanners));
        yield return new AlertFact(
            Measures.Overdue, subject, name, facts.Rid, facts.OverdueOfSecurity());
        foreach (var look in facts.Checks.Where(static look => look is { IsOff: false, IsScanned: true }))
            yield return new AlertFact(
                Measures.ScanAge, $"{subject}/{look.Check}", name, facts.Rid, (now - look.At).TotalSeconds, look.Check);
    }

    /// <summary>Of deliveries and builds, in the last 30 days.</summary>
    public static IEnumerable<AlertFact> Of(DoraSeries series, DateTimeOffset now)
    {
        var (subject, name, window) = (series.Rid.Value, series.Name ?? series.Rid.Value, new Window(now - TimeSpan.FromDays(30), now));
        var calendar = Calendar.FindOrUtc(series.Policy.Zone);
        if (Measure.Dora(series, window, calendar).Score is { } score)
            yield return new AlertFact(Measures.DoraScore, subject, name, series.Rid, score);
        if (MeasureCi.Passed(MeasureCi.Of(series, window)) is { N: >= FewBuilds, Ratio: { } ratio })
            yield return new AlertFact(Measures.CiSuccess, subject, name, series.Rid, ratio);
    }

    /// <summary>Of the health of a repository; none while nothing is known.</summary>
    public static IEnumerable<AlertFact> Of(HealthReport health)
    {
        if (health.Score is { } score)
            yield return new AlertFact(Measures.Health, health.Rid.Value, health.Name ?? health.Rid.Value, health.Rid, score);
    }

    /// <summary>Of a promise; none while there are too few values for a warning.</summary>
    public static IEnumerable<AlertFact> Of(PromiseReport promise)
    {
        if (promise is { N: >= ScorePromise.EnoughToWarn, BudgetUsed: { } used })
            yield return new AlertFact(Measures.PromiseBudget, promise.Promise, promise.Title, Rid: null, used);
    }

    /// <summary>Of nodes and the mesh between them.</summary>
    public static IEnumerable<AlertFact> Of(IReadOnlyList<MeshNode> nodes, MeshMatrix matrix, DateTimeOffset now)
    {
        foreach (var (node, member) in nodes.Zip(matrix.Nodes))
        {
            yield return new AlertFact(Measures.NodeDown, member.Name, member.Name, Rid: null, member.IsUp ? 0 : 1);
            if (member.KeyExpiry is { } expiry)
                yield return new AlertFact(Measures.MeshKey, member.Name, member.Name, Rid: null, (expiry - now).TotalSeconds);
            // What a silent node said of its machine is no longer so.
            if (member.SilentSeconds is not null) continue;
            foreach (var item in node.Report.Health.DistinctBy(static item => item.Name, StringComparer.Ordinal))
            {
                if (item.Value / 100 is not { } share) continue;
                if (item.Name == "memory") yield return new AlertFact(Measures.Memory, member.Name, member.Name, Rid: null, share);
                if (item.Name == "cpu") yield return new AlertFact(Measures.Cpu, member.Name, member.Name, Rid: null, share);
                if (item.Name is "disk auxo" or "disk radicle")
                    yield return new AlertFact(
                        Measures.Disk, $"{member.Name}/{item.Name[5..]}", member.Name, Rid: null, share, item.Name[5..]);
            }
        }

        foreach (var rid in matrix.Nodes.SelectMany(static member => member.Violations).Distinct(StringComparer.Ordinal))
        {
            // The name of a private repository stands nowhere.
            if (Rid.TryParse(rid, provider: null, out var known))
                yield return new AlertFact(Measures.Exposed, known.Value, known.Value, known, 1);
        }
    }

    /// <summary>Of what went past the rules.</summary>
    public static IEnumerable<AlertFact> Of(RepositoryTroubles troubles, DateTimeOffset now)
    {
        var (subject, name) = (troubles.Rid.Value, troubles.Name);
        yield return new AlertFact(
            Measures.UncheckedMerges, subject, name, troubles.Rid,
            troubles.Merges.Count(merge => now - merge.At < TimeSpan.FromDays(7)));
        yield return new AlertFact(
            Measures.MissedSlots, subject, name, troubles.Rid,
            troubles.Missed.Where(missed => now - missed.At < TimeSpan.FromDays(1)).Sum(static missed => missed.Count));
    }

    /// <summary>
    /// Of the last backup of the instance. None when nobody noted one (there are other ways to make a backup), or when it was noted by a
    /// clock that was ahead.
    /// </summary>
    public static IEnumerable<AlertFact> OfBackup(DateTimeOffset? madeAt, DateTimeOffset now)
    {
        if (madeAt is { } at && at <= now)
            yield return new AlertFact(Measures.BackupAge, "instance", "this instance", Rid: null, (now - at).TotalSeconds);
    }

    /// <summary>Of mirrors; none when the registry has not said for days how they are.</summary>
    public static IEnumerable<AlertFact> Of(MirrorFacts facts, DateTimeOffset now)
    {
        if (!facts.IsBelieved(now)) yield break;
        foreach (var mirror in facts.Mirrors)
        {
            var (silent, overdue, name) = (mirror.SilentSeconds(now), mirror.OverdueSeconds(now), mirror.Standing.Repository);
            yield return new AlertFact(
                Measures.MirrorAge, name, name, Rid: null, Math.Max(silent, overdue), silent >= overdue ? "" : " about all that is used");
        }
    }
}
