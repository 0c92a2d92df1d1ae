namespace Auxo.Pipeline.Running;

/// <summary>How much a runner does at once and how patient it is.</summary>
/// <param name="Capacity">Builds at once; <c>Auxo:Runner:Capacity</c>, by default one per core.</param>
/// <param name="Lease">How long a lease outlives its process where no restart ends it.</param>
/// <param name="SlowPoll">How often the table is looked at when no signal came.</param>
/// <param name="Retry">Pause while the database is away.</param>
public sealed record RunnerSettings(int Capacity, TimeSpan Lease, TimeSpan SlowPoll, TimeSpan Retry)
{
    /// <summary>
    /// When a build that still runs says so on its patch: a comment is an operation in everybody's storage, worth it only when
    /// there is something to wait for.
    /// </summary>
    public TimeSpan InterimAfter { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>
    /// Steps of one build at once, where they need not wait for each other; <c>Auxo:Runner:Steps</c>, by default one per core.
    /// </summary>
    public int StepsAtOnce { get; init; } = Environment.ProcessorCount;

    /// <summary>
    /// The workspaces of so many failed builds are kept for a shell in them; <c>Auxo:Runner:KeepFailed</c>, by default 3, 0 for none.
    /// </summary>
    public int KeepFailed { get; init; } = 3;

    /// <summary>Reads the settings.</summary>
    /// <exception cref="FormatException">One of them is no number from 1 on; <c>KeepFailed</c> no number from 0 on.</exception>
    public static RunnerSettings From(IConfiguration configuration)
        => new(
            Number(configuration, "Auxo:Runner:Capacity"), TimeSpan.FromMinutes(2), TimeSpan.FromSeconds(5), TimeSpan.FromMilliseconds(250))
        {
            StepsAtOnce = Number(configuration, "Auxo:Runner:Steps"),
            KeepFailed = Number(configuration, "Auxo:Runner:KeepFailed", usual: 3, least: 0),
        };

    private static int Number(IConfiguration configuration, string name) => Number(configuration, name, Environment.ProcessorCount, 1);

    private static int Number(IConfiguration configuration, string name, int usual, int least)
    {
        if (configuration[name] is not { Length: > 0 } text) return usual;
        return int.TryParse(text, out var number) && number >= least
            ? number
            : throw new FormatException($"{name} is '{text}'; it must be a number from {least} on.");
    }
}
