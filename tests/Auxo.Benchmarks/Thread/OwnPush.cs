using Auxo.Benchmarks.Measuring;
using Auxo.Benchmarks.Sides;

namespace Auxo.Benchmarks.Thread;

/// <summary>
/// Alice pushes to main at her own node, a hundred times: how soon the first command runs, where the time goes, and whether it
/// stays so.
/// </summary>
internal static class OwnPush
{
    private const int Ends = 10;

    /// <summary>Measures.</summary>
    public static async Task<IReadOnlyList<Figure>> RunAsync(BenchmarkContext context, CancellationToken ct)
    {
        var pair = await context.PairAsync(ct);
        var repository = await pair.AddRepositoryAsync("pushes", new Dictionary<string, string>(StringComparer.Ordinal), ct);
        var (auxo, broker) = await pair.AlternateAsync(
            repository, context.Options.Count(100, 12), static (side, r, ct) => side.PushMainAsync(r, ct), ct);

        // The first of a series are what a fresh repository feels; what becomes of them is the last line.
        var (auxoFirst, brokerFirst) = (auxo.Take(20).ToList(), broker.Take(20).ToList());
        return
        [
            RunFigures.Figure("own push: start → first command", auxoFirst, brokerFirst, static r
                => r.ToFirstCommand, Goal.AtMost(150, 250)),
            RunFigures.Figure("push → the node's event", auxoFirst, brokerFirst, static r => r.ToEvent) with { IsPart = true },
            RunFigures.Figure("own push: event → first command", auxoFirst, brokerFirst, static r => r.OwnShare, Goal.AtMost(31)),
            .. RunFigures.Stages(auxoFirst),
            Growth(auxo, broker),
        ];
    }

    private static Figure Growth(IReadOnlyList<Run> auxo, IReadOnlyList<Run> broker)
        => new($"run {auxo.Count} against run 1, start → first command", "×", Series.One(Grown(auxo)), broker.Count > 0
            ? Series.One(Grown(broker))
            : null, Goal.AtMost(1.05))
        {
            Note = $"median of the last {Math.Min(Ends, auxo.Count / 3)} runs by that of the first; Auxo "
                + $"{First(auxo):0} → {Last(auxo):0} ms{(broker.Count > 0 ? $", peer {First(broker):0} → {Last(broker):0} ms" : "")}",
        };

    private static double Grown(IReadOnlyList<Run> runs) => Last(runs) / First(runs);

    private static double First(IReadOnlyList<Run> runs)
        => Series.Of(runs.Take(Math.Min(Ends, runs.Count / 3)).Select(static r => r.ToFirstCommand)).P50;

    private static double Last(IReadOnlyList<Run> runs)
        => Series.Of(runs.TakeLast(Math.Min(Ends, runs.Count / 3)).Select(static r => r.ToFirstCommand)).P50;
}
