using Auxo.Contracts.Mesh;

namespace Auxo.Cli.Mesh.Agents;

/// <summary>
/// A report every minute. While Auxo is away it waits longer each time, and says so once; whoever stops it finds it gone at once.
/// </summary>
/// <param name="time">The clock.</param>
/// <param name="look">Looks at the node, given the others.</param>
/// <param name="send">Sends the report.</param>
/// <param name="say">Tells a state (<c>reporting</c>, <c>waiting</c>, <c>ended</c>) with words.</param>
internal sealed class AgentLoop(
    TimeProvider time, Func<IReadOnlyList<MeshMate>, CancellationToken, Task<NodeReport>> look,
    Func<NodeReport, CancellationToken, Task<ReportTaken>> send, Action<string, string> say)
{
    private static readonly TimeSpan Every = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(2);

    /// <summary>Its name in the mesh; null until the first report was taken.</summary>
    public string? Name { get; private set; }

    /// <summary>What it saw last.</summary>
    public NodeReport? Last { get; private set; }

    /// <summary>When Auxo last took a report.</summary>
    public DateTimeOffset? LastTaken { get; private set; }

    /// <summary>How long to wait after so many failures in a row: 1 s, 2 s, 4 s, up to two minutes.</summary>
    public static TimeSpan Pause(int failures)
        => failures > 7 ? Longest : TimeSpan.FromSeconds(Math.Min(1 << (failures - 1), Longest.TotalSeconds));

    /// <summary>How long to wait after a report: of a node with very many repositories a look takes long, and comes less often.</summary>
    public static TimeSpan Pause(TimeSpan took) => TimeSpan.FromTicks(Math.Clamp(took.Ticks * 4, Every.Ticks, Longest.Ticks));

    /// <summary>Until it is stopped.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        var (failures, trouble, others) = (0, default(string), (IReadOnlyList<MeshMate>)[]);
        try
        {
            while (true)
            {
                var began = time.GetTimestamp();
                try
                {
                    Last = await look(others, ct);
                    var taken = await send(Last, ct);
                    if (Name is null || trouble is not null) say("reporting", $"Reports as {taken.Name}, every minute.");
                    // Whom it has not looked for yet it looks for at once.
                    var isNews = taken.Others.Any(o => others.All(k => k.Node != o.Node));
                    (Name, LastTaken, failures, trouble, others) = (taken.Name, time.GetUtcNow(), 0, null, taken.Others);
                    if (isNews) continue;
                }
                catch (Exception e) when (e is CliException or IOException or UnauthorizedAccessException)
                {
                    failures++;
                    // Another reason for the same trouble is no news.
                    var kind = (e as CliException)?.Hint ?? e.GetType().Name;
                    if (kind != trouble) say(
                        "waiting", $"{e.Message} {(e as CliException)?.Hint} It is tried again, after a longer time each time.");
                    trouble = kind;
                }

                await Task.Delay(failures > 0 ? Pause(failures) : Pause(time.GetElapsedTime(began)), time, ct);
            }
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            say("ended", "Ended.");
        }
    }
}
