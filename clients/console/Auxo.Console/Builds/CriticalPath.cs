namespace Auxo.Console.Builds;

/// <summary>
/// The chain of steps that a build could not have been shorter than: of all chains in which each step waits for the one before, the one
/// that took longest.
/// </summary>
internal static class CriticalPath
{
    /// <summary>Finds it.</summary>
    /// <param name="seconds">How long each step took.</param>
    /// <param name="after">For which earlier ones each step waits, by their places.</param>
    /// <returns>The places of its steps, in order; of chains that are equally long the first.</returns>
    public static IReadOnlyList<int> Of(IReadOnlyList<double> seconds, IReadOnlyList<IReadOnlyList<int>> after)
    {
        var ends = new double[seconds.Count];
        var before = new int[seconds.Count];
        var last = -1;
        for (var i = 0; i < seconds.Count; i++)
        {
            before[i] = -1;
            foreach (var earlier in after[i]) if (before[i] < 0 || ends[earlier] > ends[before[i]]) before[i] = earlier;
            ends[i] = seconds[i] + (before[i] < 0 ? 0 : ends[before[i]]);
            if (last < 0 || ends[i] > ends[last]) last = i;
        }

        var path = new List<int>();
        for (var at = last; at >= 0; at = before[at]) path.Insert(0, at);
        return path;
    }
}
