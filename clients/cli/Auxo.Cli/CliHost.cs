using System.Text;

namespace Auxo.Cli;

/// <summary>Everything the command line takes from its surroundings, so that tests can be surroundings too.</summary>
internal sealed class CliHost
{
    public required Stream StandardOutput { get; init; }

    public required TextWriter StandardError { get; init; }

    /// <summary>What is piped in.</summary>
    public TextReader StandardInput { get; init; } = TextReader.Null;

    /// <summary>Shows a question and reads the answer unseen; null where input is no terminal.</summary>
    public Func<string, string>? ReadSecret { get; init; }

    /// <summary>Somebody sits before it and can answer a question.</summary>
    public bool CanAsk { get; init; }

    /// <summary>Standard output is a terminal: colours are allowed, and escape sequences from outside must be tamed.</summary>
    public required bool IsTerminal { get; init; }

    /// <summary>Columns.</summary>
    public required int Width { get; init; }

    public required Func<string, string?> Variable { get; init; }

    /// <summary>What the user's own programs (git, rad) are started with; null: with this program's environment.</summary>
    public IReadOnlyDictionary<string, string>? ProgramVariables { get; init; }

    public required string WorkingFolder { get; init; }

    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Where the programs of Auxo are built: a folder for each.</summary>
    public string Programs { get; init; } = Path.Combine(AppContext.BaseDirectory, "..", "..");

    /// <summary>A program of Auxo, built as this one was; whether it is there has to be looked at.</summary>
    public string ProgramOf(string name)
        => Path.Combine(Programs, name, Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory)), name);

    /// <summary>This program, for what is to call it later.</summary>
    public string Executable { get; init; } = Environment.ProcessPath ?? "auxo";

    /// <summary>True for the superuser, whose instance lives in <c>/var/lib/auxo</c>.</summary>
    public bool IsRoot { get; init; }

    /// <summary>The real surroundings.</summary>
    public static CliHost Real() => new()
    {
        StandardOutput = Console.OpenStandardOutput(),
        StandardError = new StreamWriter(Console.OpenStandardError(), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false))
        {
            AutoFlush = true,
        },
        StandardInput = Console.In,
        ReadSecret = Console.IsInputRedirected ? null : Unseen,
        CanAsk = !Console.IsInputRedirected && !Console.IsErrorRedirected,
        IsTerminal = !Console.IsOutputRedirected,
        Width = Columns(),
        Variable = Environment.GetEnvironmentVariable,
        WorkingFolder = Environment.CurrentDirectory,
        IsRoot = Environment.IsPrivilegedProcess,
    };

    private static string Unseen(string question)
    {
        Console.Error.Write(question);
        var typed = Line(static () => Console.ReadKey(intercept: true));
        Console.Error.WriteLine();
        return typed;
    }

    /// <summary>What is typed up to Enter. Arrows and other keys that write nothing are not part of it.</summary>
    internal static string Line(Func<ConsoleKeyInfo> next)
    {
        var typed = new StringBuilder();
        while (next() is { Key: not ConsoleKey.Enter } key)
        {
            if (key.Key is ConsoleKey.Backspace) typed.Length = Math.Max(0, typed.Length - 1);
            else if (!char.IsControl(key.KeyChar)) typed.Append(key.KeyChar);
        }

        return typed.ToString();
    }

    /// <summary>The terminal's width. A pipe gets 80, and so does a terminal that does not say.</summary>
    private static int Columns()
    {
        if (int.TryParse(Environment.GetEnvironmentVariable("COLUMNS"), out var columns) && columns is >= 40 and <= 500) return columns;
        try
        {
            return Console.IsOutputRedirected || Console.WindowWidth < 20 ? 80 : Math.Clamp(Console.WindowWidth, 40, 500);
        }
        catch (IOException)
        {
            return 80;
        }
    }
}
