using Auxo.Benchmarks.Measuring;
using Auxo.Benchmarks.Reporting;

namespace Auxo.Benchmarks;

/// <summary>Runs benchmarks one after the other and gathers what they say.</summary>
internal static class BenchmarkRun
{
    /// <summary>How often each build has its turn.</summary>
    private const int Rounds = 2;

    /// <summary>Runs them; what one of them breaks on is a line of the report.</summary>
    public static async Task<Report> RunAsync(
        IReadOnlyList<Benchmark> benchmarks, BenchmarkOptions options, TextWriter progress, CancellationToken ct)
    {
        var begun = TimeProvider.System.GetUtcNow();
        var machine = await Machine.ReadAsync(ct);
        List<BenchmarkFigures> measured = [];
        List<string> failures = [];
        await using (var context = new BenchmarkContext(options, progress))
        {
            foreach (var benchmark in benchmarks.TakeWhile(_ => !ct.IsCancellationRequested))
            {
                await progress.WriteLineAsync($"{benchmark.Name}: {benchmark.Says}");
                var since = TimeProvider.System.GetTimestamp();
                try
                {
                    measured.Add(new BenchmarkFigures(benchmark.Name, options.Against is { } other
                        ? await ByTurnsAsync(benchmark, other, options, progress, ct)
                        : await benchmark.RunAsync(context, ct)));
                    await progress.WriteLineAsync($"{benchmark.Name}: {TimeProvider.System.GetElapsedTime(since).TotalSeconds:0} s");
                }
                catch (Exception e) when (e is not OperationCanceledException || !ct.IsCancellationRequested)
                {
                    failures.Add($"{benchmark.Name} did not get to its end: {e.Message}");
                    await progress.WriteLineAsync(e.ToString());
                }
                catch (OperationCanceledException)
                {
                    failures.Add($"{benchmark.Name} was interrupted");
                }
            }

            failures.AddRange(context.Missing);
        }

        return new Report(begun, TimeProvider.System.GetUtcNow(), options.Quick, machine, Machine.LoadAverage(), measured, failures)
        {
            Peer = options.Against is { } against ? await against.NameAsync(ct) : null,
        };
    }

    /// <summary>
    /// This build and another one by turns, the one first and then the other one first. Nothing of ours runs while the other is
    /// measured.
    /// </summary>
    private static async Task<IReadOnlyList<Figure>> ByTurnsAsync(
        Benchmark benchmark, OtherBuild other, BenchmarkOptions options, TextWriter progress, CancellationToken ct)
    {
        List<IReadOnlyList<Figure>> ours = [];
        List<IReadOnlyList<OtherFigure>> others = [];
        for (var i = 0; i < Rounds; i++)
        {
            if (i % 2 == 0) await OursAsync();
            others.Add(await other.MeasureAsync(benchmark.Name, options.Quick, ct));
            await progress.WriteLineAsync($"  {other.Folder}: round {i + 1} of {Rounds}");
            if (i % 2 == 1) await OursAsync();
        }

        return OtherBuild.Beside(ours, others);

        async Task OursAsync()
        {
            await using var context = new BenchmarkContext(options, progress);
            ours.Add(await benchmark.RunAsync(context, ct));
        }
    }
}
