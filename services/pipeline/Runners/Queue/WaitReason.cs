using Auxo.Pipeline.Runners.Placing;

namespace Auxo.Pipeline.Runners.Queue;

/// <summary>A machine as the queue sees it.</summary>
/// <param name="What">What it can do; its room is what is free now.</param>
/// <param name="Absence">Why it takes nothing, such as <c>is paused</c>; null when it does.</param>
public sealed record KnownMachine(Machine What, string? Absence);

/// <summary>Says why a build waits, in one line for people.</summary>
public static class WaitReason
{
    /// <summary>Says it.</summary>
    /// <param name="build">The build.</param>
    /// <param name="main">The main machine.</param>
    /// <param name="runners">All runners, those that are away too.</param>
    /// <param name="inGroup">An older build of its group is not done.</param>
    public static string Of(WaitingBuild build, Machine main, IReadOnlyList<KnownMachine> runners, bool inGroup)
    {
        if (inGroup) return "waits for an older build of its group";
        if (!build.HasSteps) return main.Room > 0 ? "begins now" : "waits for room on the main machine";
        var fit = runners.Where(runner => runner.What.MayRun(build.Labels, build.IsStrangers)).ToList();
        var mayRunHere = main.MayRun(build.Labels, build.IsStrangers);
        if (mayRunHere && main.Room > 0 || fit.Exists(static runner => runner.Absence is null && runner.What.Room > 0))
            return "begins now";
        if (mayRunHere || fit.Exists(static runner => runner.Absence is null))
            return "waits for room: all machines that may run it are busy";
        if (fit.Count > 0)
            return $"waits for a runner: {string.Join(", ", fit.Select(static runner => $"{runner.What.Name} {runner.Absence}"))}";
        var labels = string.Join(", ", build.Labels);
        return build.IsStrangers && runners.Any(runner => runner.What.MayRun(build.Labels, isStrangers: false))
            ? $"no machine with the labels {labels} takes builds of authors who are not trusted"
            : $"no machine has the labels {labels}: auxo runner token NAME --labels {string.Join(',', build.Labels)}";
    }
}
