using Auxo.Api;
using Auxo.Cli.Instances;
using Auxo.Cli.Output;
using Auxo.Contracts;

namespace Auxo.Cli.Completion;

/// <summary>Names that only the running instance knows. It has a second; who is slower, or not there, knows none.</summary>
internal sealed class KnownNames(CliHost host)
{
    /// <summary>
    /// A program that has just started needs a quarter of a second to ask and be answered on a small machine; after this, Tab
    /// hangs.
    /// </summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    /// <summary>The values of an argument or option.</summary>
    /// <param name="path">The command, such as <c>ci logs</c>.</param>
    /// <param name="symbol">The argument's or option's name.</param>
    /// <param name="ct">Stops it.</param>
    public async Task<List<(string, string?)>> OfAsync(string path, string symbol, CancellationToken ct)
    {
        using var late = new CancellationTokenSource(Patience, host.Time);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct, late.Token);
        try
        {
            using var clients = new Clients(Instance.Find(host));
            // Not every wait inside ends with the token (a name that does not resolve).
            return await AskAsync(clients, path, symbol, limit.Token).WaitAsync(Patience, host.Time, ct);
        }
        catch (Exception e) when (e is CliException or OperationCanceledException or TimeoutException)
        {
            return [];
        }
    }

    private static async Task<List<(string, string?)>> AskAsync(Clients clients, string path, string symbol, CancellationToken ct)
        => (path, symbol) switch
    {
        ("mirror refresh" or "mirror forget", "repository")
            => [.. (await clients.Registry.MirrorsAsync(ct)).Items.Select(static m => (m.Repository, (string?)m.Upstream))],
        ("registry setup", "--repository") or ("registry define" or "registry remove", "name")
            => [.. (await clients.Registry.RepositoriesAsync(ct)).Items.Select(static r => (r.Name, (string?)r.Format))],
        (_, "repository" or "--repo") when !path.StartsWith("raw", StringComparison.Ordinal)
            => [.. (await clients.Ingest.RepositoriesAsync(ct)).Items.Select(static r => (r.Name, (string?)Words.ShortRid(r.Rid)))],
        ("raw list" or "raw get" or "raw put" or "raw delete" or "raw remove", "repository")
            => [.. (await clients.Registry.RepositoriesAsync(ct)).Items.Select(static r => (r.Name, (string?)null))],
        (_, "build" or "--build")
            => [.. (await BuildsAsync(clients, ct))
                .Select(static b => (b.Short, (string?)$"{b.RepositoryName} {b.Subject} {b.Outcome ?? b.State}"))],
        ("trace", "patch") =>
            [.. (await BuildsAsync(clients, ct))
                .Select(static b
                    => (b.PatchId is { } p
                        ? Words.Short(p)
                        : b.Short, (string?)Columns.Cut(TamedText.OneLine($"{b.RepositoryName} {b.Title}"), 60)))],
        (_, "--patch")
            => [.. (await BuildsAsync(clients, ct)).Where(static b => b.PatchId is not null)
                .Select(static b => (Words.Short(b.PatchId!), (string?)Columns.Cut(TamedText.OneLine(b.Title), 60)))],
        (_, "--step")
            => [.. (await BuildsAsync(clients, ct)).Take(1).SelectMany(static b => b.Steps ?? []).Select(static s => (s.Step, s.Outcome))],
        (_, "channel" or "--channel" or "--to") or ("notify channels set" or "notify channels secret" or "notify channels remove", "name")
            => [.. (await clients.Notify.ChannelsAsync(ct)).Items.Select(static c => (c.Name, (string?)c.Kind))],
        ("notify routes set" or "notify routes remove", "name")
            => [.. (await clients.Notify.RoutesAsync(ct)).Items.Select(static r => (r.Name, (string?)string.Join(" ", r.Channels)))],
        ("notify deliveries", "id")
            => [.. (await clients.Notify.DeliveriesAsync(null, null, 20, ct))
                .Items.Select(static d => (d.Id, (string?)$"{d.Channel} {d.State}"))],
        ("notify replay" or "notify forget", "id")
            => [.. (await clients.Notify.DeliveriesAsync(null, "dead", 20, ct)).Items.Select(static d => (d.Id, d.Reason))],
        ("queues replay" or "dead-letters replay", "id") => await DeadAsync(clients, ct),
        ("describe", "service") => [.. KnownServices.Names.Select(static s => (s, (string?)null))],
        ("people set" or "people remove", "name")
            => [.. (await clients.Registry.PeopleAsync(ct)).Items.Select(static p => (p.Name, (string?)p.Role))],
        ("token rotate" or "token revoke", _)
            => [.. (await clients.Registry.TokensAsync(all: false, ct)).Items.Select(static t => (t.Name, (string?)t.Id))],
        _ => [],
    };

    private static async Task<IReadOnlyList<Build>> BuildsAsync(Clients clients, CancellationToken ct)
        => (await clients.Pipeline.BuildsAsync(rid: null, patch: null, commit: null, limit: 30, after: null, ct)).Items;

    private static async Task<List<(string, string?)>> DeadAsync(Clients clients, CancellationToken ct)
    {
        var letters = await Task.WhenAll(
            KnownServices.Names.Select(s => Attempt.OfAsync(s, () => clients.Messaging(s).DeadLettersAsync(ct))));
        return [.. letters.SelectMany(static a => (a.Value?.Items ?? []).Select(l => (l.Id[..8], (string?)$"{a.Name} {l.MessageType}")))];
    }
}
