namespace Auxo.Ingest.Jobs;

/// <summary>Whether the ends of builds are written as jobs of Radicle.</summary>
/// <param name="AreWanted">
/// The operator says so. Radicle's programs do not wait for each other, so a push of the same key at the same moment may be refused.
/// </param>
public sealed record JobSettings(bool AreWanted)
{
    /// <summary>The setting's name.</summary>
    public const string Name = "Auxo__Radicle__Jobs";

    /// <summary>Reads it.</summary>
    /// <exception cref="FormatException">It is neither <c>on</c> nor <c>off</c>.</exception>
    public static JobSettings From(IConfiguration configuration) => configuration[Name.Replace("__", ":", StringComparison.Ordinal)] switch
    {
        "on" => new JobSettings(true),
        null or "" or "off" => new JobSettings(false),
        var other => throw new FormatException($"{Name} is '{other}'; it must be 'on' or 'off'"),
    };
}
