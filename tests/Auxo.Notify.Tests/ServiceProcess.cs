using System.Diagnostics;

namespace Auxo.Notify.Tests;

/// <summary>The service as a process of its own, which may be told to die at a named point as if by <c>kill -9</c>. Disposing kills it.</summary>
internal sealed class ServiceProcess : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private readonly Process _process;

    private ServiceProcess(Process process) => _process = process;

    public static ServiceProcess Start(string connectionString, string? crashAt = null)
    {
        var program = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../Auxo.Notify", new DirectoryInfo(AppContext.BaseDirectory).Name, "Auxo.Notify"));
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        foreach (var (name, value) in (ReadOnlySpan<(string, string)>)[
            ("ConnectionStrings__auxo", connectionString), ("ASPNETCORE_URLS", "http://127.0.0.1:0"), ("Auxo__Egress__Allow", "127.0.0.0/8"), ("AUXO_CRASH_AT", crashAt ?? "")])
            start.Environment[name] = value;
        var process = Process.Start(start)!;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return new ServiceProcess(process);
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
}
