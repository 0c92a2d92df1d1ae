using System.Runtime.InteropServices;

namespace Auxo.Pipeline.Runners.Remote;

/// <summary>
/// <c>Auxo.Pipeline --role runner</c>: the same program on another machine, without a database, a port or messages. It asks the pipeline
/// that this machine has joined for work. <c>auxo runner run</c> starts it.
/// </summary>
internal static class RunnerProgram
{
    /// <summary>Runs until Ctrl-C or SIGTERM; a second one ends it at once.</summary>
    /// <returns>0 when it was stopped or drained, 1 when it was refused, 2 when this machine is not set up.</returns>
    public static async Task<int> RunAsync(TextWriter output)
    {
        var configuration = new ConfigurationBuilder().AddEnvironmentVariables().Build();
        using var stop = new CancellationTokenSource();
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        return await RunAsync(output, configuration, TimeProvider.System, stop.Token);

        void Stop(PosixSignalContext signal)
        {
            if (stop.IsCancellationRequested) return;
            signal.Cancel = true;
            stop.Cancel();
        }
    }

    /// <inheritdoc cref="RunAsync(TextWriter)"/>
    public static async Task<int> RunAsync(
        TextWriter output, IConfiguration configuration, TimeProvider time, CancellationToken stop, HttpMessageHandler? transport = null)
    {
        var saying = new Lock();
        var layout = InstanceLayout.Locate(name => configuration[name]).AsRunner;
        if (RunnerFile.Read(layout) is not { } file)
            return Refuse(
                $"this machine has joined no Auxo: {layout.JoinedFile} is not there, or damaged. Run: auxo runner join URL NAME --token …");
        try
        {
            using var folder = InstanceFolder.Open(layout);
            using var client = new RunnerClient(file, time, transport);
            await using var parts = new RunnerParts(layout, configuration, client, time);
            if (await parts.SweepAsync(stop) is null)
                Say("warning: Docker does not say whether containers of the last run are left; look: "
                    + "docker ps --filter label=auxo.instance");
            if (Warning(file.Url) is { } warning) Say(warning);
            Say($"runner {file.Name} asks {file.Url} for work; {file.Capacity ?? Environment.ProcessorCount} builds at once; "
                + $"steps run in: {parts.Executors.Describe()}");
            return await new RunnerLoop(file, client, parts, time, Say).RunAsync(stop);
        }
        catch (Exception e) when (e is HostingException or FormatException)
        {
            return Refuse(e.Message);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return 0;
        }

        void Say(string line)
        {
            lock (saying)
            {
                output.WriteLine($"{time.GetUtcNow():yyyy-MM-ddTHH:mm:ssZ} {line}");
                output.Flush();
            }
        }

        int Refuse(string why)
        {
            output.WriteLine("auxo: " + why.ReplaceLineEndings(" "));
            return 2;
        }
    }

    /// <summary>What is worth a word about an address; null for nothing.</summary>
    internal static string? Warning(Uri url)
        => url.Scheme == Uri.UriSchemeHttps || url.IsLoopback ? null
            : $"warning: {url} is not https: whoever can read this network reads the token and the secrets of steps. Use https or a VPN.";
}
