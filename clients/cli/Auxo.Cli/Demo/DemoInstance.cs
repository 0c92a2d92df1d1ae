using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

using Auxo.Cli.Instances;
using Auxo.Contracts;
using Auxo.Instances;

namespace Auxo.Cli.Demo;

/// <summary>A throw-away Auxo: the real AppHost with a folder and ports of its own.</summary>
internal sealed class DemoInstance(string folder, string appHost) : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(120);
    private readonly string _home = Path.Combine(folder, "auxo");
    private readonly Queue<string> _said = new();
    private Process? _process;
    private Clients? _clients;

    /// <summary>Its services.</summary>
    public Clients Clients => _clients ?? throw new InvalidOperationException("It does not run.");

    /// <summary>Starts it and waits until all of it is healthy.</summary>
    public async Task StartAsync(CliHost host, IReadOnlyDictionary<string, string> environment, CancellationToken ct)
    {
        Directory.CreateDirectory(_home);
        var variables = new Dictionary<string, string>(environment, StringComparer.Ordinal)
        {
            ["AUXO_HOME"] = _home, ["Auxo__Egress__Allow"] = "127.0.0.0/8",
        };
        // HOME stays the user's: .NET keeps things there.
        if (host.Variable("HOME") is { } home) variables["HOME"] = home;
        else variables.Remove("HOME");
        IReadOnlyList<string> names = [.. KnownServices.Names, "console", "apphost"];
        foreach (var (name, port) in names.Zip(FreePorts(names.Count))) variables["AUXO_PORTS_" + name.ToUpperInvariant()] =
            port.ToString(System.Globalization.CultureInfo.InvariantCulture);
        _process = new DemoProgram(folder, variables).Start(folder, appHost, "--serve");
        _process.StandardInput.Close();
        _process.OutputDataReceived += Remember;
        _process.ErrorDataReceived += Remember;
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();

        var began = host.Time.GetTimestamp();
        while (!await IsHealthyAsync(host, ct))
        {
            if (_process.HasExited || host.Time.GetElapsedTime(began) > StartLimit)
                throw new CliException(ExitCode.Unreachable, "Auxo did not start: " + LastWords(), "Try './auxo up', which says more.");
            await Task.Delay(TimeSpan.FromMilliseconds(50), host.Time, ct);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _clients?.Dispose();
        if (_process is not null) await DemoProgram.EndAsync(_process, TimeSpan.FromSeconds(60));
    }

    private async Task<bool> IsHealthyAsync(CliHost host, CancellationToken ct)
    {
        try
        {
            _clients ??= new Clients(Instance.At(host, new InstanceLayout(_home)));
            using var answer = await _clients.Http("apphost").GetAsync("health", ct);
            return answer.IsSuccessStatusCode;
        }
        catch (CliException)
        {
            // The file is not there yet, or nobody listens yet.
            _clients?.Dispose();
            _clients = null;
            return false;
        }
    }

    private string LastWords()
    {
        lock (_said) return string.Join('\n', _said);
    }

    private void Remember(object sender, DataReceivedEventArgs line)
    {
        if (line.Data is null) return;
        lock (_said)
        {
            _said.Enqueue(line.Data);
            if (_said.Count > 20) _said.Dequeue();
        }
    }

    /// <summary>
    /// The system's own choice, from the range that it has for this (from 32768 on): the usual ports of another Auxo lie below,
    /// as do those that tests hold for their instances, so that none of theirs is taken while it is down for a moment.
    /// </summary>
    private static List<int> FreePorts(int count)
    {
        var listeners = Enumerable.Range(0, count).Select(static _ => new TcpListener(IPAddress.Loopback, 0)).ToList();
        listeners.ForEach(static l => l.Start());
        var ports = listeners.ConvertAll(static l => ((IPEndPoint)l.LocalEndpoint).Port);
        listeners.ForEach(static l => l.Dispose());
        return ports;
    }
}
