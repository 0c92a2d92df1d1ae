using System.Collections.Concurrent;

using Auxo.Cli.Nodes.Fixing;
using Auxo.Cli.Patches.Copies;
using Auxo.Contracts;
using Auxo.Radicle;

namespace Auxo.Cli.Mesh.Testing;

/// <summary>
/// While the agent runs, its node takes part in a test that somebody begins elsewhere: then one <c>auxo mesh test</c>
/// has the whole matrix. A repository is answered in at most once at a time and once in five seconds, whatever markers
/// come.
/// </summary>
/// <param name="host">The surroundings.</param>
/// <param name="say">Tells what happened, with words.</param>
internal sealed class MarkerAnswers(CliHost host, Action<string, string> say)
{
    private const string Heads = "refs/heads/";
    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(5);

    /// <summary>When the last answer in a repository ended; null while one goes on.</summary>
    private readonly ConcurrentDictionary<Rid, long?> _busy = new();
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>It hears the node.</summary>
    public Task Ready => _ready.Task;

    /// <summary>Until it is stopped.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        var running = new List<Task>();
        try
        {
            var (home, own) = await RadicleCopy.ProfileAsync(host, ct);
            var alias = await home.AliasAsync(ct) ?? "";
            await foreach (var signal in new NodeEvents(new NodeControl(home.Socket, host.Time), host.Time).ReadAsync(ct))
            {
                if (signal is NodeSignal.Connected) _ready.TrySetResult();
                if (signal is not NodeSignal.Received { Event: NodeEvent.RefsFetched fetched }
                    || Markers(fetched, own) is not { Count: > 0 } branches || !Claim(fetched.Rid)) continue;
                running.RemoveAll(static t => t.IsCompleted);
                var run = new MarkerRun(new FixScene(host, home, own, "0.0.0.0:8776", fetched.Rid), fetched.Rid, alias, IsAnswer: true);
                running.Add(AnswerAsync(run, branches, ct));
            }
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // What was begun still removes its marker.
            await Task.WhenAll(running);
        }
        catch (CliException e)
        {
            say("markers", $"It takes no part in tests of the mesh: {e.Message}");
        }
    }

    /// <summary>The markers of others that have just come.</summary>
    public static IReadOnlySet<string> Markers(NodeEvent.RefsFetched fetched, Did own)
        => fetched.Changes.Where(c => c is { Old: null, New: not null } && c.Owner != own
                && c.Name.StartsWith(Heads + MarkerNote.Prefix, StringComparison.Ordinal))
            .Select(static c => c.Name[Heads.Length..]).ToHashSet(StringComparer.Ordinal);

    private bool Claim(Rid rid)
    {
        if (_busy.TryGetValue(rid, out var last) && (last is not { } ended || host.Time.GetElapsedTime(ended) < Rest)) return false;
        _busy[rid] = null;
        return true;
    }

    private async Task AnswerAsync(MarkerRun run, IReadOnlySet<string> branches, CancellationToken ct)
    {
        long? ended = null;
        try
        {
            if (!await run.IsCalledAsync(branches, ct)) return;
            var table = await run.RunAsync(Wait, isAlone: false, ct);
            ended = host.Time.GetTimestamp();
            var others = table.Nodes.Count(table.HasWritten) - 1;
            say("markers", $"Took part in a test of the mesh in {run.Rid}, with {others} {(others == 1 ? "other" : "others")}.");
        }
        catch (Exception e) when (e is CliException or NodeException or OperationCanceledException)
        {
            ended = host.Time.GetTimestamp();
            if (!ct.IsCancellationRequested) say("markers", $"It could not take part in a test of the mesh in {run.Rid}: {e.Message}");
        }
        finally
        {
            if (ended is null) _busy.TryRemove(run.Rid, out _);
            else _busy[run.Rid] = ended;
        }
    }
}
