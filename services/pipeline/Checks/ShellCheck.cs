using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;

using Auxo.Pipeline.Checks.Files;

namespace Auxo.Pipeline.Checks;

/// <summary>
/// Check <c>shellcheck</c>: errors block, the rest warns; many files in one process, which costs a fifth of a process each.
/// </summary>
public static partial class ShellCheck
{
    /// <summary>Files outside of the repository are not followed (they would be read from this machine); that is no news.</summary>
    private const string NotFollowed = "SC1090,SC1091";

    /// <summary>A script whose first line names no shell that shellcheck knows is judged as bash; no error, for it may be right.</summary>
    private static readonly int[] UnknownShell = [1008, 1071, 2148];

    /// <summary>What is wrong with a first line, which nobody reads where the file is not executable.</summary>
    private static readonly int[] FirstLine = [1128, 2239];

    /// <summary>Lints all shell scripts of the tree.</summary>
    public static Task<CheckReport> RunAsync(SourceTree tree, CheckSettings settings, VerdictCache cache, CancellationToken ct)
        => ToolProcess.Find("shellcheck") is { } shellcheck
            ? RunAsync(tree, settings, cache, shellcheck, ct)
            : Task.FromResult(CheckReport.Skipped("shellcheck is not installed"));

    /// <summary>Lints with that program.</summary>
    internal static async Task<CheckReport> RunAsync(
        SourceTree tree, CheckSettings settings, VerdictCache cache, string shellcheck, CancellationToken ct,
        Func<int, int, TimeSpan>? limit = null)
    {
        var shell = await tree.ShellFilesAsync(ct);
        var ignored = PathPatterns.Of(settings.Ignore.GetValueOrDefault("shellcheck"));
        var files = shell.Files.Where(file => tree.IsJudged(file.Entry.Name) && !ignored.Match(file.Entry.Name)).ToList();
        var rcs = await RcsAsync(tree, ct);
        var ruling = VerdictCache.Ruling(shellcheck, BashSyntax.Shells());
        var asked = new List<Question>();
        foreach (var file in files)
        {
            var sourced = await shell.SourcedAsync(file, ct);
            asked.Add(new Question(file, Key(ruling, file, RcOf(file.Entry.Name, rcs), sourced), sourced));
        }

        var fresh = asked.Where(question => !cache.TryGet(question.File.Entry.Oid, question.Key, out _)).ToList();
        // Equal scripts in equal surroundings have one answer.
        var distinct = fresh.DistinctBy(static question => (question.File.Entry.Oid, question.Key)).ToList();
        var failed = new List<Failure>();
        if (fresh.Count > 0)
        {
            foreach (var (path, text) in rcs) await shell.PlaceTextAsync(path, text, ct);
            // Without one at the top, shellcheck would look for another in the folders above.
            if (!rcs.Keys.Any(path => path is ".shellcheckrc" or "shellcheckrc")) await shell.PlaceTextAsync(".shellcheckrc", "", ct);
            // shellcheck reads in whatever it is asked about beside a script, so what is too large for that is asked by itself.
            var parts = distinct.ToLookup(static question => question.File.SizeBytes > ShellFiles.MostFollowedBytes);
            var shards = BashSyntax.Shards([.. parts[false]], static question => question.File.SizeBytes)
                .SelectMany(static shard => shard.Chunk(1000));
            var lints = parts[true].Select(static large => (Question[])[large]).Concat(shards)
                .Select(shard => new Lint(shellcheck, shell, cache, shard, limit ?? Limit)).ToList();
            await Parallel.ForEachAsync(
                lints, new ParallelOptions { MaxDegreeOfParallelism = 2, CancellationToken = ct },
                static async (lint, stop) => await lint.RunAsync(stop));
            failed.AddRange(lints.SelectMany(lint => lint.Failed));
            // One file is that file's matter; all of several are shellcheck's.
            if (failed.Count == distinct.Count && failed.Count > 1) return CheckReport.Errored(failed[0].Words);
            // A push that does not touch the file need not wait for it in vain once more.
            foreach (var late in failed.Where(static failure => failure.TookTooLong))
                cache.Put(late.Question.File.Entry.Oid, late.Question.Key, [CheckReport.ToolFailed(late.Words)]);
        }

        var observations = asked.SelectMany(question
            => cache.TryGet(question.File.Entry.Oid, question.Key, out var seen)
                ? seen.Select(o => o with { Path = question.File.Entry.Name })
                : failed.Where(failure => failure.Question.IsLike(question))
                    .Select(failure => CheckReport.ToolFailed(failure.Words) with { Path = question.File.Entry.Name })).ToList();
        return new CheckReport(observations,
            [$"shellcheck: {files.Count} scripts, {files.Count - fresh.Count} of them looked at before", .. shell.LeftAlone]);
    }

    /// <summary>
    /// How much processor time it may use: for a script of 5,000 lines it needs 20 s, for one of 8,000 twice that.
    /// </summary>
    internal static TimeSpan Limit(int files, int bytes) => TimeSpan.FromSeconds(20 + files / 2 + (bytes >> 12));

    /// <summary>
    /// Reads what shellcheck printed. An empty list is a success only with exit code 0: with 2 (a file could not be read), 3
    /// and 4 (bad call) it prints an empty list too.
    /// </summary>
    /// <returns>What is wrong with the run, or null.</returns>
    public static string? Read(ToolExit exit, out IReadOnlyList<ShellCheckComment> comments)
    {
        comments = [];
        if (exit.Code is not (0 or 1)) return $"shellcheck ended with exit code {exit.Code}: {PlainText.OneLine(exit.Errors)}";
        try
        {
            comments = JsonSerializer.Deserialize(exit.Output, ShellCheckJson.Default.ShellCheckOutput)?.Comments ?? [];
        }
        catch (JsonException e)
        {
            var words = exit.Errors.Length > 0 ? exit.Errors : e.Message;
            return $"shellcheck printed something else than its JSON: {PlainText.OneLine(words)}";
        }

        return exit.Code == 1 && comments.Count == 0 ? "shellcheck said that it found something and then named nothing" : null;
    }

    /// <summary>
    /// All that decides the answer: the tool, the content, its name (the dialect where there is no first line), its settings and
    /// what it reads in.
    /// </summary>
    private static string Key(string ruling, ShellFile file, string rc, IReadOnlyList<GitTreeEntry> sourced)
    {
        var key = $"{ruling}{ScriptLanguage.Extension(file.Entry.Name)}|{file.Entry.IsExecutable}|{rc}";
        if (sourced.Count == 0) return key;
        var around = $"{file.Entry.Name}\n{string.Join('\n', sourced.Select(entry => $"{entry.Oid} {entry.Name}"))}";
        return $"{key}|{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(around)))}";
    }

    private static Observation Observe(ShellCheckComment comment, bool isExecutable)
    {
        var isHarmless = UnknownShell.Contains(comment.Code) || !isExecutable && FirstLine.Contains(comment.Code);
        var level = isHarmless ? "warning" : comment.Level;
        return new(
            $"SC{comment.Code}",
            level switch { "error" => Severity.High, "warning" => Severity.Medium, "info" => Severity.Low, _ => Severity.Info },
            null, comment.Line, PlainText.OneLine(comment.Message), level);
    }

    /// <summary>
    /// The repository's own settings in all folders. <c>external-sources</c> is taken out: it would read files of this machine.
    /// </summary>
    private static async Task<Dictionary<string, string>> RcsAsync(SourceTree tree, CancellationToken ct)
    {
        var found = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var entry in tree.Named(".shellcheckrc").Concat(tree.Named("shellcheckrc")))
        {
            if (await tree.ReadDecodedAsync(entry, ct) is { } text)
                found[entry.Name] = ExternalSources().Replace(text.Replace("\r\n", "\n", StringComparison.Ordinal), "");
        }

        return found;
    }

    /// <summary>The settings that shellcheck finds for a file: the nearest in its folder and those above.</summary>
    private static string RcOf(string path, Dictionary<string, string> rcs)
    {
        if (rcs.Count == 0) return "";
        for (var folder = path; folder.Length > 0;)
        {
            folder = folder.LastIndexOf('/') is >= 0 and var slash ? folder[..slash] : "";
            var prefix = folder.Length == 0 ? "" : folder + "/";
            if (rcs.TryGetValue(prefix + ".shellcheckrc", out var rc) || rcs.TryGetValue(prefix + "shellcheckrc", out rc)) return rc;
        }

        return "";
    }

    [GeneratedRegex(@"external-sources[ \t]*=[ \t]*\S*", RegexOptions.NonBacktracking)]
    private static partial Regex ExternalSources();

    /// <summary>A script to be linted.</summary>
    private sealed record Question(ShellFile File, string Key, IReadOnlyList<GitTreeEntry> Sourced)
    {
        public bool IsLike(Question other) => File.Entry.Oid == other.File.Entry.Oid && Key == other.Key;
    }

    /// <summary>A script that it fails on, with its words.</summary>
    private sealed record Failure(Question Question, string Words, bool TookTooLong);

    /// <summary>
    /// Asks shellcheck of several files. When it fails, each half is asked by itself, until the file is known that it fails on.
    /// </summary>
    private sealed class Lint(
        string shellcheck, ShellFiles shell, VerdictCache cache, IReadOnlyList<Question> questions, Func<int, int, TimeSpan> limit)
    {
        /// <summary>The files that it fails on.</summary>
        public List<Failure> Failed { get; } = [];

        public Task RunAsync(CancellationToken ct) => AskAsync(questions, ct);

        private async Task AskAsync(IReadOnlyList<Question> part, CancellationToken ct)
        {
            var files = new Dictionary<string, Question>(StringComparer.Ordinal);
            var names = new List<string>();
            foreach (var question in part)
            {
                if (await shell.PlaceAsync(question.File.Entry, ct) is not { } name) continue;
                files[name] = question;
                names.Add(name);
            }

            // shellcheck follows what a script reads in only to files that it was asked about.
            foreach (var entry in part.SelectMany(question => question.Sourced).Distinct())
            {
                if (await shell.PlaceAsync(entry, ct) is { } name && !files.ContainsKey(name)) names.Add(name);
            }

            var (comments, trouble, tookTooLong) = await TryAsync(
                names, limit(names.Count, part.Sum(static question => question.File.SizeBytes)), ct);
            if (comments is null)
            {
                if (part.Count == 1)
                {
                    Failed.Add(new Failure(part[0], trouble ?? "", tookTooLong));
                    return;
                }

                await AskAsync([.. part.Take(part.Count / 2)], ct);
                await AskAsync([.. part.Skip(part.Count / 2)], ct);
                return;
            }

            var byFile = comments.ToLookup(comment => comment.File, StringComparer.Ordinal);
            foreach (var (name, question) in files)
            {
                var seen = byFile[name].ToList();
                var isExecutable = question.File.Entry.IsExecutable;
                var foreign = seen.Exists(comment => comment.Code is >= 1000 and < 2000 && Observe(comment, isExecutable).Level == "error")
                    && (await BashSyntax.IsForeignAsync(shell, question.File, ct)
                        || seen.Exists(static comment => CheckReport.HidesRest($"SC{comment.Code}"))
                            && await BashSyntax.IsParsedAsync(shell, question.File, ct));
                cache.Put(question.File.Entry.Oid, question.Key, foreign
                    ? [CheckReport.ToolFailed("shellcheck does not parse it, which the script's own shell does or may")]
                    : [.. seen.Select(comment => Observe(comment, isExecutable))]);
            }
        }

        private async Task<(IReadOnlyList<ShellCheckComment>? Comments, string? Trouble, bool TookTooLong)> TryAsync(
            List<string> names, TimeSpan most, CancellationToken ct)
        {
            try
            {
                var exit = await ToolProcess.RunAsync(
                    shellcheck, ["-f", "json1", "-e", NotFollowed, "--", .. names], shell.Folder, most, ct);
                return Read(exit, out var comments) is { } trouble ? (null, trouble, false) : (comments, null, false);
            }
            catch (TimeoutException e)
            {
                return (null, e.Message, true);
            }
        }
    }
}

/// <summary>shellcheck's <c>json1</c> format.</summary>
public sealed record ShellCheckOutput(IReadOnlyList<ShellCheckComment>? Comments);

/// <summary>One remark of shellcheck.</summary>
public sealed record ShellCheckComment(string File, int Line, string Level, int Code, string Message);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(ShellCheckOutput))]
internal sealed partial class ShellCheckJson : JsonSerializerContext;
