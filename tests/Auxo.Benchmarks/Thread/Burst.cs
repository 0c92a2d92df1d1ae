using Auxo.Benchmarks.Measuring;
using Auxo.Benchmarks.Sides;

namespace Auxo.Benchmarks.Thread;

/// <summary>Twenty patches that were written without telling anybody, and one announcement: when all of them have their verdict.</summary>
internal static class Burst
{
    private const int Patches = 20;

    /// <summary>Measures.</summary>
    public static async Task<IReadOnlyList<Figure>> RunAsync(BenchmarkContext context, CancellationToken ct)
    {
        var pair = await context.PairAsync(ct);
        var repository = await pair.AddRepositoryAsync("burst", new Dictionary<string, string>(StringComparer.Ordinal), ct);
        List<Round> auxo = [], broker = [];
        for (var i = 0; i < context.Options.Count(2, 1); i++)
        {
            auxo.Add(await RoundAsync(pair.Auxo, repository.Auxo, ct));
            context.Tell($"Auxo: all reported after {auxo[^1].Reported.TotalSeconds:0.00} s");
            if (pair.Broker is null) continue;
            broker.Add(await RoundAsync(pair.Broker, repository.Broker!, ct));
            context.Tell($"the peer: {broker[^1].Reported.TotalSeconds:0.00} s");
        }

        return
        [
            Seconds($"{Patches} patches at once: announcement → all reported", static r
                => r.Reported, Goal.AtMost(3)) with { Note = "the last verdict stands in the storage of the CI's node" },
            Seconds("→ first of the first commands", static r => r.First) with { IsPart = true },
            Seconds("→ last of the first commands", static r => r.Last) with { IsPart = true },
            Seconds("→ all verdicts readable on the other node", static r => r.Readable) with { IsPart = true },
        ];

        Figure Seconds(string what, Func<Round, TimeSpan> took, Goal? goal = null)
            => new(what, "s", new Series(auxo.Select(r => took(r).TotalSeconds)), broker.Count > 0
                ? new Series(broker.Select(r => took(r).TotalSeconds))
                : null, goal);
    }

    private static async Task<Round> RoundAsync(Side side, SideRepository repository, CancellationToken ct)
    {
        var subjects = new List<Subject>();
        for (var i = 0; i < Patches; i++) subjects.Add(await side.WritePatchAsync(repository, ct));

        var begun = Poll.Now;
        var announcing = side.Bob.TryRadAsync(ct, "sync", repository.Rid, "--announce", "--timeout", "10s");
        var reported = await LastAsync(repository.AtAlice);
        var readable = await LastAsync(repository.AtBob);
        await announcing;
        var commands = new List<DateTimeOffset>();
        foreach (var subject in subjects) commands.Add(await side.FirstCommandAsync(repository, subject, ct));
        return new Round(commands.Min() - begun, commands.Max() - begun, reported - begun, readable - begun);

        async Task<DateTimeOffset> LastAsync(VerdictReader at)
        {
            // One after the other: the one that comes last says when all were there, whatever the order.
            var last = begun;
            foreach (var subject in subjects) last = await side.ReadableAsync(repository, at, subject, ct);
            return last;
        }
    }

    private sealed record Round(TimeSpan First, TimeSpan Last, TimeSpan Reported, TimeSpan Readable);
}
