using Auxo.Benchmarks.Measuring;

namespace Auxo.Benchmarks.Reporting;

/// <summary>What one benchmark said.</summary>
internal sealed record BenchmarkFigures(string Name, IReadOnlyList<Figure> Figures);

/// <summary>One run.</summary>
/// <param name="Begun">When.</param>
/// <param name="Ended">When.</param>
/// <param name="Quick">With few repetitions.</param>
/// <param name="Machine">Where.</param>
/// <param name="LoadAfter">The load average at its end.</param>
/// <param name="Measured">The figures.</param>
/// <param name="Failures">What was not measured or not compared, and why.</param>
internal sealed record Report(
    DateTimeOffset Begun, DateTimeOffset Ended, bool Quick, Machine Machine, double LoadAfter,
    IReadOnlyList<BenchmarkFigures> Measured, IReadOnlyList<string> Failures)
{
    /// <summary>The other build that is the peer of all figures; null: each figure has its own peer.</summary>
    public string? Peer { get; init; }

    /// <summary>The headings of the table.</summary>
    public static readonly IReadOnlyList<string> Headings =
        ["what", "unit", "n", "Auxo p50", "p95", "peer p50", "p95", "Auxo ÷ peer", "goal", ""];

    /// <summary>A line of the table.</summary>
    public static IReadOnlyList<string> Row(Figure figure) =>
    [
        (figure.IsPart ? "· " : "") + figure.What, figure.Unit, $"{figure.Auxo.Count}", Number(figure.Auxo.P50),
        P95(figure.Auxo), Number(figure.Peer?.P50), P95(figure.Peer),
        figure.Ratio is { } ratio
            ? $"{ratio:0.00}"
            : "–", figure.Goal?.Text ?? "–", figure.Goal is { } goal ? goal.IsMet(figure) ? "met" : "MISSED" : "",
    ];

    /// <summary>What stands below the table.</summary>
    public IEnumerable<string> Notes()
        => Measured.SelectMany(static m => m.Figures).Where(static f => f.Note is not null).Select(static f => $"{f.What}: {f.Note}");

    /// <summary>The machine in a line.</summary>
    public string Where()
        => $"{Machine.Cores} cores ({Machine.Processor}), {Machine.MemoryGiB} GiB, {Machine.System}, "
            + $"{Machine.FileSystem}; {Machine.Programs}; "
            + $"load {Machine.LoadBefore:0.0} before and {LoadAfter:0.0} after; {Begun:yyyy-MM-dd HH:mm} UTC, "
            + $"{(Ended - Begun).TotalMinutes:0.0} minutes{(Quick ? ", --quick" : "")}"
            + $"{(Peer is null ? "" : $"; by turns with the peer, {Peer}")}";

    private static string P95(Series? samples) => samples is { Count: > 1 } ? Number(samples.P95) : "–";

    private static string Number(double? value) => value switch
    {
        null => "–",
        >= 100 => $"{value:#,0}",
        >= 10 => $"{value:0.0}",
        _ => $"{value:0.00}",
    };
}
