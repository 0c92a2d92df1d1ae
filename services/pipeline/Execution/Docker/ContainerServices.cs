using System.Globalization;

using Auxo.Pipeline.Definitions;

using Docker.DotNet;
using Docker.DotNet.Models;

namespace Auxo.Pipeline.Execution.Docker;

/// <summary>
/// The services of one step that have images of their own (decision 191). Their containers share the network namespace of the step's:
/// one loopback, on which the step finds them, and no network but the step's.
/// </summary>
internal sealed class ContainerServices : IAsyncDisposable
{
    /// <summary>As in a sandbox: <see cref="StepSetUp"/>.</summary>
    private const int LastLines = 50;

    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(100);

    private readonly DockerClient _engine;
    private readonly ContainerPlace _place;
    private readonly StepContainer _step;
    private readonly List<(StepService Service, string Container)> _running = [];

    private ContainerServices(DockerClient engine, ContainerPlace place, StepContainer step)
        => (_engine, _place, _step) = (engine, place, step);

    /// <summary>The services of a step that have images.</summary>
    public static IReadOnlyList<StepService> Of(CommandStep step)
        => [.. step.Services.Where(static service => service.Image is not null)];

    /// <summary>Starts all of them, and waits until each can be used.</summary>
    /// <param name="engine">Has them.</param>
    /// <param name="place">For their limits.</param>
    /// <param name="step">Waits for them.</param>
    /// <param name="run">The step; its log hears of images that are pulled.</param>
    /// <param name="ct">Gives up.</param>
    /// <returns>The services, and why the step cannot begin; null when it can.</returns>
    /// <exception cref="DockerApiException">The engine refused.</exception>
    public static async Task<(ContainerServices Services, string? WhyNot)> StartAsync(
        DockerClient engine, ContainerPlace place, StepContainer step, StepRun run, CancellationToken ct)
    {
        var services = new ContainerServices(engine, place, step);
        try
        {
            foreach (var service in Of(run.Step)) await services.StartAsync(service, run, ct);
            // All are starting by now: they come up side by side.
            var answers = await Task.WhenAll(services._running.Select(at => services.WhyNotReadyAsync(at.Service, at.Container, ct)));
            return (services, answers.FirstOrDefault(static why => why is not null));
        }
        catch
        {
            await services.DisposeAsync();
            throw;
        }
    }

    /// <summary>What each of them printed last.</summary>
    public async Task PrintAsync(Action<string> line)
    {
        foreach (var (service, container) in _running)
        {
            line($"--- Auxo: the last lines of the service {service.Name}:");
            using var output = await _engine.Containers.GetContainerLogsAsync(
                container,
                new ContainerLogsParameters
                {
                    ShowStdout = true, ShowStderr = true, Tail = LastLines.ToString(CultureInfo.InvariantCulture),
                }, CancellationToken.None);
            var (printed, errors) = await output.ReadOutputToEndAsync(CancellationToken.None);
            foreach (var words in (printed + errors).Split('\n', StringSplitOptions.RemoveEmptyEntries)) line(words);
        }
    }

    /// <summary>Ends and removes them, with their volumes.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var (_, container) in _running) await StepContainer.RemoveAsync(_engine, container);
        _running.Clear();
    }

    private async Task StartAsync(StepService service, StepRun run, CancellationToken ct)
    {
        var image = await DockerImages.EnsureAsync(_engine.Images, service.Image!, run.Log.WriteLine, ct);
        var parameters = ContainerStart.OfService(service, image, _step.Id, run.BuildId, _place.Layout.Home, _place.Settings);
        var container = (await _engine.Containers.CreateContainerAsync(parameters, ct)).ID;
        _running.Add((service, container));
        await _engine.Containers.StartContainerAsync(container, new ContainerStartParameters(), ct);
    }

    private async Task<string?> WhyNotReadyAsync(StepService service, string container, CancellationToken ct)
    {
        var begun = _place.Time.GetTimestamp();
        while (true)
        {
            if (await IsReadyAsync(service, container, ct)) return null;
            if ((await _engine.Containers.InspectContainerAsync(container, ct)).State is not { Running: true })
                return $"the service {service.Name} ended before it was ready";
            if (_place.Time.GetElapsedTime(begun) >= service.Timeout) return string.Create(
                CultureInfo.InvariantCulture, $"the service {service.Name} was not ready after {(long)service.Timeout.TotalSeconds} s");
            await Task.Delay(Between, _place.Time, ct);
        }
    }

    /// <summary>The port is looked at from the step's container, whose shell is known to be there.</summary>
    private async Task<bool> IsReadyAsync(StepService service, string container, CancellationToken ct)
        => (service.Port is not { } port || await SucceedsAsync(_step.Id, ContainerStart.Listens(port), ct))
            && (service.Ready is not { } ready || await SucceedsAsync(container, ready, ct));

    private async Task<bool> SucceedsAsync(string container, string command, CancellationToken ct)
    {
        try
        {
            var exec = await _engine.Exec.CreateContainerExecAsync(
                container,
                new ContainerExecCreateParameters { Cmd = ["/bin/sh", "-c", command], AttachStdout = true, AttachStderr = true }, ct);
            using (var run = await _engine.Exec.StartContainerExecAsync(exec.ID, new ContainerExecStartParameters(), ct))
                await run.CopyOutputToAsync(Stream.Null, Stream.Null, Stream.Null, ct);
            return (await _engine.Exec.InspectContainerExecAsync(exec.ID, ct)).ExitCode == 0;
        }
        catch (DockerApiException)
        {
            // It has ended: the caller looks.
            return false;
        }
    }
}
