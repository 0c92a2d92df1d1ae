using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

using Xunit;

namespace Auxo.Testing;

/// <summary>
/// A service as a process of its own, which may be told to die at a named point (<c>AUXO_CRASH_AT</c>) as if by <c>kill -9</c>.
/// It is the program that was built beside the tests, listens on a free port of loopback, and is killed by disposing.
/// </summary>
public sealed partial class ServiceProcess : IAsyncDisposable
{
    private const int Sigkill = 9;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private readonly Process _process;
    private readonly TaskCompletionSource<Uri> _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private readonly StringBuilder _output = new();
    private readonly StringBuilder _errors = new();

    private ServiceProcess(Process process) => _process = process;

    /// <summary>Where it listens.</summary>
    /// <exception cref="InvalidOperationException">It died before it listened.</exception>
    public Uri Address
        => _listening.Task.IsCompletedSuccessfully ? _listening.Task.Result : throw new InvalidOperationException("It never listened.");

    /// <summary>Starts it and waits until it listens or, by a point on its way up, has died.</summary>
    /// <param name="name">As the address of a service calls it: <c>ingest</c>.</param>
    /// <param name="connectionString">Its database.</param>
    /// <param name="crashAt">The point at which it dies.</param>
    /// <param name="settings">What else stands in its environment.</param>
    public static async Task<ServiceProcess> StartAsync(
        string name, string connectionString, string? crashAt = null, params IEnumerable<(string Name, string Value)> settings)
    {
        var assembly = "Auxo." + CultureInfo.InvariantCulture.TextInfo.ToTitleCase(name);
        var configuration = new DirectoryInfo(AppContext.BaseDirectory).Name;
        var start = new ProcessStartInfo(
            Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../..", assembly, configuration, assembly)))
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        start.Environment["ConnectionStrings__auxo"] = connectionString;
        start.Environment["ASPNETCORE_URLS"] = "http://127.0.0.1:0";
        foreach (var (setting, value) in settings) start.Environment[setting] = value;
        start.Environment["AUXO_CRASH_AT"] = crashAt ?? "";
        var service = new ServiceProcess(Process.Start(start)!);
        service._process.OutputDataReceived += (_, line) => service.Hear(line.Data);
        service._process.ErrorDataReceived += (_, line) => service._errors.Append(line.Data).Append('\n');
        service._process.BeginOutputReadLine();
        service._process.BeginErrorReadLine();
        await Task.WhenAny(service._listening.Task, service._process.WaitForExitAsync()).WaitAsync(Limit);
        return service;
    }

    /// <summary>Waits until it has died by its own hand, by SIGKILL.</summary>
    public async Task DiedAsync()
    {
        await _process.WaitForExitAsync().WaitAsync(Limit);
        Assert.Equal(128 + Sigkill, _process.ExitCode);
    }

    /// <summary>Waits until it has ended by itself; its exit code and what it wrote to standard output and to standard error.</summary>
    public async Task<(int Code, string Output, string Errors)> EndedAsync()
    {
        await _process.WaitForExitAsync().WaitAsync(Limit);
        return (_process.ExitCode, _output.ToString().Trim(), _errors.ToString().Trim());
    }

    /// <summary>As <c>kill -9</c>; its children are left to themselves.</summary>
    public async Task KillAsync()
    {
        _process.Kill(entireProcessTree: false);
        await DiedAsync();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private void Hear(string? line)
    {
        _output.Append(line).Append('\n');
        if (line is not null && Listens().Match(line) is { Success: true } match) _listening.TrySetResult(
            new Uri(match.Groups["url"].Value));
    }

    [GeneratedRegex(@"listens on (?<url>http://127\.0\.0\.1:\d+)", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Listens();
}
