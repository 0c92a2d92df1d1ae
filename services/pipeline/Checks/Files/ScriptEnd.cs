using System.Text;
using System.Text.RegularExpressions;

namespace Auxo.Pipeline.Checks.Files;

/// <summary>
/// Where a script ends for its shell: at a plain <c>exit</c> or <c>exec</c> outside of everything. What follows is data
/// (an archive, a program in another language) that no shell ever reads, and no check of shells may judge.
/// </summary>
internal static class ScriptEnd
{
    private const int MostCandidates = 10;

    private static readonly Regex Ending = new(
        @"^(?:[^\s#].*;[ \t]*)?(?:exit(?:[ \t]+[^;&|()]*)?[ \t]*;?[ \t]*|(?:eval[ \t]+')?exec[ \t]+[""'$/A-Za-z_-].*[^&])\r?$",
        RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture);

    /// <summary>The content up to such an end; all of it when it parses as a whole or when no part of it does.</summary>
    /// <param name="content">The script.</param>
    /// <param name="folder">A folder of its own for what is tried.</param>
    /// <param name="ct">Stops it.</param>
    public static async Task<ReadOnlyMemory<byte>> CutAsync(ReadOnlyMemory<byte> content, string folder, CancellationToken ct)
    {
        var ends = Candidates(content.Span);
        if (ends.Count == 0 || ToolProcess.Find("bash") is not { } bash) return content;
        Directory.CreateDirectory(folder);
        for (var i = 0; i <= ends.Count; i++)
        {
            await using var file = File.Create(Path.Combine(folder, $"{i}"));
            await file.WriteAsync(i == 0 ? content : content[..ends[i - 1]], ct);
        }

        var names = Enumerable.Range(0, ends.Count + 1).Select(i => $"{i}").ToList();
        var plain = await ShellParser.AskAsync(bash, ShellParser.Bash, names, folder, ct);
        var extended = await ShellParser.AskAsync(bash, ShellParser.BashWithExtglob, names, folder, ct);
        var answers = plain.Values.Zip(extended.Values, (a, b) => a.IsClean || b.IsClean).ToList();
        // A head that ends inside of a function, a condition or a text does not parse by itself.
        var first = answers.Count == names.Count && !answers[0] ? answers.FindIndex(1, clean => clean) : -1;
        return first < 0 ? content : content[..ends[first - 1]];
    }

    /// <summary>Behind which lines the script may end, when more than blank lines follows.</summary>
    private static List<int> Candidates(ReadOnlySpan<byte> content)
    {
        var found = new List<int>();
        for (var start = 0; start < content.Length && found.Count < MostCandidates;)
        {
            var length = content[start..].IndexOf((byte)'\n');
            if (length < 0) break;
            var line = content.Slice(start, length);
            start += length + 1;
            if (line.Length > 400 || line.IndexOf("exit"u8) < 0 && line.IndexOf("exec"u8) < 0) continue;
            if (Ending.IsMatch(Encoding.Latin1.GetString(line)) && content[start..].IndexOfAnyExcept(" \t\r\n"u8) >= 0) found.Add(start);
        }

        return found;
    }
}
