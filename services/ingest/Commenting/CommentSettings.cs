using Auxo.Contracts;

namespace Auxo.Ingest.Commenting;

/// <summary>What is written on patches.</summary>
/// <param name="AtLines">Findings also stand at the lines that the patch changes, beside the verdict's comment.</param>
/// <param name="Only">The repositories whose patches get comments at all; null for all of them.</param>
public sealed record CommentSettings(bool AtLines, IReadOnlySet<Rid>? Only = null)
{
    /// <summary>The setting's name.</summary>
    public const string Name = "Auxo__Radicle__Remarks";

    /// <summary>The name of the setting that says where comments are written.</summary>
    public const string CommentsName = "Auxo__Radicle__Comments";

    /// <summary>Whether a repository's patches get comments.</summary>
    public bool IsOn(Rid rid) => Only?.Contains(rid) != false;

    /// <summary>Reads it.</summary>
    /// <exception cref="FormatException">It is none of the words that it may be.</exception>
    public static CommentSettings From(IConfiguration configuration)
        => new(
            Value(configuration, Name) switch
            {
                "" or "on" => true,
                "off" => false,
                var other => throw new FormatException($"{Name} is '{other}'; it must be 'on' or 'off'"),
            },
            Value(configuration, CommentsName) switch
            {
                "" or "on" => null,
                "off" => new HashSet<Rid>(),
                var list => list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
                    .Select(static text => Rid.TryParse(text, provider: null, out var rid) ? rid : throw new FormatException(
                        $"{CommentsName} has '{text}'; it must be 'on', 'off', or ids of repositories, separated by commas")).ToHashSet(),
            });

    private static string Value(IConfiguration configuration, string name)
        => configuration[name.Replace("__", ":", StringComparison.Ordinal)]?.Trim() ?? "";
}
