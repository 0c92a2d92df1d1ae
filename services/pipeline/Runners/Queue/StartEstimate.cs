using Auxo.Pipeline.Runners.Placing;

namespace Auxo.Pipeline.Runners.Queue;

/// <summary>A build that has begun.</summary>
/// <param name="Machine">Where it runs.</param>
/// <param name="Left">How long it will still take, by the last builds of its repository; null when there were none.</param>
public sealed record BegunBuild(string Machine, TimeSpan? Left);

/// <summary>
/// When the builds of a queue will begin: each in its turn takes the place that is free first on a machine that may run it. The time that a
/// build takes is the median of its repository's last builds.
/// </summary>
public static class StartEstimate
{
    /// <summary>Works it out.</summary>
    /// <param name="machines">Those that take builds, the main machine first; their room is how many they take in all.</param>
    /// <param name="begun">What runs.</param>
    /// <param name="queue">What waits, oldest first, with the time that each takes; null where that is not known.</param>
    /// <returns>From now, in the order of the queue; null where it cannot be said.</returns>
    public static IReadOnlyList<TimeSpan?> Of(
        IReadOnlyList<Machine> machines, IReadOnlyList<BegunBuild> begun, IReadOnlyList<(WaitingBuild Build, TimeSpan? Takes)> queue)
    {
        var places = new List<(Machine Machine, TimeSpan? Free)>();
        foreach (var machine in machines)
        {
            var there = begun.Where(build => build.Machine == machine.Name).Take(machine.Room).ToList();
            places.AddRange(there.Select(build => (machine, build.Left)));
            places.AddRange(Enumerable.Repeat((machine, (TimeSpan?)TimeSpan.Zero), machine.Room - there.Count));
        }

        var starts = new List<TimeSpan?>();
        foreach (var (build, takes) in queue)
        {
            var place = places.Index()
                .Where(pair => pair.Item.Free is not null && (build.HasSteps
                    ? pair.Item.Machine.MayRun(build.Labels, build.IsStrangers)
                    : ReferenceEquals(pair.Item.Machine, machines[0])))
                .OrderBy(static pair => pair.Item.Free).Select(static pair => (int?)pair.Index).FirstOrDefault();
            starts.Add(place is { } at ? places[at].Free : null);
            if (place is { } taken) places[taken] = (places[taken].Machine, places[taken].Free + takes);
        }

        return starts;
    }
}
