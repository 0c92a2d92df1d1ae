using System.Globalization;

using Auxo.Benchmarks.Measuring;
using Auxo.Benchmarks.Sides;
using Auxo.Pipeline.Checks;
using Auxo.Testing;

namespace Auxo.Benchmarks.Thread;

/// <summary>
/// A thousand builds that wait. First such as wait for a machine that is not there, so that the queue stays as it is while one more
/// build is asked for; then such as can run, of which each begins when the one before it has ended.
/// </summary>
internal static class LongQueue
{
    private const string Step = "stamp";
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);

    /// <summary>Measures.</summary>
    public static async Task<IReadOnlyList<Figure>> RunAsync(BenchmarkContext context, CancellationToken ct)
    {
        var auxo = await context.PlainInstanceAsync();
        var pid = (await auxo.ResourceAsync("pipeline")).Pid ?? throw new InvalidOperationException("The pipeline does not run.");
        var (length, tries) = (context.Options.Count(1000, 100), context.Options.Count(30, 5));
        using var stamping = await RepositoryAsync("", "echo \"stamp $EPOCHREALTIME\"", ct);
        using var elsewhere = await RepositoryAsync("runner: [nowhere]\n", "true", ct);

        var empty = await LookAsync(auxo, stamping, tries, pid, ct);
        context.Tell($"empty: {empty.First.P50:0} ms to the first command");
        var (waiting, queued) = await QueueAsync(auxo, elsewhere, length, ct);
        var full = await LookAsync(auxo, stamping, tries, pid, ct);
        context.Tell($"with {length}: {full.First.P50:0} ms");
        foreach (var build in waiting) await CancelAsync(auxo, build, ct);
        // By turns would be better, but a queue is not filled and emptied thirty times: so one look before and one after.
        var again = await LookAsync(auxo, stamping, tries, pid, ct);
        var drained = await DrainAsync(auxo, stamping, length, context, ct);

        var (part, last) = (Math.Min(100, length / 2), drained.Gaps.Count);
        return
        [
            new($"build asked for → first command, while {length} wait", "ms", full.First,
                new Series([.. empty.First.InOrder, .. again.First.InOrder]), Goal.AtMostOfPeer(1.1))
            {
                Note = "they wait for a machine with a label that none has; the peer is the same with nothing in the queue, "
                    + "before and after",
            },
            new($"place free → first command of the next build, {length - part}–{length} behind it", "ms",
                new Series(drained.Gaps.Take(part)), new Series(drained.Gaps.Skip(last - part)), Goal.AtMostOfPeer(1.1))
            {
                Note = $"the peer is the end of the same queue, with at most {part} behind; {length} builds one after the other on "
                    + $"{Environment.ProcessorCount} places",
            },
            new("builds per second while it gets shorter", "1/s", Series.One(drained.PerSecond)) { IsPart = true },
            new("a build asked for → queued, the last of them", "ms", new Series(queued.TakeLast(part)), new Series(queued.Take(part)))
            {
                Note = $"the last {part}, beside the first {part}",
            },
            new($"GET /queue while {length} wait", "ms", full.Asked, new Series([.. empty.Asked.InOrder, .. again.Asked.InOrder]))
            {
                Note = "at most 200 builds are in an answer; the peer is an answer without any",
            },
            new($"memory (PSS) of the pipeline while {length} wait", "MiB", Series.One(full.MiB), Series.One(empty.MiB))
            {
                Note = "the peer is the same process before",
            },
            new("the same when they are cancelled", "MiB", Series.One(again.MiB), Series.One(empty.MiB)) { IsPart = true },
        ];
    }

    private static Task<PlainRepository> RepositoryAsync(string more, string command, CancellationToken ct)
    {
        var off = string.Join(", ", CheckBatch.All.Select(static check => $"{check.Name}: off"));
        return PlainRepository.CreateAsync(
            new Dictionary<string, string>(StringComparer.Ordinal)
            {
                [".auxo/ci.yaml"] = $"checks: {{ {off} }}\n{more}steps:\n  - name: {Step}\n    run: {command}\n",
            }, ct);
    }

    /// <summary>One build after the other, and what the queue's page asks; the memory when all of that is over.</summary>
    private static async Task<Look> LookAsync(AuxoInstance auxo, PlainRepository repository, int tries, int pid, CancellationToken ct)
    {
        List<double> first = [], asked = [];
        var head = await repository.HeadAsync(ct);
        // The first one makes the folder of its repository warm.
        for (var i = 0; i <= tries; i++)
        {
            var begun = Poll.Now;
            var build = await repository.QueueAsync(auxo, head, ct);
            await PlainRepository.EndAsync(auxo, build, ct);
            if (i > 0) first.Add((await FirstCommandAsync(auxo, build, ct) - begun).TotalMilliseconds);
            var since = TimeProvider.System.GetTimestamp();
            using var queue = await auxo.Pipeline.GetAsync(new Uri("/queue", UriKind.Relative), ct);
            await queue.EnsureSuccessStatusCode().Content.ReadAsByteArrayAsync(ct);
            if (i > 0) asked.Add(TimeProvider.System.GetElapsedTime(since).TotalMilliseconds);
        }

        return new Look(new Series(first), new Series(asked), IdleMemory.PssMiB(pid));
    }

    private static async Task<(List<Guid> Builds, List<double> Took)> QueueAsync(
        AuxoInstance auxo, PlainRepository repository, int count, CancellationToken ct)
    {
        List<Guid> builds = [];
        List<double> took = [];
        var head = await repository.HeadAsync(ct);
        for (var i = 0; i < count; i++)
        {
            var since = TimeProvider.System.GetTimestamp();
            // As patches have, each has a name of its own: of one name all are looked at, whether the new one takes their place.
            builds.Add(await repository.QueueAsync(auxo, head, ct, string.Create(CultureInfo.InvariantCulture, $"change-{i}")));
            took.Add(TimeProvider.System.GetElapsedTime(since).TotalMilliseconds);
        }

        return (builds, took);
    }

    /// <summary>Fills the queue behind builds that hold every place, takes these away, and waits until nothing waits any more.</summary>
    private static async Task<Drained> DrainAsync(
        AuxoInstance auxo, PlainRepository repository, int count, BenchmarkContext context, CancellationToken ct)
    {
        using var holding = await RepositoryAsync("", "sleep 1000", ct);
        var (holders, _) = await QueueAsync(auxo, holding, Environment.ProcessorCount, ct);
        var (builds, _) = await QueueAsync(auxo, repository, count, ct);
        var begun = Poll.Now;
        foreach (var holder in holders) await CancelAsync(auxo, holder, ct);
        await PlainRepository.EndAsync(auxo, builds[^1], ct, Limit);

        List<(DateTimeOffset First, DateTimeOffset Ended)> runs = [];
        foreach (var build in builds)
        {
            var ended = (await PlainRepository.EndAsync(auxo, build, ct)).GetProperty("finishedAt").GetDateTimeOffset();
            runs.Add((await FirstCommandAsync(auxo, build, ct), ended));
        }

        var seconds = (runs.Max(static run => run.Ended) - begun).TotalSeconds;
        context.Tell($"{count} builds in {seconds:0.0} s");
        // The place of the build that ended first is that of the first one that did not begin at once, and so on.
        var (ends, firsts) = (runs.Select(static run => run.Ended).Order(), runs.Select(static run => run.First).Order());
        return new Drained(
            count / seconds,
            [.. firsts.Skip(holders.Count).Zip(ends, static (first, free) => (first - free).TotalMilliseconds)]);
    }

    private static async Task CancelAsync(AuxoInstance auxo, Guid build, CancellationToken ct)
    {
        using var answer = await auxo.Pipeline.PostAsync(new Uri($"/builds/{build}/cancel", UriKind.Relative), content: null, ct);
        answer.EnsureSuccessStatusCode();
    }

    private static async Task<DateTimeOffset> FirstCommandAsync(AuxoInstance auxo, Guid build, CancellationToken ct)
        => AuxoSide.StampIn(await File.ReadAllTextAsync(
            Path.Combine(auxo.Home, "logs", "builds", $"{build}", Step + ".log"), ct))
            ?? throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"The build {build} printed no time."));

    private sealed record Look(Series First, Series Asked, double MiB);

    private sealed record Drained(double PerSecond, IReadOnlyList<double> Gaps);
}
