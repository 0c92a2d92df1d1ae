namespace Auxo.Console.Builds;

/// <summary>How long the steps of a build took.</summary>
internal static class StepTimes
{
    /// <summary>
    /// The steps, where one that runs has taken the time since its begin, and one that was ended with its build the time until then:
    /// nobody has measured either.
    /// </summary>
    public static IReadOnlyList<BuildStep> Of(Build build, DateTimeOffset now)
        => [.. (build.Steps ?? []).Select(step => step with { DurationSeconds = Seconds(step, build.FinishedAt ?? now) })];

    private static double? Seconds(BuildStep step, DateTimeOffset end)
        => step is { StartedAt: { } begin, DurationSeconds: null or 0 }
            && (step.State == "running" || step.Outcome is "cancelled" or "superseded")
                ? Math.Max(0, (end - begin).TotalSeconds)
                : step.DurationSeconds;
}
