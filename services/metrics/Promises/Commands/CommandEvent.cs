namespace Auxo.Metrics.Promises.Commands;

/// <summary>
/// What the command line told of its own commands. Stored in stream <c>commands/{day}</c>. Neither who ran it nor where is told: it is
/// about Auxo, not about people.
/// </summary>
public abstract record CommandEvent
{
    private CommandEvent()
    {
    }

    /// <summary>A command succeeded.</summary>
    /// <param name="Command">Which: see <see cref="KnownCommands"/>.</param>
    /// <param name="Seconds">How long its person waited, measured where it ran.</param>
    /// <param name="At">When that was told, by this machine's clock.</param>
    public sealed record Ran(string Command, double Seconds, DateTimeOffset At) : CommandEvent;
}

/// <summary>The commands that are counted.</summary>
public static class KnownCommands
{
    /// <summary><c>auxo patch create</c></summary>
    public const string Create = "patch create";

    /// <summary><c>auxo patch merge</c></summary>
    public const string Merge = "patch merge";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } = [Create, Merge];
}
