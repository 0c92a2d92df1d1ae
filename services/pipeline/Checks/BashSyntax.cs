using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

using Auxo.Pipeline.Checks.Files;

namespace Auxo.Pipeline.Checks;

/// <summary>Check <c>syntax</c>: every script for bash, bats, sh and dash parses (<c>bash -n</c>, <c>sh -n</c>).</summary>
public static partial class BashSyntax
{
    /// <summary>From here on an exit code is bash's own failure: it was killed, or it would not read the file.</summary>
    private const int FirstOwnFailure = 126;

    private const int MostAtOnce = 1000;

    /// <summary>Parses all scripts of the tree that bash understands.</summary>
    public static async Task<CheckReport> RunAsync(SourceTree tree, CheckSettings settings, VerdictCache cache, CancellationToken ct)
    {
        if (ToolProcess.Find("bash") is not { } bash) return CheckReport.Skipped("bash is not installed");
        var shell = await tree.ShellFilesAsync(ct);
        var ignored = PathPatterns.Of(settings.Ignore.GetValueOrDefault("syntax"));
        var files = shell.Files.Where(file => file.Dialect != Dialect.Ksh && tree.IsJudged(file.Entry.Name)
            && !ignored.Match(file.Entry.Name)).ToList();
        var ruling = Shells();
        string Key(ShellFile file) => $"{ruling}{file.Dialect}";
        var fresh = files.Where(file => !cache.TryGet(file.Entry.Oid, Key(file), out _)).ToList();

        var failed = new Dictionary<(string, string), Observation>();
        var answers = new ConcurrentQueue<(ShellFile File, IReadOnlyList<Observation> Seen)>();
        // Equal scripts have one answer, and a command line has an end.
        var asked = Shards([.. fresh.DistinctBy(file => (file.Entry.Oid, Key(file)))], static file => file.SizeBytes)
            .SelectMany(static shard => shard.Chunk(MostAtOnce));
        await Parallel.ForEachAsync(
            asked, new ParallelOptions { MaxDegreeOfParallelism = 2, CancellationToken = ct }, async (part, stop) =>
            {
                foreach (var answer in await AskAsync(tree, shell, bash, part, stop)) answers.Enqueue(answer);
            });
        foreach (var (file, seen) in answers)
        {
            if (seen.FirstOrDefault(observation => observation.Rule == CheckReport.NotJudged) is { } failure)
                failed[(file.Entry.Oid, Key(file))] = failure;
            else cache.Put(file.Entry.Oid, Key(file), seen);
        }

        var observations = files.SelectMany(file
            => cache.TryGet(file.Entry.Oid, Key(file), out var seen) ? seen.Select(o => o with { Path = file.Entry.Name })
                : failed.TryGetValue((file.Entry.Oid, Key(file)), out var failure) ? [failure with { Path = file.Entry.Name }]
                : []).ToList();
        var ksh = shell.Files.Where(file => file.Dialect == Dialect.Ksh).Select(file
            => $"left alone: {PlainText.OneLine(file.Entry.Name)} (written for ksh)");
        return new CheckReport(observations,
            [$"bash -n: {files.Count} scripts, {files.Count - fresh.Count} of them looked at before", .. shell.LeftAlone, .. ksh]);
    }

    /// <summary>What bash's exit code and messages (without the file's name) mean.</summary>
    public static IEnumerable<Observation> Observe(int exitCode, IReadOnlyList<string> messages)
    {
        var failed = exitCode != 0;
        var said = false;
        if (exitCode >= FirstOwnFailure)
        {
            yield return CheckReport.ToolFailed($"bash ended with exit code {exitCode}: {string.Join("; ", messages)}");
            yield break;
        }

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

    /// <summary>The shells that have a say, as they are installed now: a script for sh is its own shell's matter.</summary>
    internal static string Shells()
        => string.Join('|', ((string[])["bash", "sh", "dash"])
            .Select(static name => ToolProcess.Find(name) is { } path ? VerdictCache.Ruling(path) : $"no {name}"));

    /// <summary>
    /// True when what bash and shellcheck do not parse need not be wrong: the script's own shell parses it, or it is for ksh,
    /// which is not asked.
    /// </summary>
    internal static async Task<bool> IsForeignAsync(ShellFiles shell, ShellFile file, CancellationToken ct)
    {
        if (file.Dialect == Dialect.Ksh) return true;
        if (file.Dialect is not (Dialect.Sh or Dialect.Dash) || ToolProcess.Find("bash") is not { } bash) return false;
        if (await shell.PlaceAsync(file.Entry, ct) is not { } name) return false;
        async Task<int?> CodeAsync(string parser)
            => (await ShellParser.AskAsync(bash, parser, [name], shell.Folder, ct)).GetValueOrDefault(name)?.Code;
        return await CodeAsync(ShellParser.Bash) is not 0 && OwnShell(file) is { } own && await CodeAsync(own) is 0;
    }

    /// <summary>True when bash parses the script, with or without its extended patterns.</summary>
    internal static async Task<bool> IsParsedAsync(ShellFiles shell, ShellFile file, CancellationToken ct)
    {
        if (file.Dialect != Dialect.Bash || ToolProcess.Find("bash") is not { } bash) return false;
        if (await shell.PlaceAsync(file.Entry, ct) is not { } name) return false;
        foreach (var parser in (string[])[ShellParser.Bash, ShellParser.BashWithExtglob])
        {
            if ((await ShellParser.AskAsync(bash, parser, [name], shell.Folder, ct)).GetValueOrDefault(name) is { Code: 0 }) return true;
        }

        return false;
    }

    /// <summary>Two halves of about the same size: this machine's cores, without crowding out the steps.</summary>
    internal static IEnumerable<IReadOnlyList<T>> Shards<T>(IReadOnlyList<T> files, Func<T, int> size)
    {
        if (files.Count == 0) return [];
        if (files.Count < 4) return [files];
        var bySize = files.OrderByDescending(size).ToList();
        return [[.. bySize.Where((_, i) => i % 2 == 0)], [.. bySize.Where((_, i) => i % 2 == 1)]];
    }

    /// <summary>
    /// Asks bash of all, and of those that it refuses a second time as they would be run: a script for sh its own shell, every
    /// other with the extended patterns that it may switch on.
    /// </summary>
    private static async Task<List<(ShellFile File, IReadOnlyList<Observation> Seen)>> AskAsync(
        SourceTree tree, ShellFiles shell, string bash, ShellFile[] files, CancellationToken ct)
    {
        var names = new List<string>(files.Length);
        foreach (var file in files) names.Add(await PlaceAsync(tree, shell, file, ct));
        var answers = await ShellParser.AskAsync(bash, ShellParser.Bash, names, shell.Folder, ct);
        foreach (var again in files.Zip(names).Where(pair => answers.GetValueOrDefault(pair.Second) is { Code: > 0 and < FirstOwnFailure })
            .GroupBy(pair => OwnShell(pair.First)).Where(group => group.Key is not null).ToList())
        {
            var second = await ShellParser.AskAsync(bash, again.Key!, [.. again.Select(pair => pair.Second)], shell.Folder, ct);
            foreach (var (name, answer) in second)
            {
                // sh words its errors in its own way, so bash's are kept; with extended patterns they are nearer to the mistake.
                if (answer.Code == 0 || again.Key == ShellParser.BashWithExtglob) answers[name] = answer;
            }
        }

        return [.. files.Zip(names, (file, name) => (file, Seen(answers.GetValueOrDefault(name))))];

        static IReadOnlyList<Observation> Seen(ParserAnswer? answer)
            => answer is null ? [CheckReport.ToolFailed("bash did not answer")] : [.. Observe(answer.Code, answer.Messages)];
    }

    /// <summary>How the script would be run where bash as it starts does not parse it; null when just so.</summary>
    private static string? OwnShell(ShellFile file)
        => file.Dialect switch
        {
            Dialect.Dash when ToolProcess.Find("dash") is not null => "dash -n",
            Dialect.Dash or Dialect.Sh => "sh -n",
            _ => file.MayHaveExtglob ? ShellParser.BashWithExtglob : null,
        };

    /// <summary>Writes the file out; a bats file as bats itself rewrites it, line by line.</summary>
    private static async Task<string> PlaceAsync(SourceTree tree, ShellFiles shell, ShellFile file, CancellationToken ct)
    {
        if (file.Dialect != Dialect.Bats) return await shell.PlaceAsync(file.Entry, ct) ?? "gone";
        var text = await tree.ReadTextAsync(file.Entry, ct) is { } content ? Encoding.Latin1.GetString(content.Span) : "";
        return await shell.PlaceOddAsync(".bash", Encoding.Latin1.GetBytes(BatsTest().Replace(text, "bats_test() {${rest}")), ct);
    }

    [GeneratedRegex(@"^[ \t]*@test[ \t]+.*[^ \t][ \t]+\{(?<rest>.*)$", RegexOptions.Multiline | RegexOptions.NonBacktracking)]
    private static partial Regex BatsTest();
}
