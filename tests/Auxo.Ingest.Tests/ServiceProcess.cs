using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Auxo.Ingest.Tests;

/// <summary>The service as a process of its own, which may be told to die at a named point as if by <c>kill -9</c>.</summary>
internal sealed partial class ServiceProcess : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private readonly Process _process;
    private readonly TaskCompletionSource<Uri> _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ServiceProcess(Process process) => _process = process;

    public static async Task<ServiceProcess> StartAsync(string connectionString, string radHome, string socket, string? crashAt = null)
    {
        var program = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../Auxo.Ingest", new DirectoryInfo(AppContext.BaseDirectory).Name, "Auxo.Ingest"));
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        foreach (var (name, value) in (ReadOnlySpan<(string, string)>)[
            ("ConnectionStrings__auxo", connectionString), ("RAD_HOME", radHome), ("RAD_SOCKET", socket), ("ASPNETCORE_URLS", "http://127.0.0.1:0"),
            ("AUXO_CRASH_AT", crashAt ?? "")])
            start.Environment[name] = value;
        var service = new ServiceProcess(Process.Start(start)!);
        service._process.OutputDataReceived += (_, line) => service.Hear(line.Data);
        service._process.ErrorDataReceived += (_, line) => service.Hear(line.Data);
        service._process.BeginOutputReadLine();
        service._process.BeginErrorReadLine();

        // A point on the way up may kill it before it listens.
        await Task.WhenAny(service._listening.Task, service._process.WaitForExitAsync()).WaitAsync(Limit);
        return service;
    }

    public Uri Address => _listening.Task.IsCompletedSuccessfully ? _listening.Task.Result : throw new InvalidOperationException("It never listened.");

    /// <summary>Waits until it has died by its own hand, by SIGKILL.</summary>
    public async Task DiedAsync()
    {
        await _process.WaitForExitAsync().WaitAsync(Limit);
        Assert.Equal(128 + 9, _process.ExitCode);
    }

    private void Hear(string? line)
    {
        if (line is not null && Listens().Match(line) is { Success: true } match) _listening.TrySetResult(new Uri(match.Groups["url"].Value));
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    [GeneratedRegex(@"listens on (?<url>http://127\.0\.0\.1:\d+)", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Listens();
}
