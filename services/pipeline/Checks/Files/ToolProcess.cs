using System.Diagnostics;
using System.Text;

namespace Auxo.Pipeline.Checks.Files;

/// <summary>What a tool printed and how it ended.</summary>
public sealed record ToolExit(int Code, string Output, string Errors);

/// <summary>
/// Runs the tools of the built-in checks: a cleared environment, a private home, a time limit, and a limit on what is kept of
/// their output.
/// </summary>
public static class ToolProcess
{
    /// <summary>A tool that prints more than this is cut; its check says so by failing to read it.</summary>
    private const int MaxOutputBytes = 32 << 20;

    /// <summary>The tool's full path, or null when it is not installed.</summary>
    public static string? Find(string tool)
    {
        foreach (var folder in (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries))
        {
            var path = Path.Combine(folder, tool);
            if (Path.IsPathRooted(path) && File.Exists(path)) return path;
        }

        return null;
    }

    /// <summary>Runs a tool in a folder.</summary>
    /// <exception cref="TimeoutException">It took longer than <paramref name="limit"/>; it has been killed.</exception>
    public static async Task<ToolExit> RunAsync(
        string path, IReadOnlyList<string> arguments, string folder, TimeSpan limit, CancellationToken ct)
    {
        var start = new ProcessStartInfo(path)
        {
            WorkingDirectory = folder, UseShellExecute = false, RedirectStandardInput = true,
            RedirectStandardOutput = true, RedirectStandardError = true,
        };
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        var search = Environment.GetEnvironmentVariable("PATH");
        start.Environment.Clear();
        start.Environment["PATH"] = search;
        start.Environment["HOME"] = folder;
        start.Environment["LC_ALL"] = "C.UTF-8";

        using var timer = new CancellationTokenSource(limit);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, timer.Token);
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{path} could not be started.");
        process.StandardInput.Close();
        try
        {
            var output = ReadAsync(process.StandardOutput.BaseStream, either.Token);
            var errors = ReadAsync(process.StandardError.BaseStream, either.Token);
            await Task.WhenAll(output, errors);
            await process.WaitForExitAsync(either.Token);
            return new ToolExit(process.ExitCode, await output, await errors);
        }
        catch (OperationCanceledException e) when (timer.IsCancellationRequested && !ct.IsCancellationRequested)
        {
            throw new TimeoutException($"{Path.GetFileName(path)} took longer than {limit.TotalSeconds:0} s.", e);
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }
    }

    private static async Task<string> ReadAsync(Stream stream, CancellationToken ct)
    {
        var kept = new MemoryStream();
        var buffer = new byte[32 << 10];
        int read;
        while ((read = await stream.ReadAsync(buffer, ct)) > 0)
        {
            if (kept.Length < MaxOutputBytes) kept.Write(buffer, 0, read);
        }

        return Encoding.UTF8.GetString(kept.GetBuffer(), 0, (int)kept.Length);
    }
}
