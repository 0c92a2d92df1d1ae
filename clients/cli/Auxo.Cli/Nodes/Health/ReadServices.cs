using System.Globalization;

using Auxo.Cli.Instances;
using Auxo.Cli.Status;
using Auxo.Contracts;
using Auxo.Instances;

namespace Auxo.Cli.Nodes.Health;

/// <summary>What the AppHost says of every part of Auxo, and who holds the ports. Works without a running Auxo.</summary>
internal static class ReadServices
{
    private const int PageSize = 200;
    private const int MostPages = 10;
    private const string Start = "./auxo up --detach";

    public static async Task<(IReadOnlyList<ServiceReading> Services, IReadOnlyList<PortReading> Ports)> ReadAsync(
        Session session, Instance? instance, CancellationToken ct)
    {
        if (instance is null) return ([new ServiceReading("auxo", IsUp: false, "not running", Next: Start)], Usual(session.Host));
        if (instance.Dashboard is not null) return (await AskEachAsync(session, ct), []);
        var answer = await Attempt.OfAsync("apphost", () => session.Clients.AppHost.ResourcesAsync(ct));
        // The AppHost of a team's machine is not reached from others, and need not be.
        if (answer.Error is not null && instance.Origin == "AUXO_URL") return (await AskTeamAsync(session, ct), []);
        if (answer.Value is not { Items: var resources })
            return ([new ServiceReading("auxo", IsUp: false, "not running", answer.Error!.Message, Start)], Usual(session.Host));
        var services = resources.Where(static r => r.State != "hidden").Select(static r => new ServiceReading(
            r.Name, AuxoStatus.IsWell(r.State), r.State.Replace('_', ' '), r.Reason)).ToList();
        // The ports of another machine are not held by anybody here.
        var isHere = instance.Origin != "AUXO_URL" || instance.Endpoints["apphost"].IsLoopback;
        return (services, isHere ? [.. resources.Where(static r => r.State is "running" or "runtime_unhealthy")
            .SelectMany(r => (r.Urls ?? []).Select(ReadNode.PortOf).OfType<int>().Distinct().Select(port => new PortReading(
                port, r.Name, IsUp: true, r.Pid, Ports.Listener(port), Ports.Setting(r.Name))))] : []);
    }

    public static async Task<JobsReading?> JobsAsync(Session session, Instance? instance, CancellationToken ct)
    {
        if (instance is null) return null;
        var since = session.Host.Time.GetUtcNow() - TimeSpan.FromHours(1);
        var (ended, failed, after) = (0, 0, default(string));
        for (var n = 0; n < MostPages; n++)
        {
            var cursor = after;
            var answer = await Attempt.OfAsync("pipeline", () => session.Clients.Pipeline.BuildsAsync(
                rid: null, patch: null, commit: null, PageSize, cursor, ct));
            if (answer.Value is not { } page) return new JobsReading(0, 0, Problem: answer.Error!.Message);
            var recent = page.Items.Where(b => b.FinishedAt >= since).ToList();
            ended += recent.Count;
            failed += recent.Count(static b => b.Outcome is "failed" or "errored" or "timed_out");
            after = page.Next;
            // They come by the time when they were queued; one that was queued a day before has ended long ago.
            if (after is null || page.Items.All(b => b.QueuedAt < since - TimeSpan.FromDays(1))) return new JobsReading(ended, failed);
        }

        return new JobsReading(ended, failed, IsCut: true);
    }

    /// <summary>Under Aspire there is no AppHost to ask: each service answers for itself.</summary>
    private static async Task<IReadOnlyList<ServiceReading>> AskEachAsync(Session session, CancellationToken ct)
        => await Task.WhenAll(KnownServices.Names.Select(async name =>
            await Attempt.OfAsync(name, () => session.Clients.Messaging(name).QueuesAsync(ct)) is { Error: { } error }
                ? new ServiceReading(name, IsUp: false, "silent", error.Message, error.Hint)
                : new ServiceReading(name, IsUp: true, "running")));

    /// <summary>The services that somebody's commands ask on his team's machine.</summary>
    private static async Task<IReadOnlyList<ServiceReading>> AskTeamAsync(Session session, CancellationToken ct)
    {
        var clients = session.Clients;
        Attempt<object>[] asked =
        [
            await Attempt.OfAsync<object>("ingest", async () => await clients.Ingest.RepositoriesAsync(ct)),
            await Attempt.OfAsync<object>("pipeline", async () => await clients.Pipeline.BuildsAsync(
                rid: null, patch: null, commit: null, limit: 1, after: null, ct)),
        ];
        return [.. asked.Select(a => a.Error is { } error
            ? new ServiceReading(a.Name, IsUp: false, "silent", error.Message, error.Hint)
            : new ServiceReading(
                a.Name, IsUp: true, $"answers at {clients.Instance.Endpoints[a.Name].GetLeftPart(UriPartial.Authority)}"))];
    }

    /// <summary>The ports that Auxo will need, with whoever sits on them.</summary>
    private static IReadOnlyList<PortReading> Usual(CliHost host)
        => [.. KnownServices.Names.Append("console").Append("apphost").Select(name =>
        {
            var setting = Ports.Setting(name);
            var port = int.TryParse(host.Variable(setting), NumberStyles.None, CultureInfo.InvariantCulture, out var own)
                ? own
                : KnownServices.UsualPort(name) ?? (name == "console" ? KnownServices.ConsolePort : 15000);
            return new PortReading(port, name, IsUp: false, ExpectedPid: null, Ports.Listener(port), setting);
        })];
}
