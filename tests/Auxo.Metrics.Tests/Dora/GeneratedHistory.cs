using Auxo.Contracts;
using Auxo.Metrics.Facts;
using Auxo.Metrics.Repositories;

namespace Auxo.Metrics.Tests.Dora;

/// <summary>
/// A random repository with a small, crowded past: many things at one hour, wrong clocks, ends before beginnings. Times are
/// whole hours.
/// </summary>
internal sealed record GeneratedHistory(
    IReadOnlyList<GeneratedHistory.Patch> Patches, IReadOnlyList<GeneratedHistory.Deployment> Deployments,
    IReadOnlyList<GeneratedHistory.Failure> Failures, int From, int To, int AsOf)
{
    private const int Hours = 300;

    public static readonly DateTimeOffset Start = new(2025, 10, 20, 0, 0, 0, TimeSpan.Zero);

    public static DateTimeOffset At(int hour) => Start + TimeSpan.FromHours(hour);

    public static GeneratedHistory Random(int seed)
    {
        var random = new Random(seed);
        var from = random.Next(0, Hours - 10);
        return new GeneratedHistory(
            [.. Enumerable.Range(0, random.Next(0, 7)).Select(i => new Patch(
                $"p{i}", [.. Enumerable.Range(0, random.Next(0, 3)).Select(_ => (Hour(), Hour()))], random.Next(5) > 0 ? Hour() : null))],
            [.. Enumerable.Range(0, random.Next(0, 9)).Select(i => new Deployment(
                $"d{i}", Hour(), random.Next(6) == 0 ? "staging" : "production", $"c{random.Next(4)}",
                [.. Enumerable.Range(0, 7).Where(_ => random.Next(3) == 0).Select(static p => $"p{p}")],
                random.Next(5) > 0, (DeploymentKind)random.Next(3), random.Next(4) == 0
                    ? $"r{random.Next(2)}"
                    : null, random.Next(6) == 0 ? "f0" : null))],
            [.. Enumerable.Range(0, random.Next(0, 5)).Select(i => new Failure(
                $"f{i}", random.Next(4) == 0 ? null : $"d{random.Next(9)}", Hour(), random.Next(3) == 0 ? Hour() : null, random.Next(6) > 0,
                [.. Enumerable.Range(0, random.Next(0, 4)).Select(_ => ((FailureTransition)random.Next(1, 4), Hour()))]))],
            from, random.Next(from + 1, Hours + 20), random.Next(Hours / 2, Hours + 20));

        int Hour() => random.Next(Hours);
    }

    /// <summary>As the messages of other services, in no order and some of them twice.</summary>
    public IReadOnlyList<object> Messages(Rid rid, int seed)
    {
        var messages = new List<object>();
        foreach (var p in Patches)
        {
            foreach (var (r, (authored, at)) in p.Revisions.Index())
            {
                var revision = new PatchRevision(
                    Ids.Patch(p.Id), Ids.Revision(p.Id + r), Ids.Somebody, null, Trust.Trusted, p.Id,
                    Ids.Commit("base"), Ids.Commit(p.Id), null, false);
                messages.Add(r == 0
                    ? new PatchOpened(rid, "generated", revision, RepositoryLocator.OfFolder("/nowhere"), At(authored), At(at), At(at))
                    : new PatchRevised(rid, "generated", revision, RepositoryLocator.OfFolder("/nowhere"), At(authored), At(at), At(at)));
            }

            if (p.Merged is { } merged) messages.Add(
                new PatchMerged(rid, Ids.Patch(p.Id), null, Ids.Commit("merge of " + p.Id), null, At(merged), At(merged)));
        }

        foreach (var d in Deployments)
            messages.Add(new DeploymentReported(rid, d.Id, d.Environment, Ids.Commit(d.Commit),
                [.. d.Patches.Select(Ids.Patch)], d.Succeeded, d.Kind, d.Rollout, d.Remediates, At(d.Hour)));
        foreach (var f in Failures)
        {
            if (f.IsDetected) messages.Add(
                new FailureDetected(rid, f.Id, f.Deployment, null, f.Started is { } s ? At(s) : null, At(f.Hour)));
            foreach (var (turn, hour) in f.Turns)
            {
                messages.Add(turn switch
                {
                    FailureTransition.Recovered => new FailureRecovered(rid, f.Id, null, At(hour)),
                    FailureTransition.Reopened => new FailureReopened(rid, f.Id, At(hour)),
                    _ => new FailureDismissed(rid, f.Id, null, At(hour)),
                });
            }
        }

        var random = new Random(seed);
        object[] delivered = [.. messages, .. messages.Where(_ => random.Next(3) == 0)];
        random.Shuffle(delivered);
        return delivered;
    }

    /// <summary>As facts, in no order.</summary>
    public FactDay Facts(int seed)
    {
        var (day, seq) = (new FactDay(), 0L);
        foreach (var p in Patches)
        {
            foreach (var (authored, at) in p.Revisions) day.Revisions.Add(
                new(++seq, At(at), Ids.Patch(p.Id), Ids.Somebody, p.Id, At(authored)));
            if (p.Merged is { } merged) day.Merges.Add(new(++seq, At(merged), Ids.Patch(p.Id), Ids.Commit("merge of " + p.Id), At(merged)));
        }

        foreach (var d in Deployments)
            day.Deployments.Add(new(++seq, At(d.Hour), d.Id, d.Environment, Ids.Commit(d.Commit),
                [.. d.Patches.Select(static p => (Oid)Ids.Patch(p))], d.Succeeded, d.Kind, d.Rollout, d.Remediates));
        foreach (var f in Failures)
        {
            if (f.IsDetected) day.Failures.Add(
                new(++seq, At(f.Hour), f.Id, FailureTransition.Detected, f.Deployment, null, f.Started is { } s ? At(s) : null));
            foreach (var (turn, hour) in f.Turns) day.Failures.Add(new(++seq, At(hour), f.Id, turn, null, null, null));
        }

        day.Repository.Add(new(++seq, Start, null, null, new CountingPolicy(Deployments: DeploymentRule.Reported), Untracked: false));
        var random = new Random(seed);
        Shuffle(day.Revisions);
        Shuffle(day.Merges);
        Shuffle(day.Deployments);
        Shuffle(day.Failures);
        return day;

        void Shuffle<T>(List<T> facts)
        {
            var shuffled = facts.ToArray();
            random.Shuffle(shuffled);
            facts.Clear();
            facts.AddRange(shuffled);
        }
    }

    /// <summary>A patch: its revisions (author's hour, pushed hour), and when it was merged.</summary>
    internal sealed record Patch(string Id, IReadOnlyList<(int Authored, int At)> Revisions, int? Merged);

    internal sealed record Deployment(
        string Id, int Hour, string Environment, string Commit, IReadOnlyList<string> Patches, bool Succeeded,
        DeploymentKind Kind, string? Rollout, string? Remediates);

    internal sealed record Failure(
        string Id, string? Deployment, int Hour, int? Started, bool IsDetected, IReadOnlyList<(FailureTransition Turn, int Hour)> Turns);
}
