using System.Globalization;

using Auxo.Pipeline.Checks.Files;

namespace Auxo.Pipeline.Checks;

/// <summary>Check <c>syntax</c>: every shell script parses (<c>bash -n</c>).</summary>
public static class BashSyntax
{
    /// <summary>
    /// One bash starts the others: a fork from a small process costs 2 ms a file, one from here more. Its answer is a line per
    /// file with the exit code.
    /// </summary>
    private const string Driver = """for f do bash --norc -n -- "$f"; echo "$f $?"; done""";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    /// <summary>Parses all shell scripts of the tree.</summary>
    public static async Task<CheckReport> RunAsync(SourceTree tree, CheckSettings settings, VerdictCache cache, CancellationToken ct)
    {
        if (ToolProcess.Find("bash") is not { } bash) return CheckReport.Skipped("bash is not installed");
        var shell = await tree.ShellFilesAsync(ct);
        var ignored = PathPatterns.Of(settings.Ignore.GetValueOrDefault("syntax"));
        var files = shell.Files.Where(file => !ignored.Match(file.Entry.Name)).ToList();
        var ruling = VerdictCache.Ruling(bash);
        var fresh = files.Where(file => !cache.TryGet(file.Entry.Oid, ruling, out _)).ToList();

        var exits = await Task.WhenAll(Shards(fresh).Select(shard
            => ToolProcess.RunAsync(
                bash, ["--norc", "--noprofile", "-c", Driver, "auxo", .. shard.Select(file => file.FileName)], shell.Folder, Limit, ct)));
        var answered = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var line in exits.SelectMany(exit => exit.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)))
        {
            if (line.IndexOf(' ') is > 0 and var space
                && int.TryParse(line.AsSpan(space + 1), CultureInfo.InvariantCulture, out var code)) answered[line[..space]] = code;
        }

        var messages = exits.SelectMany(exit => exit.Errors.Split('\n')).ToLookup(line => line.Split(':', 2)[0], StringComparer.Ordinal);
        foreach (var file in fresh)
        {
            if (!answered.TryGetValue(file.FileName, out var code)) return CheckReport.Errored(
                $"bash did not answer for {PlainText.OneLine(file.Entry.Name)}");
            cache.Put(file.Entry.Oid, ruling,
                [.. Observe(code, [.. messages[file.FileName].Select(line => line[(file.FileName.Length + 1)..])])]);
        }

        var observations = files.SelectMany(file
            => cache.TryGet(file.Entry.Oid, ruling, out var seen) ? seen.Select(o => o with { Path = file.Entry.Name }) : []).ToList();
        return new CheckReport(observations, [$"bash -n: {files.Count} scripts, {files.Count - fresh.Count} of them known from before"]);
    }

    /// <summary>What bash's exit code and messages (without the file's name) mean.</summary>
    public static IEnumerable<Observation> Observe(int exitCode, IReadOnlyList<string> messages)
    {
        var failed = exitCode != 0;
        var said = false;
        foreach (var message in messages)
        {
            // " line 4: syntax error …"; the line that follows quotes the source between ` and ' and adds nothing.
            var rest = message.AsSpan().Trim();
            int? line = null;
            if (rest.StartsWith("line ", StringComparison.Ordinal) && rest.IndexOf(':') is > 5 and var colon
                && int.TryParse(rest[5..colon], CultureInfo.InvariantCulture, out var number))
            {
                line = number;
                rest = rest[(colon + 1)..].Trim();
            }

            if (rest.IsEmpty || rest[0] == '`') continue;
            said = true;
            yield return failed && !rest.StartsWith("warning:", StringComparison.Ordinal)
                ? new Observation("parse-error", Severity.High, null, line, PlainText.OneLine(rest.ToString()))
                : new Observation("parse-warning", Severity.Low, null, line, PlainText.OneLine(rest.ToString()), Level: "warning");
        }

        if (failed && !said) yield return new Observation(
            "parse-error", Severity.High, null, null, $"bash -n ended with exit code {exitCode}");
    }

    /// <summary>Two halves of about the same size: this machine's cores, without crowding out the steps.</summary>
    internal static IEnumerable<IReadOnlyList<ShellFile>> Shards(IReadOnlyList<ShellFile> files)
    {
        if (files.Count == 0) return [];
        if (files.Count < 4) return [files];
        var bySize = files.OrderByDescending(file => file.SizeBytes).ToList();
        return [[.. bySize.Where((_, i) => i % 2 == 0)], [.. bySize.Where((_, i) => i % 2 == 1)]];
    }
}
