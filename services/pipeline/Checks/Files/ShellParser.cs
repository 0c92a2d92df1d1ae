using System.Globalization;

namespace Auxo.Pipeline.Checks.Files;

/// <summary>What a shell said of one file that it parsed.</summary>
/// <param name="Code">Its exit code; 0 when the file parses.</param>
/// <param name="Messages">Its lines, without the file's name.</param>
internal sealed record ParserAnswer(int Code, IReadOnlyList<string> Messages)
{
    /// <summary>True when it parses and there is nothing to say, not even of a here-document without its end.</summary>
    public bool IsClean => Code == 0 && Messages.Count == 0;
}

/// <summary>Has shells parse files, without running anything of them.</summary>
internal static class ShellParser
{
    /// <summary>bash as it starts.</summary>
    public const string Bash = "bash --norc -n --";

    /// <summary>bash as it is after <c>shopt -s extglob</c>, which parsing alone does not obey.</summary>
    public const string BashWithExtglob = "bash --norc -O extglob -n --";

    /// <summary>
    /// One bash starts the others: a fork from a small process costs 2 ms a file, one from here more. Its answer is what was
    /// said, a zero byte, the exit code and a zero byte, file by file.
    /// </summary>
    private const string Driver = """shell=$1; shift; for f do $shell "$f" 2>&1; printf '\0%s\0' "$?"; done""";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    /// <summary>Asks a shell of many files.</summary>
    /// <param name="bash">The path of bash, which starts the shell.</param>
    /// <param name="shell">The shell with its options, such as <see cref="Bash"/>.</param>
    /// <param name="names">Paths of the files as seen from <paramref name="folder"/>.</param>
    /// <param name="folder">Where it runs.</param>
    /// <param name="ct">Stops it.</param>
    /// <returns>The answers in the order of the names; those it never came to are missing.</returns>
    public static async Task<Dictionary<string, ParserAnswer>> AskAsync(
        string bash, string shell, IReadOnlyList<string> names, string folder, CancellationToken ct)
    {
        var answers = new Dictionary<string, ParserAnswer>(StringComparer.Ordinal);
        if (names.Count == 0) return answers;
        var exit = await ToolProcess.RunAsync(
            bash, ["--norc", "--noprofile", "-c", Driver, "auxo", shell, .. names.Select(name => $"./{name}")], folder, Limit, ct);
        var parts = exit.Output.Split('\0');
        for (var i = 0; i < names.Count && i * 2 + 1 < parts.Length; i++)
        {
            if (!int.TryParse(parts[i * 2 + 1], CultureInfo.InvariantCulture, out var code)) break;
            var prefix = $"./{names[i]}:";
            answers[names[i]] = new ParserAnswer(code,
                [.. parts[i * 2].Split('\n', StringSplitOptions.RemoveEmptyEntries)
                    .Select(line => line.StartsWith(prefix, StringComparison.Ordinal) ? line[prefix.Length..] : line)]);
        }

        return answers;
    }
}
