using Auxo.Pipeline.Definitions;

namespace Auxo.Pipeline.Schedules.Scans;

/// <summary>
/// A schedule that every repository has without declaring it: a build of the default branch's head that makes some of
/// the checks and runs no step.
/// </summary>
/// <param name="Name">The same in every repository.</param>
/// <param name="Cron">When, where a pipeline file says nothing else; by the machine's clock.</param>
/// <param name="CatchUp">How late the newest slot may still be built.</param>
/// <param name="Checks">The checks that it makes, as far as the pipeline file leaves them on.</param>
public sealed record Scan(string Name, string Cron, TimeSpan CatchUp, IReadOnlyList<string> Checks)
{
    /// <summary>The scans of many repositories do not all begin at the same minute.</summary>
    private static readonly TimeSpan Jitter = TimeSpan.FromMinutes(30);

    /// <summary>All of them.</summary>
    public static readonly IReadOnlyList<Scan> All =
    [
        new("dependency-scan", "0 2 * * *", TimeSpan.FromHours(24), ["dependencies"]),
        new("deep-sast", "0 3 * * 0", TimeSpan.FromDays(3), ["sast"]) { IsDeep = true },
        new("audit", "0 4 1 * *", TimeSpan.FromDays(7), ["secrets", "sast", "structure", "dependencies"])
        {
            IsDeep = true, HasReport = true,
        },
    ];

    /// <summary>
    /// Every file is looked at again, whatever is known of it, and secrets are searched for in the whole history.
    /// </summary>
    public bool IsDeep { get; init; }

    /// <summary>Its report is kept with the build, and so everybody who asked for it hears of each run.</summary>
    public bool HasReport { get; init; }

    /// <summary>As if a pipeline file had declared it.</summary>
    public ScheduleDefinition Usual => new(Name, Cron, Zone: null, Jitter, CatchUp, Branch: null);

    /// <summary>The one of that name; null for none.</summary>
    public static Scan? Find(string? name) => All.FirstOrDefault(scan => scan.Name == name);
}
