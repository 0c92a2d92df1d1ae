using Auxo.Benchmarks.Measuring;

namespace Auxo.Benchmarks;

/// <summary>One thing that is measured. To add one: write its file, and its line in <see cref="Catalogue"/>.</summary>
/// <param name="Group">What it is run with, such as <c>thread</c>.</param>
/// <param name="Name">One word, for <c>--only</c>.</param>
/// <param name="Says">One line.</param>
/// <param name="RunAsync">Measures. An exception is reported and stops no other one.</param>
internal sealed record Benchmark(
    string Group, string Name, string Says, Func<BenchmarkContext, CancellationToken, Task<IReadOnlyList<Figure>>> RunAsync);
