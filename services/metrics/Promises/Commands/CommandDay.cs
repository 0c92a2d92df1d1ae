using System.Globalization;

namespace Auxo.Metrics.Promises.Commands;

/// <summary>The commands of one day.</summary>
public sealed record CommandDay
{
    /// <summary>Of each command so many are counted in a day: more say nothing new, and nobody fills the database with them.</summary>
    public const int Most = 500;

    /// <summary>The key of its stream.</summary>
    public string Id { get; init; } = "";

    /// <summary>In the order in which they were told.</summary>
    public IReadOnlyList<CommandRun> Runs { get; init; } = [];

    /// <summary>The stream of the day, in UTC, of a moment.</summary>
    public static string StreamKey(DateTimeOffset at) => StreamKey(DateOnly.FromDateTime(at.UtcDateTime));

    /// <summary>The stream of a day.</summary>
    public static string StreamKey(DateOnly day) => "commands/" + day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    /// <summary>What is kept of a command that was told.</summary>
    public static IReadOnlyList<CommandEvent> Decide(CommandDay? day, string command, double seconds, DateTimeOffset now)
        => day?.Runs.Count(run => run.Command == command) >= Most ? [] : [new CommandEvent.Ran(command, seconds, now)];

    /// <summary>The state after one more event.</summary>
    public CommandDay Apply(CommandEvent e) => e switch
    {
        CommandEvent.Ran x => this with { Runs = [.. Runs, new CommandRun(x.Command, x.Seconds, x.At)] },
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}

/// <summary>A command that was run.</summary>
/// <param name="Command">Which.</param>
/// <param name="Seconds">How long its person waited.</param>
/// <param name="At">When.</param>
public sealed record CommandRun(string Command, double Seconds, DateTimeOffset At);
