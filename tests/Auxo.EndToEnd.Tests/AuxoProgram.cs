using System.Diagnostics;

using Auxo.Testing;

namespace Auxo.EndToEnd.Tests;

/// <summary>The command line as people run it: the built program, told where the instance is.</summary>
internal static class AuxoProgram
{
    /// <summary>Runs it to its end.</summary>
    public static async Task<(int ExitCode, string Out, string Error)> RunAsync(
        AuxoInstance auxo, CancellationToken ct, params string[] args)
    {
        var here = Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory);
        var start = new ProcessStartInfo(Path.Combine(here, "..", "..", "Auxo.Cli", Path.GetFileName(here), "auxo-cli"), args)
        {
            UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true,
            Environment = { ["AUXO_HOME"] = auxo.Home },
        };
        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(ct), process.StandardError.ReadToEndAsync(ct));
        await process.WaitForExitAsync(ct);
        return (process.ExitCode, await output, await error);
    }
}
