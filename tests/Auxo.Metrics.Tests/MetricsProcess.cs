using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Auxo.Metrics.Tests;

/// <summary>The service as a process of its own, which may be told to die at a named point as if by <c>kill -9</c>. Disposing kills it.</summary>
internal sealed partial class MetricsProcess : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private readonly Process _process;
    private readonly TaskCompletionSource<Uri> _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private MetricsProcess(Process process) => _process = process;

    public Uri Address => _listening.Task.IsCompletedSuccessfully ? _listening.Task.Result : throw new InvalidOperationException("It never listened.");

    /// <summary>Starts it, and returns when it listens or has died on the way.</summary>
    public static async Task<MetricsProcess> StartAsync(string connectionString, string? crashAt = null)
    {
        var program = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../Auxo.Metrics", new DirectoryInfo(AppContext.BaseDirectory).Name, "Auxo.Metrics"));
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        foreach (var (name, value) in (ReadOnlySpan<(string, string)>)[
            ("ConnectionStrings__auxo", connectionString), ("ASPNETCORE_URLS", "http://127.0.0.1:0"), ("AUXO_CRASH_AT", crashAt ?? "")])
            start.Environment[name] = value;
        var service = new MetricsProcess(Process.Start(start)!);
        service._process.OutputDataReceived += (_, line) => service.Hear(line.Data);
        service._process.ErrorDataReceived += (_, line) => service.Hear(line.Data);
        service._process.BeginOutputReadLine();
        service._process.BeginErrorReadLine();
        await Task.WhenAny(service._listening.Task, service._process.WaitForExitAsync()).WaitAsync(Limit);
        return service;
    }

    /// <summary>Waits until it has died by its own hand, by SIGKILL.</summary>
    public async Task DiedAsync()
    {
        await _process.WaitForExitAsync().WaitAsync(Limit);
        Assert.Equal(128 + 9, _process.ExitCode);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private void Hear(string? line)
    {
        if (line is not null && Listens().Match(line) is { Success: true } match) _listening.TrySetResult(new Uri(match.Groups["url"].Value));
    }

    [GeneratedRegex(@"listens on (?<url>http://127\.0\.0\.1:\d+)", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Listens();
}
