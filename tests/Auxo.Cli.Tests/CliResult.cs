using System.Text;

namespace Auxo.Cli.Tests;

/// <summary>What one run of the command line came to.</summary>
internal sealed record CliResult(int ExitCode, string Out, string Error)
{
    public static DateTimeOffset Now { get; } = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);

    public static async Task<CliResult> RunAsync(
        Dictionary<string, string> variables, string[] args, bool terminal = false, int width = 80,
        string? folder = null, string programs = "/nonexistent", TimeProvider? time = null,
        string? input = null, bool canAsk = false, Func<string, string>? secret = null, string? executable = null,
        CancellationToken ct = default)
    {
        using var output = new MemoryStream();
        await using var error = new StringWriter();
        var host = new CliHost
        {
            StandardOutput = output,
            StandardError = error,
            StandardInput = new StringReader(input ?? ""),
            IsTerminal = terminal,
            Width = width,
            CanAsk = canAsk,
            ReadSecret = secret,
            Variable = name => variables.GetValueOrDefault(name),
            ProgramVariables = variables,
            WorkingFolder = folder ?? Path.GetTempPath(),
            Time = time ?? new FixedTime(),
            Programs = programs,
            Executable = executable ?? Environment.ProcessPath ?? "auxo",
        };
        var code = await AuxoCommandLine.RunAsync(args, host, ct);
        return new CliResult(code, Encoding.UTF8.GetString(output.ToArray()), error.ToString());
    }

    /// <summary>The clock stands still, timers run: ages can be asserted and waiting goes on.</summary>
    private sealed class FixedTime : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => Now;
    }
}
