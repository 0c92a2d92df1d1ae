using System.Diagnostics;

namespace Auxo.Cli.Tests;

/// <summary>
/// The program in a process of its own that may write no byte into any file, as on a disk that is full: the shell sets the limit, and
/// lets it be told as an error.
/// </summary>
internal static class FullDisk
{
    public static async Task<CliResult> RunAsync(string folder, Dictionary<string, string> variables, params string[] args)
    {
        var program = Path.Combine(AppContext.BaseDirectory, "auxo-cli.dll");
        var start = new ProcessStartInfo("/bin/bash",
            ["-c", "trap '' XFSZ; ulimit -f 0; exec \"$@\"", "bash", Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet",
                program, .. args])
        {
            WorkingDirectory = folder, UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        // The runtime keeps its own code in a file without a name, which the limit would forbid too.
        start.Environment["DOTNET_EnableWriteXorExecute"] = "0";
        foreach (var (name, value) in variables) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return new CliResult(process.ExitCode, output, await errors);
    }
}
