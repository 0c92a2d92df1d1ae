using Auxo.Contracts;
using Auxo.Metrics.Facts;

namespace Auxo.Metrics.Tests.Dora;

/// <summary>
/// DORA by the letter of its definitions, for a <see cref="GeneratedHistory"/>: slow, without an index, and without a line of the service.
/// Failures are lived through hour by hour.
/// </summary>
internal sealed record PlainDora(
    string Deployments, string Rework, string LeadTimes, string Failed, string Recoveries, int Open, int Unattributed)
{
    public static PlainDora Of(GeneratedHistory generated)
    {
        var patches = generated.Patches.Select(p
            => p with { Revisions = [.. p.Revisions.Where(r => r.At <= generated.AsOf)], Merged = p.Merged <= generated.AsOf
                ? p.Merged
                : null }).ToList();
        var failures = generated.Failures.Select(f
            => f with { IsDetected = f.IsDetected && f.Hour <= generated.AsOf, Turns = [.. f.Turns.Where(t => t.Hour <= generated.AsOf)] })
                .Where(static f => f.IsDetected).ToList();
        var real = failures.Where(static f => !IsDismissed(f)).ToList();

        var live = new List<GeneratedHistory.Deployment>();
        var repeats = new Dictionary<string, string?>();
        var elsewhere = new HashSet<string>();
        foreach (var d in generated.Deployments.Where(d => d.Hour <= generated.AsOf)
            .OrderBy(static d => d.Hour).ThenBy(static d => d.Id, StringComparer.Ordinal))
        {
            if (d.Environment != "production") elsewhere.Add(d.Id);
            else if ((d.Succeeded || real.Any(f => f.Deployment == d.Id))
                && !(d.Rollout is not null && live.Any(l => l.Rollout == d.Rollout)) && live.LastOrDefault()?.Commit != d.Commit)
                live.Add(d);
            else repeats[d.Id] = live.LastOrDefault()?.Id;
        }

        var inWindow = live.Where(d => In(d.Hour)).ToList();
        var leadTimes = new List<string>();
        foreach (var p in patches.Where(static p => p.Merged is not null && p.Revisions.Count > 0))
        {
            // A deployment that names no patches brings whatever was merged; going back brings nothing.
            if (live.FirstOrDefault(d
                => d.Patches.Contains(p.Id) || (d.Patches.Count == 0
                    && d.Kind != DeploymentKind.Rollback && p.Merged <= d.Hour)) is not { } first || !In(first.Hour)) continue;
            var begun = p.Revisions.Min(static r => Math.Min(r.Authored, r.At));
            if (begun <= first.Hour) leadTimes.Add($"{p.Id} {first.Hour - begun}");
        }

        var caused = real.ToLookup(f
            => f.Deployment is null ? null : live.Any(d => d.Id == f.Deployment) ? f.Deployment : repeats.GetValueOrDefault(f.Deployment));
        var (failed, recoveries, open) = (new List<string>(), new List<string>(), 0);
        foreach (var d in live.Where(d => caused[d.Id].Any()))
        {
            var lives = caused[d.Id].Select(f => Live(f, generated.AsOf)).ToList();
            if (In(d.Hour)) failed.Add(d.Id);
            if (lives.Exists(static l => l.IsOpen))
            {
                if (lives.Min(static l => l.Begun) < generated.To) open++;
            }
            else if (In(lives.Max(static l => l.Ended)))
            {
                recoveries.Add($"{d.Id} {Enumerable.Range(0, generated.AsOf + 1).Count(hour => lives.Exists(l => l.Bad[hour]))}");
            }
        }

        return new PlainDora(
            Say(inWindow.Select(static d => d.Id)), Say(inWindow.Where(static d
                => d.Kind != DeploymentKind.Planned || d.Remediates is not null).Select(static d => d.Id)), Say(leadTimes),
            Say(failed), Say(recoveries), open, caused[null]
                .Count(f => !(f.Deployment is not null && elsewhere.Contains(f.Deployment)) && In(Begin(f))));

        bool In(int hour) => hour >= generated.From && hour < generated.To;
    }

    public static string Say(IEnumerable<string> words) => string.Join(", ", words.Order(StringComparer.Ordinal));

    private static int Begin(GeneratedHistory.Failure f) => Math.Min(f.Hour, f.Started ?? int.MaxValue);

    private static bool IsDismissed(GeneratedHistory.Failure f)
        => f.Turns.Where(t => t.Turn == FailureTransition.Dismissed || (t.Turn == FailureTransition.Reopened && t.Hour >= Begin(f)))
            .OrderBy(static t => t.Hour).ThenBy(static t => t.Turn)
            .Select(static t => t.Turn).LastOrDefault() == FailureTransition.Dismissed;

    /// <summary>Hour by hour: bad or not, and when it last became good.</summary>
    private static (int Begun, bool[] Bad, bool IsOpen, int Ended) Live(GeneratedHistory.Failure f, int asOf)
    {
        var (bad, now, ended) = (new bool[asOf + 1], false, -1);
        for (var hour = 0; hour <= asOf; hour++)
        {
            if (hour == Begin(f)) now = true;
            if (hour >= Begin(f))
            {
                foreach (var (turn, _) in f.Turns.Where(t => t.Hour == hour).OrderBy(static t => t.Turn))
                {
                    if (turn == FailureTransition.Reopened) now = true;
                    if (turn == FailureTransition.Recovered && now) (now, ended) = (false, hour);
                }
            }

            bad[hour] = now;
        }

        return (Begin(f), bad, now, ended);
    }
}
