using Auxo.Benchmarks.Measuring;
using Auxo.Benchmarks.Sides;

namespace Auxo.Benchmarks.Thread;

/// <summary>The same push in a repository of 512 files (8 MiB of text) and in a small one, by turns.</summary>
internal static class ManyFiles
{
    private const int Files = 512;
    private const int Lines = 256;

    /// <summary>Measures.</summary>
    public static async Task<IReadOnlyList<Figure>> RunAsync(BenchmarkContext context, CancellationToken ct)
    {
        var pair = await context.PairAsync(ct);
        var content = Enumerable.Range(0, Files).ToDictionary(
            static i => $"src/{i / 32:00}/file{i:000}.txt",
            static i
                => string.Concat(Enumerable.Range(0, Lines)
                    .Select(l
                        => $"line {l:000} of file {i:000}: some text that no two files share, "
                            + $"{(l * 7919 + i * 104729) % 1_000_003:0000000}\n")),
            StringComparer.Ordinal);
        var small = await pair.AddRepositoryAsync("small", new Dictionary<string, string>(StringComparer.Ordinal), ct);
        var large = await pair.AddRepositoryAsync("large", content, ct);

        List<Run> auxoSmall = [], auxoLarge = [], brokerSmall = [], brokerLarge = [];
        for (var i = 0; i < context.Options.Count(12, 3); i++)
        {
            var (a, b) = await pair.AlternateAsync(small, 1, static (side, r, ct) => side.PushMainAsync(r, ct), ct);
            auxoSmall.AddRange(a);
            brokerSmall.AddRange(b);
            (a, b) = await pair.AlternateAsync(large, 1, static (side, r, ct) => side.PushMainAsync(r, ct), ct);
            auxoLarge.AddRange(a);
            brokerLarge.AddRange(b);
        }

        return
        [
            RunFigures.Figure($"own push, {Files} files: start → first command", auxoLarge, brokerLarge, static r => r.ToFirstCommand),
            RunFigures.Figure("the same in a small repository", auxoSmall, brokerSmall, static r
                => r.ToFirstCommand) with { IsPart = true },
            .. RunFigures.Stages(auxoLarge),
            new($"{Files} files against a small repository", "×", Series.One(Times(auxoLarge, auxoSmall)),
                brokerLarge.Count > 0 ? Series.One(Times(brokerLarge, brokerSmall)) : null, Goal.AtMost(1.1)),
        ];
    }

    private static double Times(IReadOnlyList<Run> large, IReadOnlyList<Run> small)
        => Series.Of(large.Select(static r => r.ToFirstCommand)).P50 / Series.Of(small.Select(static r => r.ToFirstCommand)).P50;
}
