using System.CommandLine;
using System.CommandLine.Completions;

using Auxo.Cli.Output;

namespace Auxo.Cli.Completion;

/// <summary>What fits under the cursor.</summary>
internal static class Candidates
{
    /// <summary>The words of <c>./auxo</c> that this program does not know; it is asked for all of them.</summary>
    internal static readonly (string Word, string About)[] LauncherWords =
    [
        ("up", "Install what is missing, build, run everything"),
        ("dev", "The same under Aspire's orchestrator and dashboard"), ("down", "Stop what runs in the background"),
        ("backup", "The database and all files as one cut"),
        ("restore", "Make an empty AUXO_HOME what was backed up"), ("test", "Every test, or one suite"),
        ("bench", "Measure beside what others do"), ("help", "What ./auxo can do"),
    ];

    /// <summary>The candidates with a word about each, and whether a path of a file fits as well.</summary>
    public static async Task<(IReadOnlyList<(string Word, string? About)> Candidates, bool Files)> ForAsync(
        Command root, IReadOnlyList<string> words, KnownNames names, CancellationToken ct)
    {
        var current = words.Count == 0 ? "" : words[^1];
        var (command, path, position, pending) = Walk(root, words.Take(Math.Max(0, words.Count - 1)));
        if (pending is not null) return await ValuesAsync(
            pending.GetCompletions(CompletionContext.Empty), path, pending.Name, current, names, ct);
        if (current.StartsWith('-'))
        {
            var typed = words.Take(words.Count - 1).ToHashSet(StringComparer.Ordinal);
            var options = command.Options.Append(GlobalOptions.Json)
                .Where(o => !o.Hidden && !typed.Contains(o.Name)).Select(static o => (Word: o.Name, About: About(o.Description)));
            return ([.. options.Append((Word: "--help", About: "Show help"))
                .Where(c => c.Word.StartsWith(current, StringComparison.Ordinal)).DistinctBy(static c => c.Word)], false);
        }

        var found = new List<(string Word, string? About)>();
        if (position == 0) found.AddRange(
            command.Subcommands.Where(static c => !c.Hidden).Select(static c => (c.Name, About(c.Description))));
        if (command == root && position == 0) found.AddRange(LauncherWords.Select(static w => (w.Word, About(w.About))));
        found.RemoveAll(c => !c.Word.StartsWith(current, StringComparison.Ordinal));
        var files = false;
        if (command.Arguments.Count > 0 && (position < command.Arguments.Count || command.Arguments[^1].Arity.MaximumNumberOfValues > 1))
        {
            var argument = command.Arguments[Math.Min(position, command.Arguments.Count - 1)];
            (var values, files) = await ValuesAsync(
                argument.GetCompletions(CompletionContext.Empty), path, argument.Name, current, names, ct);
            found.AddRange(values);
        }

        return (found, files);
    }

    /// <summary>
    /// Where the words before the cursor lead: the command, how many of its arguments stand there, the option that wants its
    /// value next.
    /// </summary>
    private static (Command Command, string Path, int Position, Option? Pending) Walk(Command root, IEnumerable<string> words)
    {
        var (command, path, position) = (root, "", 0);
        Option? pending = null;
        foreach (var word in words)
        {
            if (pending is not null)
            {
                pending = null;
            }
            else if (word.StartsWith('-'))
            {
                var option = command.Options.FirstOrDefault(o => o.Name == word || o.Aliases.Contains(word));
                if (option is not null && option.ValueType != typeof(bool) && option.Arity.MaximumNumberOfValues > 0) pending = option;
            }
            else if (position == 0 && command.Subcommands.FirstOrDefault(c => c.Name == word) is { } sub)
            {
                (command, path) = (sub, path.Length == 0 ? sub.Name : $"{path} {sub.Name}");
            }
            else
            {
                position++;
            }
        }

        return (command, path, position, pending);
    }

    private static async Task<(IReadOnlyList<(string Word, string? About)> Values, bool Files)> ValuesAsync(
        IEnumerable<CompletionItem> declared, string path, string symbol, string current, KnownNames names, CancellationToken ct)
    {
        var fixedWords = declared.Select(static c => (c.Label, (string?)null)).ToList();
        var values = fixedWords.Count > 0 ? fixedWords : await names.OfAsync(path, symbol, ct);
        return ([.. values.Where(v => v.Item1.StartsWith(current, StringComparison.Ordinal)).Distinct()], IsPath(path, symbol));
    }

    private static bool IsPath(string path, string symbol)
        => symbol is "--output" or "--password-file" or "--token-file" or "file" or "path" || (path, symbol) is ("repo track", "location");

    private static string? About(string? text) => text is null ? null : Columns.Cut(TamedText.OneLine(text), 60);
}
