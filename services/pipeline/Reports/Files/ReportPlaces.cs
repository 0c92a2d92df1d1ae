using System.IO.Enumeration;

namespace Auxo.Pipeline.Reports.Files;

/// <summary>
/// Where today's tools write their reports, for a step that names none. The same table stands in <c>docs/coverage.md</c>.
/// </summary>
public static class ReportPlaces
{
    private const int MaxFiles = 500;
    private const int MaxEntries = 500_000;
    private const int MaxDepth = 16;

    /// <summary>A name is looked for in every folder; one with a folder before it only in folders of that name, or below them.</summary>
    public static readonly IReadOnlyList<string> Patterns =
    [
        // Tests.
        "junit*.xml", "*junit.xml", "xunit*.xml", "TEST-*.xml", "TestResult.xml", "test-results.xml", "test-report.xml", "report.xml",
        "results.xml", "*.trx", "*.ctrf.json", "ctrf-report.json", "*.tap", ".vitest/**/output.xml", "test-results/**/*.xml",
        "TestResults/**/*.xml", "TestResults/**/*.xunit", "results/**/*.xml",
        // Coverage.
        "lcov.info", "coverage.info", "coverage.lcov", "*.coverprofile", "cover.out", "coverage.out", "coverage.xml", "cobertura*.xml",
        "*cobertura.xml", "clover.xml", "coverage-final.json", "coverage-summary.json", "jacoco/**/jacoco*.xml", "coverage.json",
        // Findings.
        "*.sarif", "*.sarif.json", "*.rdjson", "checkstyle*.xml", "gl-*-report.json", "gitleaks-report.json", "semgrep.json",
        "semgrep-results.json", "trivy.json", "trivy-results.json", "bandit.json", "eslint-report.json", "shellcheck.json",
    ];

    /// <summary>What others wrote, and what is no work of this step.</summary>
    private static readonly HashSet<string> Skipped = new(StringComparer.Ordinal)
    {
        ".git", "node_modules", ".venv", "venv", "site-packages", "vendor", "bower_components", ".cargo", ".gradle", ".m2", ".nuget",
        "__pycache__", "obj",
    };

    private static readonly (string? Folder, bool Below, string Name)[] Split =
    [
        .. Patterns.Select(static pattern => pattern.Split('/') switch
        {
            [var name] => ((string?)null, false, name),
            [var folder, "**", var name] => (folder, true, name),
            [var folder, var name] => (folder, false, name),
            _ => throw new System.Diagnostics.UnreachableException(pattern),
        }),
    ];

    /// <summary>Most files of a workspace have none of these, and are asked nothing more.</summary>
    private static readonly HashSet<string> Endings = 
        Patterns.Select(static pattern => Path.GetExtension(pattern)!).ToHashSet(StringComparer.Ordinal);

    /// <summary>The files below a folder that may be reports, by their relative paths. Links are never followed.</summary>
    public static IReadOnlyList<string> Find(string workspace)
    {
        var entries = 0;
        var files = new FileSystemEnumerable<string>(
            workspace, (ref FileSystemEntry entry) => Path.GetRelativePath(workspace, entry.ToFullPath()), new EnumerationOptions
            {
                RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint, IgnoreInaccessible = true,
                MaxRecursionDepth = MaxDepth,
            })
        {
            ShouldIncludePredicate = (ref FileSystemEntry entry) => ++entries < MaxEntries && !entry.IsDirectory && Matches(ref entry),
            ShouldRecursePredicate = (ref FileSystemEntry entry) => entries < MaxEntries && !IsSkipped(entry.FileName),
        };
        return [.. files.Take(MaxFiles).Order(StringComparer.Ordinal)];
    }

    /// <summary>True for a folder of what others wrote.</summary>
    internal static bool IsSkipped(ReadOnlySpan<char> name) => Skipped.GetAlternateLookup<ReadOnlySpan<char>>().Contains(name);

    private static bool Matches(ref FileSystemEntry entry)
    {
        if (!Endings.GetAlternateLookup<ReadOnlySpan<char>>().Contains(Path.GetExtension(entry.FileName))) return false;
        foreach (var (folder, below, name) in Split)
        {
            if (!FileSystemName.MatchesSimpleExpression(name, entry.FileName, ignoreCase: false)) continue;
            if (folder is null) return true;
            var inside = entry.Directory[entry.RootDirectory.Length..];
            if (below ? Has(inside, folder) : Path.GetFileName(inside).SequenceEqual(folder)) return true;
        }

        return false;
    }

    private static bool Has(ReadOnlySpan<char> folders, string name)
    {
        foreach (var part in folders.Split('/'))
        {
            if (folders[part].SequenceEqual(name)) return true;
        }

        return false;
    }
}
