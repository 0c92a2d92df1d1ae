using System.Collections.Concurrent;
using System.Text.Json;

using Auxo.Cli.Nodes.Health;
using Auxo.Cli.Patches.Copies;
using Auxo.Contracts;
using Auxo.Radicle;

namespace Auxo.Cli.Nodes.Privacy;

/// <summary>
/// Reads every repository's identity in the storage, with all signatures verified, and asks the node who has the private ones. A
/// repository that cannot be read disturbs no other.
/// </summary>
internal static class ReadPrivacy
{
    private const int AtOnce = 4;

    public static async Task<IReadOnlyList<HealthItem>> LookAsync(
        CliHost host, RadicleHome home, IReadOnlySet<Rid> meant, CancellationToken ct)
    {
        var (readings, broken, unknown) = await ReadAsync(host, home, ct);
        return [.. broken, .. PrivacyRules.Judge(readings, meant, unknown, broken.Count)];
    }

    /// <returns>
    /// The repositories that are private, or were; those that cannot be read; and why nobody could be asked who has what, null when
    /// somebody could.
    /// </returns>
    public static async Task<(IReadOnlyList<PrivacyReading> Readings, IReadOnlyList<HealthItem> Broken, string? Unknown)> ReadAsync(
        CliHost host, RadicleHome home, CancellationToken ct)
    {
        var found = new ConcurrentBag<PrivacyReading>();
        var broken = new ConcurrentBag<HealthItem>();
        await Parallel.ForEachAsync(
            Directory.EnumerateDirectories(home.Storage), new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = ct },
            async (folder, cancel) =>
            {
                if (!Rid.TryParse(Path.GetFileName(folder), provider: null, out var rid)) return;
                try
                {
                    await using var storage = await RadicleRepository.OpenAsync(folder, cancel);
                    if (Of(await storage.ReadIdentityAsync(cancel)) is { } reading) found.Add(reading);
                }
                catch (Exception e) when (e is NotRadicleException or CobFormatException or Git.GitException or IOException)
                {
                    broken.Add(new HealthItem("private", HealthState.Warning,
                        $"whether {rid} is private cannot be read: {e.Message}",
                        $"it may be damaged: keep a copy of {folder}, take it away, then: rad seed {rid}; rad sync --fetch {rid}"));
                }
            });
        var readings = found.OrderBy(static r => r.Rid.Value, StringComparer.Ordinal).ToList();
        var (asked, unknown) = await AskAsync(host, home, readings, ct);
        return (asked, [.. broken.OrderBy(static i => i.Text, StringComparer.Ordinal)], unknown);
    }

    /// <summary>What the identity says; null for a repository that has always been public.</summary>
    public static PrivacyReading? Of(RadicleIdentity identity)
    {
        var accepted = identity.Revisions.Where(static r => r.State == IdentityRevisionState.Accepted).ToList();
        var lastPrivate = accepted.FindLastIndex(static r => r.Document.IsPrivate);
        var document = identity.Document;
        if (lastPrivate < 0) return null;
        return new PrivacyReading(
            identity.Rid, identity.Name, document.IsPrivate, document.IsPrivate ? null : accepted[lastPrivate + 1].At,
            [.. document.Delegates, .. document.Allowed], [], IsAnnounced: false);
    }

    private static async Task<(IReadOnlyList<PrivacyReading> Readings, string? Unknown)> AskAsync(
        CliHost host, RadicleHome home, IReadOnlyList<PrivacyReading> readings, CancellationToken ct)
    {
        if (!readings.Any(static r => r.IsPrivate)) return (readings, null);
        try
        {
            var control = new NodeControl(home.Socket, host.Time);
            var own = await control.NodeIdAsync(ct);
            var routes = (await RoutesAsync(host, home, ct)).ToLookup(static r => r.Rid, static r => r.Nid);
            var asked = new List<PrivacyReading>();
            foreach (var reading in readings)
            {
                var seeds = reading.IsPrivate ? (await control.SeedsForAsync(reading.Rid, own, ct)).Select(static s => s.Nid) : [];
                asked.Add(reading with
                {
                    Holders = [.. seeds.Concat(routes[reading.Rid]).Where(nid => nid != own).Distinct()],
                    IsAnnounced = routes[reading.Rid].Contains(own),
                });
            }

            return (asked, null);
        }
        catch (NodeException e)
        {
            return (readings, e.Message);
        }
        catch (CliException e)
        {
            return (readings, e.Message);
        }
    }

    /// <summary>What nodes have told of their inventories: who has what.</summary>
    private static async Task<IEnumerable<(Rid Rid, Did Nid)>> RoutesAsync(CliHost host, RadicleHome home, CancellationToken ct)
        => (await new UserPrograms(host).AskRadAsync(home.Path, ct, "node", "routing", "--json")).Must().Output
            .Split('\n').Select(Route).OfType<(Rid, Did)>();

    /// <summary>A line of <c>rad node routing --json</c>; null for any other line.</summary>
    public static (Rid Rid, Did Nid)? Route(string line)
    {
        if (!line.StartsWith('{')) return null;
        try
        {
            var json = JsonDocument.Parse(line).RootElement;
            return Rid.TryParse(json.GetProperty("rid").GetString(), provider: null, out var rid)
                && Did.TryParse("did:key:" + json.GetProperty("nid").GetString(), provider: null, out var nid) ? (rid, nid) : null;
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return null;
        }
    }
}
