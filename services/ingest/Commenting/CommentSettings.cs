namespace Auxo.Ingest.Commenting;

/// <summary>What a verdict writes beside its comment.</summary>
/// <param name="AtLines">Findings also stand at the lines that the patch changes.</param>
public sealed record CommentSettings(bool AtLines)
{
    /// <summary>The setting's name.</summary>
    public const string Name = "Auxo__Radicle__Remarks";

    /// <summary>Reads it.</summary>
    /// <exception cref="FormatException">It is neither <c>on</c> nor <c>off</c>.</exception>
    public static CommentSettings From(IConfiguration configuration)
        => configuration[Name.Replace("__", ":", StringComparison.Ordinal)] switch
        {
            null or "" or "on" => new CommentSettings(AtLines: true),
            "off" => new CommentSettings(AtLines: false),
            var other => throw new FormatException($"{Name} is '{other}'; it must be 'on' or 'off'"),
        };
}
