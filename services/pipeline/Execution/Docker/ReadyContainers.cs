using Docker.DotNet;

namespace Auxo.Pipeline.Execution.Docker;

/// <summary>
/// Containers that are started before a step wants them, each for one step of a build that runs, with its workspace (decision 190). For
/// trusted authors only: what strangers ask for is made when they ask. None waits over a workspace whose files are still being written:
/// what waits in there is the image's own program.
/// </summary>
internal sealed class ReadyContainers(Func<DockerClient> engine, ContainerPlace place) : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly List<Waiting> _waiting = [];
    private readonly Background _background = new();
    private readonly CancellationTokenSource _ending = new();

    /// <summary>Has a container of this kind wait for the next step of a build that runs.</summary>
    public void Keep(ContainerKind kind, string workspace)
    {
        lock (_lock)
        {
            _waiting.RemoveAll(static failed => failed.Container.IsFaulted || failed.Container.IsCanceled);
            if (_waiting.Count >= place.Settings.ReadyContainers || _ending.IsCancellationRequested
                || _waiting.Any(w => w.Workspace == workspace && w.Kind.Fits(kind))) return;
            _waiting.Add(new Waiting(kind, workspace, StepContainer.StartAsync(engine(), place, kind, workspace, _ending.Token)));
        }
    }

    /// <summary>A container that waits for a step of this build, or is just being made for it; null when there is none.</summary>
    public async Task<StepContainer?> TakeAsync(ContainerKind kind, string workspace, CancellationToken ct)
    {
        Waiting? waits;
        lock (_lock)
        {
            waits = _waiting.FirstOrDefault(w => w.Workspace == workspace && w.Kind.Fits(kind));
            if (waits is not null) _waiting.Remove(waits);
        }

        if (waits is null) return null;
        try
        {
            var container = await waits.Container.WaitAsync(ct);
            if (await container.IsReadyAsync(ct)) return container;
            _background.Add(container.DisposeAsync());
            return null;
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            _background.Add(RemoveAsync(waits.Container));
            throw;
        }
        catch (Exception e) when (DockerExecutor.IsEngineTrouble(e) || e is OperationCanceledException)
        {
            // Whoever makes the next one hears the engine's words.
            return null;
        }
    }

    /// <summary>A build is over: what waited for its steps goes, and is gone when this ends.</summary>
    public async Task LeaveAsync(string workspace)
    {
        List<Waiting> left;
        lock (_lock)
        {
            left = [.. _waiting.Where(w => w.Workspace == workspace)];
            _waiting.RemoveAll(left.Contains);
        }

        foreach (var waits in left) await RemoveAsync(waits.Container);
    }

    /// <summary>Ends all that wait.</summary>
    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        lock (_lock)
        {
            foreach (var waits in _waiting) _background.Add(RemoveAsync(waits.Container));
            _waiting.Clear();
        }

        await _background.DisposeAsync();
    }

    private static async ValueTask RemoveAsync(Task<StepContainer> container)
    {
        await ((Task)container).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (container.IsCompletedSuccessfully) await (await container).DisposeAsync();
    }

    private sealed record Waiting(ContainerKind Kind, string Workspace, Task<StepContainer> Container);
}
