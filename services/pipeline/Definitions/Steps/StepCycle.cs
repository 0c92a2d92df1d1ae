namespace Auxo.Pipeline.Definitions.Steps;

/// <summary>Finds steps that wait for each other.</summary>
internal static class StepCycle
{
    /// <summary>The names around one cycle, the first of them again at the end; null when there is none.</summary>
    public static IReadOnlyList<string>? Find(IReadOnlyList<CommandStep> steps)
    {
        var left = new Dictionary<string, HashSet<string>>(StringComparer.Ordinal);
        foreach (var step in steps) left.TryAdd(step.Name, (step.Needs ?? []).ToHashSet(StringComparer.Ordinal));
        while (left.Where(pair => !pair.Value.Overlaps(left.Keys)).Select(static pair => pair.Key).ToList() is { Count: > 0 } free)
            foreach (var name in free) left.Remove(name);
        if (left.Count == 0) return null;

        // Each of what is left waits for one of what is left: going from one to the next comes back to where it has been.
        var way = new List<string> { steps.First(step => left.ContainsKey(step.Name)).Name };
        while (true)
        {
            var next = left[way[^1]].First(left.ContainsKey);
            way.Add(next);
            if (way.IndexOf(next) is var first && first < way.Count - 1) return way[first..];
        }
    }
}
