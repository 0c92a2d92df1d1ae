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
/// How the steps of a build follow each other, as the pipeline runs them: all checks at once, and beside them the commands, each after
/// those that it needs; then the verdict.
/// </summary>
/// <param name="Checks">All at once.</param>
/// <param name="Commands">In columns: what stands in one needs something of the column before it.</param>
/// <param name="CriticalSeconds">The time of the critical path.</param>
/// <param name="Slowest">The step of the critical path that took most of it; null before anything has ended.</param>
public sealed record StepGraph(
    IReadOnlyList<GraphNode> Checks, IReadOnlyList<IReadOnlyList<GraphNode>> Commands, double CriticalSeconds, BuildStep? Slowest)
{
    /// <summary>More than so many are shown together where they stand alike.</summary>
    private const int Many = 16;

    /// <summary>Arranges the steps of a build.</summary>
    public static StepGraph Of(IReadOnlyList<BuildStep> steps)
    {
        var (order, after) = InOrder(steps);
        var path = CriticalPath.Of([.. order.Select(static s => s.DurationSeconds ?? 0)], after);
        var critical = path.Where(i => order[i].DurationSeconds > 0).Select(i => order[i]).ToList();
        var columns = new int[order.Count];
        for (var i = 0; i < order.Count; i++) columns[i] = after[i].Count == 0 ? 0 : 1 + after[i].Max(earlier => columns[earlier]);
        GraphNode Node(BuildStep step) => new(
            step.Step, Say.Standing(step), step.State == "running" ? null : step.DurationSeconds, step.Step, critical.Contains(step));
        var commands = order.Zip(columns).Where(static at => at.First.Kind == "command")
            .GroupBy(static at => at.Second, at => Node(at.First)).OrderBy(static column => column.Key)
            .Select(static column => column.ToList()).ToList();
        return new StepGraph(
            Together([.. order.Where(static s => s.Kind != "command").Select(Node)]),
            commands.TrueForAll(static column => column.Count == 1)
                ? [.. Together([.. commands.Select(static column => column[0])]).Select(static node => new[] { node })]
                : [.. commands.Select(Together)],
            critical.Sum(static s => s.DurationSeconds!.Value), critical.MaxBy(static s => s.DurationSeconds));
    }

    /// <summary>The steps with each behind those that it needs, and the places of these.</summary>
    private static (IReadOnlyList<BuildStep> Order, IReadOnlyList<IReadOnlyList<int>> After) InOrder(IReadOnlyList<BuildStep> steps)
    {
        var needs = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        string? before = null;
        foreach (var step in steps)
        {
            var isCommand = step.Kind == "command";
            needs[step.Step] = !isCommand ? [] : step.Needs ?? (before is null ? [] : [before]);
            if (isCommand) before = step.Step;
        }

        var (order, places, left) = (new List<BuildStep>(), new Dictionary<string, int>(StringComparer.Ordinal), steps.ToList());
        var open = left.Select(static step => step.Step).ToHashSet(StringComparer.Ordinal);
        while (left.Count > 0)
        {
            // A need that is not among the steps is none; what waits for each other could not have been built.
            var free = left.FindAll(step => !needs[step.Step].Any(open.Contains));
            foreach (var step in free.Count > 0 ? free : left)
            {
                places[step.Step] = order.Count;
                order.Add(step);
                open.Remove(step.Step);
            }

            left.RemoveAll(step => !open.Contains(step.Step));
        }

        return (order, [.. order.Select((step, at) => (IReadOnlyList<int>)[.. needs[step.Step].Where(places.ContainsKey)
            .Select(need => places[need]).Where(earlier => earlier < at)])]);
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
