using Auxo.Pipeline.Builds;

namespace Auxo.Pipeline.Running;

/// <summary>A runner takes a build.</summary>
public static class StartBuild
{
    /// <summary>The first start is reported to everybody; one after a crash or an approval is only recorded.</summary>
    public static (Events Events, OutgoingMessages Messages) Decide(
        Build build, string runner, string sandbox, IReadOnlyList<string> first, DateTimeOffset now)
    {
        if (build.State == BuildState.Finished) return ([], []);
        Events events = [new BuildEvent.Started(runner, sandbox, now), .. first.Select(step => new BuildEvent.StepStarted(step, now))];
        return (events, build.StartedAt is null ? [new BuildStarted(build.Subject, now)] : []);
    }
}
