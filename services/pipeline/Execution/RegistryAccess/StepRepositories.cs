using System.Text.RegularExpressions;

namespace Auxo.Pipeline.Execution.RegistryAccess;

/// <summary>A repository of the registry that package programs in steps are set up for.</summary>
/// <param name="Format">One of <see cref="StepRepositories.Formats"/>.</param>
/// <param name="Name">As the registry calls it; with <c>@2026-08-01</c> behind it, as it stood on that day.</param>
public sealed record StepRepository(string Format, string Name);

/// <summary>
/// What steps have of the registry, as the operator says it: the pipeline asks no other service what there is.
/// </summary>
/// <param name="Reads">What package programs are set up for; empty for none, and then steps hear nothing of a registry.</param>
/// <param name="Writes">The names of the repositories that builds of trusted authors may write to.</param>
public sealed partial record StepRepositories(IReadOnlyList<StepRepository> Reads, IReadOnlyList<string> Writes)
{
    /// <summary>The formats of the registry. For <c>raw</c> and <c>oci</c> no program is set up, but the way is there.</summary>
    public static readonly IReadOnlyList<string> Formats = ["npm", "nuget", "oci", "pypi", "raw"];

    /// <summary>No registry.</summary>
    public static readonly StepRepositories None = new([], []);

    /// <summary>True when steps are given a way to the registry.</summary>
    public bool AreGiven => Reads.Count > 0;

    /// <summary>Reads <c>Auxo:Steps:Registry</c> (<c>npm,pypi:python</c>) and <c>Auxo:Steps:RegistryWrite</c> (<c>npm,oci</c>).</summary>
    /// <exception cref="FormatException">A word makes no sense; the message names the key and says what may stand there.</exception>
    public static StepRepositories From(IConfigurationSection steps)
    {
        var reads = Words(steps["Registry"]).Select(static word =>
        {
            var colon = word.IndexOf(':', StringComparison.Ordinal);
            var (format, name) = colon < 0 ? (word, word) : (word[..colon], word[(colon + 1)..]);
            return Formats.Contains(format, StringComparer.Ordinal) && NameAt().IsMatch(name)
                ? new StepRepository(format, name)
                : throw new FormatException(
                    $"Auxo:Steps:Registry has '{word}'; write FORMAT or FORMAT:REPOSITORY, with commas between them, such as "
                    + $"'npm,pypi:python'. Formats: {string.Join(", ", Formats)}.");
        }).ToList();
        if (reads.GroupBy(static read => read.Format).FirstOrDefault(static group => group.Count() > 1) is { Key: var twice })
            throw new FormatException($"Auxo:Steps:Registry has two repositories for {twice}; a program is set up for one.");
        var writes = Words(steps["RegistryWrite"]).Distinct(StringComparer.Ordinal).ToList();
        if (writes.Find(static name => !Name().IsMatch(name)) is { } wrong)
            throw new FormatException(
                $"Auxo:Steps:RegistryWrite has '{wrong}'; write names of repositories, with commas between them.");
        if (writes.Count > 0 && reads.Count == 0)
            throw new FormatException("Auxo:Steps:RegistryWrite needs Auxo:Steps:Registry: else steps have no way to the registry.");
        return new StepRepositories(reads, writes);
    }

    private static string[] Words(string? text)
        => (text ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    [GeneratedRegex("^[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?\\z", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Name();

    [GeneratedRegex(
        "^[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?(?:@[0-9]{4}-[0-9]{2}-[0-9]{2}(?:T[0-9]{6}Z)?)?\\z",
        RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex NameAt();
}
