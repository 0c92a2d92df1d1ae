using System.Diagnostics;

using Auxo.Testing;

namespace Auxo.EndToEnd.Tests;

/// <summary>The command line as people run it: the built program, told where the instance is.</summary>
internal static class AuxoProgram
{
    /// <summary>Runs it to its end.</summary>
    public static Task<(int ExitCode, string Out, string Error)> RunAsync(AuxoInstance auxo, CancellationToken ct, params string[] args)
        => RunAsync(new Dictionary<string, string>(StringComparer.Ordinal) { ["AUXO_HOME"] = auxo.Home }, ct, args);

    /// <summary>Runs it as somebody with these variables, who may have no Auxo at all.</summary>
    public static Task<(int ExitCode, string Out, string Error)> RunAsync(
        IReadOnlyDictionary<string, string> environment, CancellationToken ct, params string[] args)
        => RunInAsync(Path.GetTempPath(), environment, ct, args);

    /// <summary>The same in a folder of his.</summary>
    public static async Task<(int ExitCode, string Out, string Error)> RunInAsync(
        string folder, IReadOnlyDictionary<string, string> environment, CancellationToken ct, params string[] args)
    {
        var here = Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory);
        var start = new ProcessStartInfo(Path.Combine(here, "..", "..", "Auxo.Cli", Path.GetFileName(here), "auxo-cli"), args)
        {
            UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
            WorkingDirectory = folder,
        };
        foreach (var (name, value) in environment) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var (output, error) = (process.StandardOutput.ReadToEndAsync(ct), process.StandardError.ReadToEndAsync(ct));
        await process.WaitForExitAsync(ct);
        return (process.ExitCode, await output, await error);
    }
}
