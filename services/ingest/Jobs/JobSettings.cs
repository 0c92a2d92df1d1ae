namespace Auxo.Ingest.Jobs;

/// <summary>Whether the ends of builds are written as jobs of Radicle.</summary>
/// <param name="AreWanted">They are, where the key can be read: then no other writer is in the way.</param>
/// <param name="ByProgram">
/// Also where the key has a passphrase, by <c>rad-job</c>. Radicle's programs do not wait for each other, so a push of the same key at the
/// same moment may be refused.
/// </param>
public sealed record JobSettings(bool AreWanted, bool ByProgram)
{
    /// <summary>The setting's name.</summary>
    public const string Name = "Auxo__Radicle__Jobs";

    /// <summary>Reads it.</summary>
    /// <exception cref="FormatException">It is none of <c>auto</c>, <c>on</c> and <c>off</c>.</exception>
    public static JobSettings From(IConfiguration configuration) => Parse(configuration[Name.Replace("__", ":", StringComparison.Ordinal)]);

    /// <summary>Understands its value.</summary>
    /// <inheritdoc cref="From"/>
    public static JobSettings Parse(string? value) => value switch
    {
        null or "" or "auto" => new JobSettings(AreWanted: true, ByProgram: false),
        "on" => new JobSettings(AreWanted: true, ByProgram: true),
        "off" => new JobSettings(AreWanted: false, ByProgram: false),
        var other => throw new FormatException($"{Name} is '{other}'; it must be 'auto', 'on' or 'off'"),
    };
}
