using Auxo.Console.Parts;

namespace Auxo.Console.Builds;

/// <summary>A place in the graph: a step, or several neighbours of which there is nothing to say one by one.</summary>
/// <param name="Words">The name of the step, or how many there are.</param>
/// <param name="Standing">Of all of them.</param>
/// <param name="Seconds">Of all of them together; null while they wait or run.</param>
/// <param name="Step">The step; null of several.</param>
/// <param name="IsCritical">Whether the build waited for it.</param>
public sealed record GraphNode(string Words, string Standing, double? Seconds, string? Step, bool IsCritical);

/// <summary>
/// How the steps of a build follow each other, as the pipeline runs them: all checks at once, and beside them the commands, one after the
/// other; then the verdict.
/// </summary>
/// <param name="Checks">All at once.</param>
/// <param name="Commands">One after the other.</param>
/// <param name="CriticalSeconds">The time of the critical path.</param>
/// <param name="Slowest">The step of the critical path that took most of it; null before anything has ended.</param>
public sealed record StepGraph(
    IReadOnlyList<GraphNode> Checks, IReadOnlyList<GraphNode> Commands, double CriticalSeconds, BuildStep? Slowest)
{
    /// <summary>More than so many are shown together where they stand alike.</summary>
    private const int Many = 16;

    /// <summary>Arranges the steps of a build.</summary>
    public static StepGraph Of(IReadOnlyList<BuildStep> steps)
    {
        var last = -1;
        var after = new List<IReadOnlyList<int>>();
        foreach (var (i, step) in steps.Index())
        {
            var follows = step.Kind == "command" && last >= 0;
            after.Add(follows ? [last] : []);
            if (step.Kind == "command") last = i;
        }

        var path = CriticalPath.Of([.. steps.Select(static s => s.DurationSeconds ?? 0)], after);
        var critical = path.Where(i => steps[i].DurationSeconds > 0).ToHashSet();
        var nodes = steps.Select((step, i) => (step.Kind, Node: new GraphNode(
            step.Step, Say.Standing(step), step.DurationSeconds, step.Step, critical.Contains(i)))).ToList();
        return new StepGraph(
            Together([.. nodes.Where(static n => n.Kind != "command").Select(static n => n.Node)]),
            Together([.. nodes.Where(static n => n.Kind == "command").Select(static n => n.Node)]),
            critical.Sum(i => steps[i].DurationSeconds!.Value), critical.Select(i => steps[i]).MaxBy(static s => s.DurationSeconds));
    }

    /// <summary>Of many steps, neighbours that stand alike become one place; what is red or runs stays alone.</summary>
    private static IReadOnlyList<GraphNode> Together(IReadOnlyList<GraphNode> nodes)
    {
        if (nodes.Count <= Many) return nodes;
        var fewer = new List<GraphNode>();
        for (var i = 0; i < nodes.Count;)
        {
            var run = nodes.Skip(i).TakeWhile(n => (n.Standing, n.IsCritical) == (nodes[i].Standing, nodes[i].IsCritical)).ToList();
            i += run.Count;
            if (run.Count == 1 || run[0].Standing is not ("passed" or "waiting" or "skipped")) fewer.AddRange(run);
            else fewer.Add(run[0] with { Words = $"{run.Count} steps", Seconds = run.Sum(static n => n.Seconds), Step = null });
        }

        return fewer;
    }
}
