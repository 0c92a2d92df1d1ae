using System.CommandLine;

namespace Auxo.Cli;

/// <summary>What was probably meant.</summary>
internal static class Suggestions
{
    /// <summary>What is wrong with a command line, in our words; null when nothing is.</summary>
    public static CliException? For(ParseResult parsed)
    {
        var command = parsed.CommandResult.Command;
        var name = FullName(parsed);
        if (UnknownOption(parsed) is { } option)
        {
            var near = Nearest(option, command.Options.Select(static o => o.Name).Append("--json").Append("--help"));
            return new CliException(ExitCode.Usage, $"'{name}' has no option '{option}'.", Join(
                near is null ? null : $"Did you mean '{near}'?", $"See '{name} --help'."));
        }

        if (parsed.Errors.Count == 0) return null;
        if (parsed.UnmatchedTokens.Count > 0)
        {
            var wrong = parsed.UnmatchedTokens[0];
            var group = command.Subcommands.Count > 0;
            var hint = Nearest(wrong, command.Subcommands.Select(static c => c.Name)) is { } near
                ? $"Did you mean '{near}'?"
                : group ? Choices(command)
                : null;
            return new CliException(ExitCode.Usage, $"'{name}' has no {(group ? "command" : "argument")} '{wrong}'.",
                Join(hint, $"See '{name} --help'."));
        }

        return command.Subcommands.Count > 0
            ? new CliException(ExitCode.Usage, $"'{name}' needs a command.", Choices(command))
            : new CliException(ExitCode.Usage, parsed.Errors[0].Message, $"See '{name} --help'.");
    }

    /// <summary>The candidate that differs in at most two letters, or begins with what was typed; null when none does.</summary>
    public static string? Nearest(string typed, IEnumerable<string> candidates)
        => candidates.Select(c
            => (Name: c, Distance: typed.Length > 2 && c.StartsWith(typed, StringComparison.OrdinalIgnoreCase) ? 0 : Distance(typed, c)))
            .Where(c => c.Distance <= Math.Min(2, Math.Max(c.Name.Length, typed.Length) / 2))
            .OrderBy(static c => c.Distance).Select(static c => c.Name).FirstOrDefault();

    /// <summary>A misspelt option would otherwise be taken for the value of an argument.</summary>
    private static string? UnknownOption(ParseResult parsed)
        => parsed.Tokens.TakeWhile(static t => t.Type != System.CommandLine.Parsing.TokenType.DoubleDash)
            .FirstOrDefault(static t => t is { Type: System.CommandLine.Parsing.TokenType.Argument, Value: ['-', _, ..] })?.Value;

    private static string FullName(ParseResult parsed)
    {
        var names = new Stack<string>();
        for (var result = parsed.CommandResult; result is not null; result = result.Parent as System.CommandLine.Parsing.CommandResult)
            names.Push(result.Command.Name);
        return string.Join(' ', names);
    }

    private static string Choices(Command command)
        => string.Join('\n', command.Subcommands.Select(static c => $"{c.Name,-10} {c.Description}"));

    private static string Join(string? first, string second) => first is null ? second : first + "\n" + second;

    /// <summary>Insertions, deletions, exchanges and swaps of neighbours (optimal string alignment).</summary>
    private static int Distance(string a, string b)
    {
        var d = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++) d[i, 0] = i;
        for (var j = 0; j <= b.Length; j++) d[0, j] = j;
        for (var i = 1; i <= a.Length; i++)
        {
            for (var j = 1; j <= b.Length; j++)
            {
                var cost = a[i - 1] == b[j - 1] ? 0 : 1;
                d[i, j] = Math.Min(Math.Min(d[i - 1, j] + 1, d[i, j - 1] + 1), d[i - 1, j - 1] + cost);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) d[i, j] = Math.Min(d[i, j], d[i - 2, j - 2] + 1);
            }
        }

        return d[a.Length, b.Length];
    }
}
