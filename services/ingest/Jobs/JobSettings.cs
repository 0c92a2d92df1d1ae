namespace Auxo.Ingest.Jobs;

/// <summary>Whether the ends of builds are written as jobs of Radicle.</summary>
/// <param name="AreWanted">True where <c>rad-job</c> is installed, unless the operator says no.</param>
public sealed record JobSettings(bool AreWanted)
{
    /// <summary>The setting's name.</summary>
    public const string Name = "Auxo__Radicle__Jobs";

    /// <summary>Reads it.</summary>
    /// <exception cref="FormatException">It is neither <c>auto</c> nor <c>off</c>.</exception>
    public static JobSettings From(IConfiguration configuration) => configuration[Name.Replace("__", ":", StringComparison.Ordinal)] switch
    {
        null or "" or "auto" => new JobSettings(true),
        "off" => new JobSettings(false),
        var other => throw new FormatException($"{Name} is '{other}'; it must be 'auto' or 'off'"),
    };
}
