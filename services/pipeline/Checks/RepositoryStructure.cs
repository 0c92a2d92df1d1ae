using Auxo.Pipeline.Checks.Files;

namespace Auxo.Pipeline.Checks;

/// <summary>
/// Check <c>structure</c>: the files and folders a repository of this team has, and those that no repository should have.
/// </summary>
public static class RepositoryStructure
{
    private static readonly PathPatterns Unwanted = PathPatterns.Of(
        [".DS_Store", "Thumbs.db", "*.swp", "node_modules/", "__pycache__/", "*.pyc"]);

    /// <summary>Compares the tree with <see cref="CheckSettings.Required"/>.</summary>
    public static CheckReport Run(SourceTree tree, CheckSettings settings)
    {
        var observations = settings.Required.Where(wanted => !wanted.Split('|').Any(choice => Has(tree, choice)))
            .Select(wanted
                => new Observation("missing", Severity.Low, null, null,
                    $"there is no {PlainText.OneLine(wanted.Replace("|", " or ", StringComparison.Ordinal), 100)}"))
            .ToList();
        var ignored = PathPatterns.Of(settings.Ignore.GetValueOrDefault("structure"));
        var litter = tree.Entries.Where(entry => Unwanted.Match(entry.Name) && !ignored.Match(entry.Name)).ToList();
        observations.AddRange(litter.Take(20).Select(
            entry => new Observation("unwanted", Severity.Low, entry.Name, null, "belongs into .gitignore, not into the repository")));
        return new CheckReport(
            observations, [$"required: {string.Join(", ", settings.Required)}", $"{litter.Count} files that should not be tracked"]);
    }

    private static bool Has(SourceTree tree, string wanted)
    {
        if (wanted.StartsWith("./", StringComparison.Ordinal)) wanted = wanted[2..];
        if (wanted.EndsWith('/')) return tree.Paths.Contains(wanted[..^1]) && tree.Entries.All(entry => entry.Name != wanted[..^1]);
        return wanted.EndsWith('*')
            ? tree.Entries.Any(entry => !entry.Name.Contains('/', StringComparison.Ordinal)
                && entry.Name.StartsWith(wanted[..^1], StringComparison.OrdinalIgnoreCase))
            : tree.Paths.Contains(wanted);
    }
}
