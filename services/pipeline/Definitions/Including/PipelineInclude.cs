using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;

namespace Auxo.Pipeline.Definitions.Including;

/// <summary>A pipeline file of a repository at one commit: what <c>uses</c> names, and can never become another.</summary>
/// <param name="Rid">The repository.</param>
/// <param name="Commit">The commit.</param>
/// <param name="Path">The file in it, with <c>/</c>.</param>
public sealed partial record PipelineInclude(Rid Rid, CommitId Commit, string Path)
{
    /// <summary>Of one pipeline file.</summary>
    public const int MaxOfOneFile = 20;

    /// <summary>How it is written.</summary>
    public const string Form = "rad:RID@COMMIT#path/to/file.yaml";

    /// <summary>For people.</summary>
    public string Short => $"{Rid}@{Commit.Short}#{Path}";

    /// <summary>As it is written in a file.</summary>
    public override string ToString() => $"{Rid}@{Commit}#{Path}";

    /// <summary>Reads the text of <c>uses</c>.</summary>
    /// <param name="text">It.</param>
    /// <param name="include">What it names.</param>
    /// <param name="wrong">What is wrong with it, and what would be right.</param>
    public static bool TryParse(
        string text, [NotNullWhen(true)] out PipelineInclude? include, [NotNullWhen(false)] out string? wrong)
    {
        include = null;
        if (Parts().Match(text) is not { Success: true } parts
            || !Rid.TryParse(parts.Groups["rid"].Value, provider: null, out var rid) || !rid.IsRadicle)
        {
            wrong = $"'uses' must be {Form}: a file of a Radicle repository at one commit";
            return false;
        }

        var commit = parts.Groups["commit"].Value;
        if (!WholeCommit().IsMatch(commit))
        {
            wrong = "'uses' needs the whole commit, 40 hex digits, since a branch, a tag or a shorter one may come to "
                + "mean another; 'git rev-parse NAME' prints it";
            return false;
        }

        var path = parts.Groups["path"].Value;
        if (!FilePath().IsMatch(path) || path.Split('/').Any(static part => part is "" or "." or ".."))
        {
            wrong = "'uses' needs the path of a YAML file behind '#', from the top of that repository and without "
                + "'..', such as #ci/rust.yaml";
            return false;
        }

        (include, wrong) = (new PipelineInclude(rid, CommitId.Parse(commit), path), null);
        return true;
    }

    private const RegexOptions Linear =
        RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture;

    [GeneratedRegex(@"^(?<rid>rad:[^@#]*)@(?<commit>[^#]*)#(?<path>.*)\z", Linear)]
    private static partial Regex Parts();

    [GeneratedRegex(@"^[0-9a-f]{40}\z", Linear)]
    private static partial Regex WholeCommit();

    [GeneratedRegex(@"^[^\\\p{C}]{1,250}\.ya?ml\z", Linear)]
    private static partial Regex FilePath();
}

/// <summary>What was found of an included file: its text, or why it cannot be had.</summary>
/// <param name="Text">The file.</param>
/// <param name="Problem">Why there is none, and what to do.</param>
public sealed record IncludedFile(string? Text, string? Problem)
{
    /// <summary>It is only not on this machine; on another one it may be right.</summary>
    public bool IsElsewhere { get; init; }
}

/// <summary>The text of an included file, kept with a plan: it can be planned again without its repository.</summary>
/// <param name="Uses">What names it, as it is written.</param>
/// <param name="Text">The file.</param>
public sealed record IncludedText(string Uses, string Text);
