using System.Diagnostics;

using Xunit;

namespace Auxo.Testing;

/// <summary>Programs of Prometheus as Debian installs them; tests that need one skip where it is missing, and say so.</summary>
public static class Tool
{
    /// <summary>Whether it is on PATH.</summary>
    public static bool IsThere(string name) => Find(name) is not null;

    /// <summary>Its path; skips the running test when there is none.</summary>
    public static string Require(string name)
    {
        var path = Find(name);
        Assert.SkipWhen(path is null, $"{name} is not installed (Debian: apt install prometheus prometheus-alertmanager).");
        return path!;
    }

    /// <summary>Runs it and returns what it said; it must succeed.</summary>
    public static async Task<string> RunAsync(string name, IEnumerable<string> arguments, string? folder = null, string? input = null)
    {
        using var process = Process.Start(new ProcessStartInfo(Require(name), arguments)
        {
            UseShellExecute = false, RedirectStandardInput = true, RedirectStandardError = true,
            RedirectStandardOutput = true, WorkingDirectory = folder ?? "",
        })!;
        var (said, complained) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.StandardInput.WriteAsync(input ?? "");
        process.StandardInput.Close();
        await process.WaitForExitAsync();
        var all = await said + await complained;
        Assert.True(process.ExitCode == 0, all);
        return all;
    }

    private static string? Find(string name)
        => (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(':').Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);
}
