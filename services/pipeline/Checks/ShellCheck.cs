using Auxo.Pipeline.Checks.Files;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Auxo.Pipeline.Checks;

/// <summary>
/// Check <c>shellcheck</c>: errors block, the rest warns; many files in one process, which costs a fifth of a process each.
/// </summary>
public static class ShellCheck
{
    /// <summary>What a sourced file holds is not followed (it would be read from this machine), so its absence is no news.</summary>
    private const string NotFollowed = "SC1090,SC1091";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(120);

    /// <summary>Lints all shell scripts of the tree.</summary>
    public static async Task<CheckReport> RunAsync(SourceTree tree, CheckSettings settings, VerdictCache cache, CancellationToken ct)
    {
        if (ToolProcess.Find("shellcheck") is not { } shellcheck) return CheckReport.Skipped("shellcheck is not installed");
        var shell = await tree.ShellFilesAsync(ct);
        var ignored = PathPatterns.Of(settings.Ignore.GetValueOrDefault("shellcheck"));
        var files = shell.Files.Where(file => !ignored.Match(file.Entry.Name)).ToList();
        var rc = await RcAsync(tree, ct);
        var ruling = VerdictCache.Ruling(shellcheck, rc);
        // The extension is part of the question: it decides the dialect.
        string Key(ShellFile file) => ruling + Path.GetExtension(file.FileName);
        var fresh = files.Where(file => !cache.TryGet(file.Entry.Oid, Key(file), out _)).ToList();
        if (fresh.Count > 0)
        {
            // Always written: without one, shellcheck would look for another in the folders above.
            await File.WriteAllTextAsync(Path.Combine(shell.Folder, ".shellcheckrc"), rc, ct);
            var exits = await Task.WhenAll(BashSyntax.Shards(fresh).SelectMany(shard => shard.Chunk(1000)).Select(shard
                => ToolProcess.RunAsync(shellcheck, ["-f", "json1", "-e", NotFollowed, "--", .. shard.Select(file => file.FileName)],
                    shell.Folder, Limit, ct)));
            var byFile = new Dictionary<string, List<Observation>>(StringComparer.Ordinal);
            foreach (var exit in exits)
            {
                if (Read(exit, out var comments) is { } trouble) return CheckReport.Errored(trouble);
                foreach (var comment in comments)
                {
                    if (!byFile.TryGetValue(comment.File, out var list)) byFile[comment.File] = list = [];
                    list.Add(Observe(comment));
                }
            }

            foreach (var file in fresh) cache.Put(file.Entry.Oid, Key(file), byFile.GetValueOrDefault(file.FileName) ?? []);
        }

        var observations = files.SelectMany(file
            => cache.TryGet(file.Entry.Oid, Key(file), out var seen) ? seen.Select(o => o with { Path = file.Entry.Name }) : []).ToList();
        return new CheckReport(observations, [$"shellcheck: {files.Count} scripts, {files.Count - fresh.Count} of them known from before"]);
    }

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
            return $"shellcheck printed something else than its JSON: {PlainText.OneLine(e.Message)}";
        }

        return exit.Code == 1 && comments.Count == 0 ? "shellcheck said that it found something and then named nothing" : null;
    }

    private static Observation Observe(ShellCheckComment comment)
        => new(
            $"SC{comment.Code}",
            comment.Level switch { "error" => Severity.High, "warning" => Severity.Medium, "info" => Severity.Low, _ => Severity.Info },
            null, comment.Line, PlainText.OneLine(comment.Message), comment.Level);

    /// <summary>
    /// The repository's own <c>.shellcheckrc</c>, but only the lines that choose rules: <c>source-path</c> and
    /// <c>external-sources</c> would read files of this machine.
    /// </summary>
    private static async Task<string> RcAsync(SourceTree tree, CancellationToken ct)
    {
        var entry = tree.Entries.FirstOrDefault(entry => entry.IsFile && entry.Name is ".shellcheckrc" or "shellcheckrc");
        if (entry is null || await tree.ReadTextAsync(entry, ct) is not { } text) return "";
        return string.Join('\n', Encoding.UTF8.GetString(text.Span).Split('\n').Select(line => line.Trim())
            .Where(line => line.StartsWith("disable=", StringComparison.Ordinal) || line.StartsWith("enable=", StringComparison.Ordinal)
                || line.StartsWith("shell=", StringComparison.Ordinal)));
    }
}

/// <summary>shellcheck's <c>json1</c> format.</summary>
public sealed record ShellCheckOutput(IReadOnlyList<ShellCheckComment>? Comments);

/// <summary>One remark of shellcheck.</summary>
public sealed record ShellCheckComment(string File, int Line, string Level, int Code, string Message);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(ShellCheckOutput))]
internal sealed partial class ShellCheckJson : JsonSerializerContext;
