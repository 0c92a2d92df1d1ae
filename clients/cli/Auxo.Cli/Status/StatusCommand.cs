using System.CommandLine;

using Auxo.Api;
using Auxo.Cli.Instances;
using Auxo.Contracts;

namespace Auxo.Cli.Status;

/// <summary>
/// <c>auxo status</c>: what runs, what waits, and for every tip of every tracked repository its build, or why there is none.
/// </summary>
internal static class StatusCommand
{
    public static Command Create(CliHost host)
        => new Command("status", "Show services, node, queues, and why each push has a build or none")
            .Does(host, static (_, session, ct) => RunAsync(session, ct));

    private static async Task<int> RunAsync(Session session, CancellationToken ct)
    {
        var clients = session.Clients;
        var resources = Attempt.OfAsync("services", () => clients.AppHost.ResourcesAsync(ct));
        var node = Attempt.OfAsync("node", () => clients.Ingest.NodeAsync(ct));
        var outbox = Attempt.OfAsync("outbox", () => clients.Ingest.OutboxAsync(ct));
        var queues = Task.WhenAll(KnownServices.Names.Select(name => Attempt.OfAsync(name, () => clients.Messaging(name).QueuesAsync(ct))));
        var executors = Attempt.OfAsync("pipeline", () => clients.Pipeline.ExecutorsAsync(ct));
        var refs = TrackedRefs.ReadAsync(clients, ct);
        await Task.WhenAll(resources, node, outbox, queues, executors, refs);

        var status = new AuxoStatus(clients.Instance, await resources, await node, await outbox, await queues, await refs)
        {
            Executors = (await executors).Value?.Items ?? [],
        };
        if (status.IsSilent) throw (await resources).Error!;
        if (session.Terminal.Json) session.Terminal.WriteJson(status.ToJson());
        else StatusReport.Write(session.Terminal, status);
        return status.IsHealthy ? ExitCode.Ok : ExitCode.Negative;
    }
}

/// <summary>All that was asked, each part with its answer or its silence.</summary>
internal sealed record AuxoStatus(
    Instance Instance, Attempt<Page<ResourceInfo>> Resources, Attempt<NodeInfo> Node,
    Attempt<Page<OutboxEntry>> Outbox, IReadOnlyList<Attempt<Page<QueueInfo>>> Queues,
    Attempt<TrackedTips> Refs)
{
    /// <summary>What runs steps; empty where the pipeline does not say.</summary>
    public IReadOnlyList<ExecutorInfo> Executors { get; init; } = [];

    /// <summary>Nobody answered at all.</summary>
    public bool IsSilent => Resources.Error is not null && Node.Error is not null && Refs.Error is not null;

    /// <summary>
    /// Everything that should run runs, the node is not down, every repository can be read, and no message is given up. A failed
    /// build is not a failure of Auxo.
    /// </summary>
    public bool IsHealthy
        => Resources.Error is null && Resources.Value!.Items.All(static r => IsWell(r.State))
            && Node.Value is { State: "connected" or "absent" } && Refs.Value is { Problems.Count: 0 }
            && DeadLetters == 0 && QueueTroubles.Count == 0;

    /// <summary>Of services that are there and cannot say what waits; one that is away is a state of its own.</summary>
    public IReadOnlyList<CliException> QueueTroubles
        => [.. Queues.Select(static q => q.Error).OfType<CliException>()
            .Where(static e => e is { Code: ExitCode.Unreachable, InnerException: null })];

    /// <summary>Messages whose handler gave up.</summary>
    public long DeadLetters => Queues.Where(static q => q.Value is not null).Sum(static q => q.Value!.Items.Sum(static i => i.DeadLetters));

    /// <summary>States that need nobody's attention. What is started only when it is asked for may stand still.</summary>
    public static bool IsWell(string state) => state is "running" or "active" or "finished" or "hidden" or "not_started" or "healthy";

    /// <summary>The shape of <c>auxo status --json</c>, documented in docs/cli.md.</summary>
    public object ToJson() => new
    {
        healthy = IsHealthy,
        services = Resources.Value?.Items,
        node = Node.Value,
        queues = Queues.SelectMany(static q => (q.Value?.Items ?? []).Select(i => new
        {
            service = q.Name, i.Queue, i.Ready, i.Scheduled, i.DeadLetters, i.OldestSeconds,
        })),
        outbox = Outbox.Value?.Items.GroupBy(static e => e.State, StringComparer.Ordinal)
            .ToDictionary(static g => g.Key, static g => g.Count(), StringComparer.Ordinal),
        executors = Executors,
        refs = Refs.Value?.Refs,
        problems = new[] { Resources.Error, Node.Error, Outbox.Error, Refs.Error }.OfType<CliException>().Concat(QueueTroubles)
            .Select(static e => e.Message).Concat(Refs.Value?.Problems ?? []).Distinct(StringComparer.Ordinal),
    };
}
