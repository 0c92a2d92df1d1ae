using Auxo.Benchmarks.Measuring;
using Auxo.Benchmarks.Sides;

namespace Auxo.Benchmarks.Thread;

/// <summary>How runs become figures.</summary>
internal static class RunFigures
{
    /// <summary>A figure in milliseconds.</summary>
    public static Figure Figure(
        string what, IReadOnlyList<Run> auxo, IReadOnlyList<Run> broker, Func<Run, TimeSpan> took, Goal? goal = null)
        => new(what, "ms", Series.Of(auxo.Select(took)), broker.Count > 0 ? Series.Of(broker.Select(took)) : null, goal);

    /// <summary>Where Auxo's own share went, stage by stage.</summary>
    public static IEnumerable<Figure> Stages(IReadOnlyList<Run> auxo)
        => auxo.SelectMany(static r => r.Stages).GroupBy(static s => s.Stage)
            .Select(static g => new Figure(g.Key, "ms", Series.Of(g.Select(static s => s.Took))) { IsPart = true });
}
