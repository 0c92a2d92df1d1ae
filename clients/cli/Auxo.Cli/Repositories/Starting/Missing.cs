namespace Auxo.Cli.Repositories.Starting;

/// <summary>Which files a repository lacks that it should have.</summary>
internal static class Missing
{
    /// <summary>What stands for a file under another name: another kind of README or licence, owners where forges want them.</summary>
    private static readonly (string File, string[] Others)[] SameAs =
    [
        ("README.md", ["README", "README.*"]),
        ("LICENSE", ["LICENSE.*", "LICENCE", "LICENCE.*", "COPYING", "COPYING.*"]),
        ("CODEOWNERS", [".github/CODEOWNERS", ".gitlab/CODEOWNERS", ".forgejo/CODEOWNERS", ".gitea/CODEOWNERS", "docs/CODEOWNERS"]),
        ("docs/README.md", ["docs/*"]),
        (".auxo/ci.yaml", [".auxo/ci.yml", ".radicle/ci.yaml"]),
    ];

    /// <summary>Those of the files that are not there, under their own name (in whatever case) or another.</summary>
    public static IReadOnlyList<TemplateFile> Of(string folder, IEnumerable<TemplateFile> files)
        => [.. files.Where(file => !IsThere(folder, file.Path) && !IsInTheWay(folder, file.Path))];

    private static bool IsThere(string folder, string path)
        => Matches(folder, path) || SameAs.FirstOrDefault(same => same.File == path).Others?.Any(other => Matches(folder, other)) is true;

    private static bool Matches(string folder, string pattern)
    {
        var place = Path.Combine(folder, Path.GetDirectoryName(pattern) ?? "");
        return Directory.Exists(place) && Directory.EnumerateFileSystemEntries(
            place, Path.GetFileName(pattern),
            new EnumerationOptions { MatchCasing = MatchCasing.CaseInsensitive, AttributesToSkip = FileAttributes.None }).Any();
    }

    /// <summary>A file or a link lies where a folder would have to be.</summary>
    private static bool IsInTheWay(string folder, string path)
    {
        for (var above = Path.GetDirectoryName(path); !string.IsNullOrEmpty(above); above = Path.GetDirectoryName(above))
        {
            var place = new DirectoryInfo(Path.Combine(folder, above));
            if (File.Exists(place.FullName) || place.LinkTarget is not null) return true;
        }

        return false;
    }
}
