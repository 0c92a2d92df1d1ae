using Auxo.Benchmarks.Measuring;

namespace Auxo.Benchmarks.Thread;

/// <summary>
/// Bob opens a patch at his node: how soon the first command runs at alice's, and how soon he can read the verdict at his own.
/// </summary>
internal static class OthersPatch
{
    /// <summary>Measures.</summary>
    public static async Task<IReadOnlyList<Figure>> RunAsync(BenchmarkContext context, CancellationToken ct)
    {
        var pair = await context.PairAsync(ct);
        var repository = await pair.AddRepositoryAsync("patches", new Dictionary<string, string>(StringComparer.Ordinal), ct);
        var (auxo, broker) = await pair.AlternateAsync(
            repository, context.Options.Count(20, 4), static (side, r, ct) => side.OpenPatchAsync(r, ct), ct);
        return
        [
            RunFigures.Figure("another node's patch: start of push → first command", auxo, broker, static r
                => r.ToFirstCommand, Goal.AtMost(200)),
            RunFigures.Figure("push → the node's event", auxo, broker, static r => r.ToEvent) with { IsPart = true },
            RunFigures.Figure("another node's patch: event → first command", auxo, broker, static r => r.OwnShare, Goal.AtMost(31)),
            .. RunFigures.Stages(auxo),
            RunFigures.Figure("verdict decided → readable on the other node", auxo, [], static r
                => r.Readable!.Value - r.Ended) with { IsPart = true },
            RunFigures.Figure("start of push → verdict readable on the other node", auxo, broker, static r
                => r.Readable!.Value - r.Begun, Goal.AtMost(300)) with
            {
                Note = "Auxo: the comment on the patch and the job COB; the peer: its job COB, it writes no comment",
            },
        ];
    }
}
