using System.Diagnostics;

using Npgsql;

namespace Auxo.Pipeline.Tests.Host;

/// <summary>The service as a process of its own, which may be told to die at a named point as if by <c>kill -9</c>.</summary>
internal sealed class PipelineProcess : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private readonly Process _process;
    private readonly TaskCompletionSource _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private PipelineProcess(Process process) => _process = process;

    /// <summary>Starts it and waits until it listens, or has died.</summary>
    public static async Task<PipelineProcess> StartAsync(string connectionString, string home, string? crashAt = null)
    {
        var program = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../Auxo.Pipeline", new DirectoryInfo(AppContext.BaseDirectory).Name, "Auxo.Pipeline"));
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        foreach (var (key, value) in PipelineHost.Settings(connectionString, home)) start.Environment[key.Replace(":", "__", StringComparison.Ordinal)] = value;
        start.Environment["ASPNETCORE_URLS"] = "http://127.0.0.1:0";
        start.Environment["AUXO_CRASH_AT"] = crashAt ?? "";
        var service = new PipelineProcess(Process.Start(start)!);
        service._process.OutputDataReceived += (_, line) => service.Hear(line.Data);
        service._process.ErrorDataReceived += (_, line) => service.Hear(line.Data);
        service._process.BeginOutputReadLine();
        service._process.BeginErrorReadLine();
        await Task.WhenAny(service._listening.Task, service._process.WaitForExitAsync()).WaitAsync(Limit);
        return service;
    }

    /// <summary>Makes the schema and the subscriptions of a new database as a first start does, and ends.</summary>
    public static async Task PrepareAsync(string connectionString, string home)
    {
        await using var database = NpgsqlDataSource.Create(connectionString);
        await using (await StartAsync(connectionString, home)) await PipelineHost.ProbeAsync(database);
    }

    /// <summary>Waits until it has died by its own hand, by SIGKILL.</summary>
    public async Task DiedAsync()
    {
        await _process.WaitForExitAsync().WaitAsync(Limit);
        Assert.Equal(128 + 9, _process.ExitCode);
    }

    /// <summary>As <c>kill -9</c>; its children are left to themselves.</summary>
    public async Task KillAsync()
    {
        _process.Kill(entireProcessTree: false);
        await DiedAsync();
    }

    private void Hear(string? line)
    {
        if (line is not null && line.Contains(" listens on ", StringComparison.Ordinal)) _listening.TrySetResult();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
