using System.Collections.Frozen;

namespace Auxo.Pipeline.Schedules.Scans;

/// <summary>Which scans are off in the repositories that say nothing of them.</summary>
/// <param name="Off">Their names.</param>
public sealed record ScanSettings(IReadOnlySet<string> Off)
{
    /// <summary>The setting, as an environment variable.</summary>
    public const string Variable = "Auxo__Schedules__Off";

    private const string Everyone = "all";

    /// <summary>Reads <c>Auxo:Schedules:Off</c>: names separated by commas, or <c>all</c>; by default none.</summary>
    /// <exception cref="FormatException">It names something else.</exception>
    public static ScanSettings From(IConfiguration configuration)
    {
        var names = (configuration["Auxo:Schedules:Off"] ?? "")
            .Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (names.FirstOrDefault(static name => name != Everyone && Scan.Find(name) is null) is { } wrong)
            throw new FormatException($"{Variable} names '{wrong}'; it may name "
                + $"{string.Join(", ", Scan.All.Select(static scan => scan.Name))} or {Everyone}.");
        return new ScanSettings(
            Scan.All.Select(static scan => scan.Name).Where(name => names.Contains(Everyone) || names.Contains(name))
                .ToFrozenSet(StringComparer.Ordinal));
    }
}
