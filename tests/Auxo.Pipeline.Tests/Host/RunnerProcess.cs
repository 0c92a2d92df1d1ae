using System.Diagnostics;

using Auxo.Instances;
using Auxo.Testing;

namespace Auxo.Pipeline.Tests.Host;

/// <summary>A runner's program as a process of its own, as on another machine.</summary>
internal sealed class RunnerProcess : IAsyncDisposable
{
    private const int Killed = 128 + 9;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private readonly List<string> _said = [];
    private Process? _process;

    private RunnerProcess(string home) => Home = home;

    /// <summary>Its folder, which stays over its ends.</summary>
    public string Home { get; }

    /// <summary>Makes the machine join.</summary>
    public static RunnerProcess Join(Uri pipeline, string name, string token, int capacity = 2)
    {
        var home = Directory.CreateTempSubdirectory("auxo-runner-").FullName;
        new RunnerFile(pipeline, name, token, capacity).Write(new InstanceLayout(home).AsRunner);
        return new RunnerProcess(home);
    }

    /// <summary>Starts it.</summary>
    /// <param name="crashAt">Where it dies.</param>
    /// <param name="through">A program, with its arguments, that starts it, such as <c>ip netns exec</c>.</param>
    public void Start(string? crashAt = null, params string[] through)
    {
        var configuration = new DirectoryInfo(AppContext.BaseDirectory).Name;
        var program = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../Auxo.Pipeline", configuration, "Auxo.Pipeline"));
        string[] words = [.. through, program, "--role", "runner"];
        var start = new ProcessStartInfo(words[0], words[1..])
        {
            RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false,
        };
        start.Environment["AUXO_HOME"] = Home;
        start.Environment["AUXO_CRASH_AT"] = crashAt ?? "";
        start.Environment["Auxo__Steps__GraceSeconds"] = "0.2";
        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, line) => Hear(line.Data);
        _process.ErrorDataReceived += (_, line) => Hear(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>What it has said, over all its processes.</summary>
    public string Said
    {
        get
        {
            lock (_said) return string.Join('\n', _said);
        }
    }

    /// <summary>Waits until it has said this.</summary>
    public Task SaidAsync(string text)
        => Eventually.TrueAsync(() => Task.FromResult(Said.Contains(text, StringComparison.Ordinal)), $"the runner says '{text}'");

    /// <summary>Waits until it has died by its own hand.</summary>
    public async Task DiedAsync()
    {
        await _process!.WaitForExitAsync().WaitAsync(Limit);
        Assert.True(_process.ExitCode == Killed, Said);
    }

    /// <summary>As <c>kill -9</c>; what it started is left to itself.</summary>
    public async Task KillAsync()
    {
        _process!.Kill(entireProcessTree: false);
        await _process.WaitForExitAsync().WaitAsync(Limit);
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is { HasExited: false })
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        _process?.Dispose();
        Directory.Delete(Home, recursive: true);
    }

    private void Hear(string? line)
    {
        if (line is null) return;
        lock (_said) _said.Add(line);
    }
}
