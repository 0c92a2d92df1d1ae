namespace Auxo.Torture.Kills;

/// <summary>How something dies.</summary>
internal enum KillKind
{
    /// <summary>SIGKILL to one service, at any moment.</summary>
    Service,

    /// <summary>SIGKILL to one service once more, while it is starting after a kill.</summary>
    Restarting,

    /// <summary>A service kills itself at a named point.</summary>
    CrashPoint,

    /// <summary>What <c>pg_ctl -m immediate stop</c> does: SIGQUIT to PostgreSQL's first process.</summary>
    Postgres,

    /// <summary>SIGKILL to the AppHost, which takes everything along.</summary>
    AppHost,

    /// <summary>A second process of a service is started beside the one that works; it must end by itself, and change nothing.</summary>
    Twin,

    /// <summary>SIGKILL to every process of the instance, as when the power goes out.</summary>
    Everything,
}

/// <summary>One planned kill.</summary>
/// <param name="Kind">How.</param>
/// <param name="Target">A service, or what the kind says.</param>
/// <param name="Point">The named point.</param>
/// <param name="After">How long after the round's beginning; a crash point is armed then.</param>
/// <param name="Again">Kill it once more while it starts.</param>
internal sealed record Kill(KillKind Kind, string Target, string? Point, TimeSpan After, bool Again)
{
    /// <summary>How often it was armed and nobody came by.</summary>
    public int Missed { get; init; }
}

/// <summary>A kill that happened.</summary>
/// <param name="Kind">How.</param>
/// <param name="Target">What died.</param>
/// <param name="Point">The named point.</param>
/// <param name="Healthy">From its death until it was healthy again.</param>
internal sealed record Death(KillKind Kind, string Target, string? Point, TimeSpan Healthy);
