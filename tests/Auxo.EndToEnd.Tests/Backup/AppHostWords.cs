using System.Diagnostics;

namespace Auxo.EndToEnd.Tests.Backup;

/// <summary>The words of the AppHost's program that a person types, such as <c>backup</c>.</summary>
internal static class AppHostWords
{
    /// <summary>Runs it on a data folder; its exit code and all that it said.</summary>
    public static async Task<(int Code, string Output)> RunAsync(string home, params string[] words)
    {
        var here = Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory);
        var program = Path.GetFullPath(Path.Combine(here, "..", "..", "Auxo.AppHost", Path.GetFileName(here), "Auxo.AppHost"));
        var start = new ProcessStartInfo(program, words)
        {
            RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false,
        };
        start.Environment["AUXO_HOME"] = home;
        start.Environment.Remove("ConnectionStrings__auxo");
        using var process = Process.Start(start)!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return (process.ExitCode, await output + await errors);
    }
}
