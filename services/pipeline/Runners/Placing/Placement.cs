using Auxo.Pipeline.Builds;

namespace Auxo.Pipeline.Runners.Placing;

/// <summary>A build that waits for a machine.</summary>
/// <param name="Id">The build.</param>
/// <param name="Labels">What the machine must have.</param>
/// <param name="IsStrangers">Its author is not trusted.</param>
/// <param name="HasSteps">False when only its checks are left: those the main machine makes.</param>
/// <param name="With">The runner that works on its steps already; null for none.</param>
public sealed record WaitingBuild(Guid Id, IReadOnlyList<string> Labels, bool IsStrangers, bool HasSteps, string? With)
{
    /// <summary>A runner has, or had, its steps.</summary>
    public bool WasElsewhere { get; init; }

    /// <summary>One that nobody has begun.</summary>
    public static WaitingBuild Of(Build build)
        => new(build.BuildId, build.Plan.Runner ?? [], build.Trust != Trust.Trusted, build.HasStepsLeft(), With: null);
}

/// <summary>A machine that can run steps.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Labels">What it has.</param>
/// <param name="IsReserved">It is only for builds that name a label.</param>
/// <param name="TakesStrangers">It takes builds of authors who are not trusted.</param>
/// <param name="Room">How many more builds it takes now.</param>
public sealed record Machine(string Name, IReadOnlyList<string> Labels, bool IsReserved, bool TakesStrangers, int Room)
{
    /// <summary>Whether a build may run here at all.</summary>
    public bool MayRun(Build build) => MayRun(build.Plan.Runner ?? [], build.Trust != Trust.Trusted);

    /// <inheritdoc cref="MayRun(Build)"/>
    public bool MayRun(IReadOnlyList<string> labels, bool isStrangers)
        => (labels.Count > 0 || !IsReserved) && (!isStrangers || TakesStrangers)
            && labels.All(label => Labels.Contains(label, StringComparer.Ordinal));
}

/// <summary>Where a build begins now.</summary>
/// <param name="Build">It.</param>
/// <param name="Runner">The runner that gets its steps; null for the main machine.</param>
public sealed record Place(Guid Build, string? Runner);

/// <summary>
/// Decides which build begins where. In the order of the queue: on the main machine when it may run there and there is room; else on
/// the runner with the most room that may run it; else it waits, and does not hold up those behind it.
/// </summary>
public static class Placement
{
    /// <summary>Decides.</summary>
    /// <param name="main">The machine of this Auxo.</param>
    /// <param name="runners">Those that ask for work now.</param>
    /// <param name="queue">What waits, oldest first.</param>
    public static IReadOnlyList<Place> Decide(Machine main, IReadOnlyList<Machine> runners, IReadOnlyList<WaitingBuild> queue)
    {
        var places = new List<Place>();
        var room = runners.ToDictionary(static runner => runner.Name, static runner => runner.Room, StringComparer.Ordinal);
        var here = main.Room;
        foreach (var build in queue)
        {
            if (build.With is { } holder)
            {
                // Its steps run there already: this goes on listening to them.
                places.Add(new Place(build.Id, holder));
            }
            else if (here > 0 && (!build.HasSteps || main.MayRun(build.Labels, build.IsStrangers)))
            {
                here--;
                places.Add(new Place(build.Id, Runner: null));
            }
            else if (build.HasSteps && Best(build) is { } runner)
            {
                room[runner]--;
                places.Add(new Place(build.Id, runner));
            }
        }

        return places;

        string? Best(WaitingBuild build)
            => runners.Where(runner => room[runner.Name] > 0 && runner.MayRun(build.Labels, build.IsStrangers))
                .OrderByDescending(runner => room[runner.Name]).ThenBy(static runner => runner.Name, StringComparer.Ordinal)
                .FirstOrDefault()?.Name;
    }
}
