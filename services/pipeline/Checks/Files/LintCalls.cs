using System.Text.RegularExpressions;

namespace Auxo.Pipeline.Checks.Files;

/// <summary>How a repository calls shellcheck itself, in its makefiles and in the files of its CI.</summary>
/// <param name="Shell">The one shell that all of its calls name; null when they name none or several.</param>
internal sealed record LintCalls(string? Shell)
{
    private static readonly Regex Call = new(
        @"shellcheck[^\n]*?[ \t](-s[ \t]*|--shell[= \t])[""']?(?<s>[a-z0-9]+)",
        RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture);

    private static readonly PathPatterns Places = PathPatterns.Of(
        ["Makefile", "makefile", "GNUmakefile", "*.mk", "justfile", ".gitlab-ci.yml", ".travis.yml", ".pre-commit-config.yaml",
            ".auxo/*.yaml", ".github/workflows/*", ".woodpecker/*", ".circleci/*", "package.json"]);

    /// <summary>Reads them.</summary>
    public static async Task<LintCalls> ReadAsync(SourceTree tree, CancellationToken ct)
    {
        var shells = new HashSet<string>(StringComparer.Ordinal);
        foreach (var entry in tree.Entries.Where(static entry => entry.IsFile && Places.Match(entry.Name)))
        {
            if (await tree.ReadDecodedAsync(entry, ct) is not { } text || !text.Contains("shellcheck", StringComparison.Ordinal)) continue;
            foreach (Match call in Call.Matches(text)) shells.Add(call.Groups["s"].Value);
        }

        return new LintCalls(shells.Count == 1 ? shells.Single() : null);
    }
}
