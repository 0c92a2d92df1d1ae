using Auxo.Pipeline.Artifacts;
using Auxo.Pipeline.Checks.Files;
using Auxo.Pipeline.Definitions;
using Auxo.Pipeline.Execution;
using Auxo.Pipeline.Logs;
using Auxo.Pipeline.Workspaces;

namespace Auxo.Pipeline.Caches;

/// <summary>
/// The caches of one run of a step. Packing and unpacking is the step's own work, in its sandbox: here only whole tar files are
/// laid into its workspace, and taken out of it.
/// </summary>
internal sealed class StepCaches : IDisposable
{
    private readonly CacheStore _store;
    private readonly Rid _rid;
    private readonly Workspace _workspace;
    private readonly StepLog _log;
    private readonly List<(StepCacheFile File, CacheKey Key)> _open = [];

    private StepCaches(CacheStore store, Rid rid, Workspace workspace, StepLog log)
        => (_store, _rid, _workspace, _log) = (store, rid, workspace, log);

    /// <summary>What the step's script does with them.</summary>
    public IReadOnlyList<StepCacheFile> Files => [.. _open.Select(static open => open.File)];

    /// <summary>Lays what is kept for the step into its workspace.</summary>
    /// <param name="store">What is kept.</param>
    /// <param name="rid">The repository.</param>
    /// <param name="step">The step.</param>
    /// <param name="workspace">Its workspace.</param>
    /// <param name="trusted">
    /// A build of anybody else keeps nothing, and uses nothing of a step that has secrets: they may stand in it.
    /// </param>
    /// <param name="log">Says what was found.</param>
    public static StepCaches Open(CacheStore store, Rid rid, CommandStep step, Workspace workspace, bool trusted, StepLog log)
    {
        var caches = new StepCaches(store, rid, workspace, log);
        if (trusted || step.Secrets is null or [])
            foreach (var cache in step.Caches) caches.Lay(step, cache, trusted);
        return caches;
    }

    /// <summary>Keeps what the step has packed.</summary>
    public async Task KeepAsync(CancellationToken ct)
    {
        foreach (var (cache, key) in _open.Where(static open => open.File.Keeps))
        {
            using var packed = BeneathFile.Open(_workspace.Path, cache.File, out _);
            if (packed is null)
            {
                _log.WriteLine($"--- Auxo: nothing of {Words(cache)} is kept: it is not there, or it could not be packed");
                continue;
            }

            try
            {
                _log.WriteLine(await _store.AddAsync(_rid, key.Name, key.Key, packed, ct) is { } size
                    ? $"--- Auxo: {Words(cache)} is kept for later builds ({size >> 10} KiB)"
                    : $"--- Auxo: {Words(cache)} is not kept: it is larger than Auxo__Steps__CacheMiB");
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                _log.WriteLine($"--- Auxo: {Words(cache)} is not kept: {PlainText.OneLine(e.Message)}");
            }
        }
    }

    /// <summary>Removes the files from the workspace.</summary>
    public void Dispose()
    {
        foreach (var (cache, _) in _open) File.Delete(Path.Combine(_workspace.Path, cache.File));
    }

    private void Lay(CommandStep step, StepCache cache, bool keeps)
    {
        var file = new StepCacheFile($".auxo-cache-{Guid.NewGuid():N}.tar", cache.Paths, cache.InHome);
        if (CacheKey.Of(step, cache, _workspace, out var problem) is not { } key)
        {
            _log.WriteLine($"--- Auxo: {Words(file)} is not cached: {problem}");
            return;
        }

        var exact = _store.Find(_rid, key.Name, key.Key);
        var found = exact ?? (cache.Newest ? _store.Find(_rid, key.Name, key: null) : null);
        try
        {
            found?.CopyTo(Path.Combine(_workspace.Path, file.File));
        }
        catch (FileNotFoundException)
        {
            // It went between the look and the copy.
            (exact, found) = (null, null);
        }

        if (found is not null)
            _log.WriteLine($"--- Auxo: {Words(file)} is there from {(exact is null ? "the newest cache, of other contents" : "the cache")}"
                + $" ({found.Length >> 10} KiB)");
        _open.Add((file with { Restores = found is not null, Keeps = keeps && exact is null }, key));
    }

    private static string Words(StepCacheFile cache)
        => PlainText.OneLine(string.Join(", ", cache.Paths.Select(path => cache.InHome ? "~/" + path : path)), 100);
}
