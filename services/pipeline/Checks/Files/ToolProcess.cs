using System.Collections.Frozen;
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

    /// <summary>On a busy machine a tool waits longer than it works: up to so many times its limit it may take.</summary>
    private const int Patience = 4;

    /// <summary>
    /// The tool's full path: where the operator says that it is (<c>Auxo__Runner__Semgrep</c>), else in <c>PATH</c>; null when it is
    /// not there.
    /// </summary>
    /// <param name="tool">Its name.</param>
    /// <param name="folders">Where to look, with colons between them; null for the <c>PATH</c> of this process.</param>
    public static string? Find(string tool, string? folders = null)
    {
        var setting = $"Auxo__Runner__{char.ToUpperInvariant(tool[0])}{tool[1..]}";
        if (Environment.GetEnvironmentVariable(setting) is { Length: > 0 } chosen) return File.Exists(chosen) ? chosen : null;
        folders ??= Environment.GetEnvironmentVariable("PATH") ?? "";
        foreach (var folder in folders.Split(':', StringSplitOptions.RemoveEmptyEntries))
        {
            var path = Path.Combine(folder, tool);
            if (Path.IsPathRooted(path) && File.Exists(path)) return path;
        }

        return null;
    }

    /// <summary>Runs a tool in a folder.</summary>
    /// <param name="path">The tool.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="folder">Where it runs.</param>
    /// <param name="limit">How much processor time it may use; it may take four times as long.</param>
    /// <param name="ct">Stops it.</param>
    /// <param name="variables">More of its environment.</param>
    /// <exception cref="TimeoutException">It needs more than that; it has been killed.</exception>
    public static async Task<ToolExit> RunAsync(
        string path, IReadOnlyList<string> arguments, string folder, TimeSpan limit, CancellationToken ct,
        IReadOnlyDictionary<string, string>? variables = null)
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
        foreach (var (name, value) in variables ?? FrozenDictionary<string, string>.Empty) start.Environment[name] = value;

        using var late = new CancellationTokenSource();
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, late.Token);
        using var done = new CancellationTokenSource();
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{path} could not be started.");
        process.StandardInput.Close();
        var watching = WatchAsync(process, limit, late, done.Token);
        try
        {
            var output = ReadAsync(process.StandardOutput.BaseStream, either.Token);
            var errors = ReadAsync(process.StandardError.BaseStream, either.Token);
            await Task.WhenAll(output, errors);
            await process.WaitForExitAsync(either.Token);
            return new ToolExit(process.ExitCode, await output, await errors);
        }
        catch (OperationCanceledException e) when (late.IsCancellationRequested && !ct.IsCancellationRequested)
        {
            throw new TimeoutException($"{Path.GetFileName(path)} needs more than {limit.TotalSeconds:0} s.", e);
        }
        finally
        {
            await done.CancelAsync();
            await watching;
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }
    }

    /// <summary>It cannot use up what is left sooner than in that time, so it is looked at only then.</summary>
    private static async Task WatchAsync(Process process, TimeSpan limit, CancellationTokenSource late, CancellationToken done)
    {
        var began = Stopwatch.GetTimestamp();
        var left = limit;
        while (left > TimeSpan.Zero)
        {
            await Task.Delay(left, TimeProvider.System, done).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (done.IsCancellationRequested) return;
            var (work, wait) = (limit - Used(process), limit * Patience - Stopwatch.GetElapsedTime(began));
            left = work <= TimeSpan.Zero || wait <= TimeSpan.Zero ? TimeSpan.Zero : work < wait ? work : wait;
        }

        await late.CancelAsync();
    }

    private static TimeSpan Used(Process process)
    {
        try
        {
            return process.TotalProcessorTime;
        }
        catch (InvalidOperationException)
        {
            // It has ended, and something that it started still holds its output.
            return TimeSpan.Zero;
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
