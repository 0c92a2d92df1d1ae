using Docker.DotNet;

namespace Auxo.Pipeline.Execution.Docker;

/// <summary>
/// Containers that are started before a step wants them, each for one step (decision 190). Some wait with an empty folder, which the
/// workspace of the next build becomes; others have the workspace of a build that runs, for the step that comes next. For trusted authors
/// only: what strangers ask for is made when they ask.
/// </summary>
internal sealed class ReadyContainers(Func<DockerClient> engine, ContainerPlace place) : IAsyncDisposable
{
    private static readonly TimeSpan Look = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private readonly List<Waiting> _waiting = [];
    private readonly Background _background = new();
    private readonly CancellationTokenSource _ending = new();
    private ITimer? _timer;

    /// <summary>Has a container of this kind wait for the next build. One that waits already is enough.</summary>
    public void Keep(ContainerKind kind)
    {
        lock (_lock)
        {
            if (place.Settings.ReadyContainers == 0 || _ending.IsCancellationRequested) return;
            _waiting.RemoveAll(static failed => failed.Container.IsFaulted || failed.Container.IsCanceled);
            _timer ??= place.Time.CreateTimer(_ => DropIdle(), null, Look, Look);
            foreach (var old in _waiting.Where(old => old.Workspace is null && old.Kind.Image == kind.Image
                && old.Kind.HasNetwork == kind.HasNetwork && old.Kind.ImageId != kind.ImageId).ToList()) Drop(old);
            if (_waiting.FirstOrDefault(w => w.Workspace is null && w.Kind.Fits(kind)) is { } waits)
            {
                waits.Since = place.Time.GetTimestamp();
                return;
            }

            var free = _waiting.Where(static w => w.Workspace is null).OrderBy(static w => w.Since).ToList();
            foreach (var oldest in free.Take(free.Count + 1 - place.Settings.ReadyContainers)) Drop(oldest);
            Begin(kind, workspace: null);
        }
    }

    /// <summary>Has a container of this kind wait for the next step of a build that runs.</summary>
    public void Keep(ContainerKind kind, string workspace)
    {
        lock (_lock)
        {
            if (place.Settings.ReadyContainers == 0 || _ending.IsCancellationRequested) return;
            if (!_waiting.Any(w => w.Workspace == workspace && w.Kind.Fits(kind))) Begin(kind, workspace);
        }
    }

    /// <summary>The folder of a container that waits; it may be moved, and then <see cref="Bind"/> says where it is.</summary>
    /// <returns>Null when none of this kind is ready.</returns>
    public async Task<StepContainer?> ReserveAsync(string image, string imageId, bool hasNetwork, CancellationToken ct)
    {
        var kind = new ContainerKind(image, imageId, hasNetwork, []);
        Waiting? waits;
        lock (_lock)
        {
            // One that is still being made would be waited for longer than the files of a build take.
            waits = _waiting.FirstOrDefault(w => w.Workspace is null && w.Container.IsCompletedSuccessfully && w.Kind.Fits(kind));
            if (waits is not null) _waiting.Remove(waits);
        }

        if (waits is null) return null;
        var container = await waits.Container;
        if (await container.IsReadyAsync(ct)) return container;
        _background.Add(container.DisposeAsync());
        return null;
    }

    /// <summary>A reserved container's folder has become the workspace of a build.</summary>
    public void Bind(StepContainer container, string workspace)
    {
        container.Tree = workspace;
        lock (_lock)
            _waiting.Add(new Waiting(container.Kind, workspace, Task.FromResult(container)) { Since = place.Time.GetTimestamp() });
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

    /// <summary>A build is over: what waited for its steps goes.</summary>
    public void Leave(string workspace)
    {
        lock (_lock)
            foreach (var waits in _waiting.Where(w => w.Workspace == workspace).ToList()) Drop(waits);
    }

    /// <summary>Ends all that wait.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_lock)
        {
            _ending.Cancel();
            _timer?.Dispose();
            foreach (var waits in _waiting.ToList()) Drop(waits);
        }

        await _background.DisposeAsync();
    }

    private void DropIdle()
    {
        lock (_lock)
        {
            foreach (var waits in _waiting.Where(w => w.Workspace is null
                && place.Time.GetElapsedTime(w.Since) >= place.Settings.ReadyContainerIdle).ToList()) Drop(waits);
        }
    }

    private void Begin(ContainerKind kind, string? workspace)
        => _waiting.Add(new Waiting(kind, workspace, StepContainer.StartAsync(engine(), place, kind, workspace, _ending.Token))
        {
            Since = place.Time.GetTimestamp(),
        });

    private void Drop(Waiting waits)
    {
        _waiting.Remove(waits);
        _background.Add(RemoveAsync(waits.Container));
    }

    private static async ValueTask RemoveAsync(Task<StepContainer> container)
    {
        await ((Task)container).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (container.IsCompletedSuccessfully) await (await container).DisposeAsync();
    }

    private sealed record Waiting(ContainerKind Kind, string? Workspace, Task<StepContainer> Container)
    {
        public long Since { get; set; }
    }
}
