using System.Collections.Concurrent;
using System.Globalization;

using Auxo.Cli.Patches.Copies;
using Auxo.Contracts;
using Auxo.Git;
using Auxo.Radicle;

namespace Auxo.Cli.Nodes.Diagnosing;

/// <summary>
/// Reads who may have what, and who says that he has it. A repository that cannot be read disturbs no other.
/// </summary>
internal static class ReadRepositories
{
    private const int AtOnce = 4;
    private const string Sigrefs = "/refs/rad/sigrefs";
    private const string Namespaces = "refs/namespaces/";

    /// <param name="host">The surroundings.</param>
    /// <param name="home">The profile.</param>
    /// <param name="own">Its key.</param>
    /// <param name="named">The only one to look at; null for all.</param>
    /// <param name="control">The node; null when it does not answer.</param>
    /// <param name="ct">Stops.</param>
    public static async Task<IReadOnlyList<MeshRepository>> ReadAsync(
        CliHost host, RadicleHome home, Did own, Rid? named, NodeControl? control, CancellationToken ct)
    {
        var all = named is { } one ? [one] : Directory.EnumerateDirectories(home.Storage)
            .Select(static folder => Rid.TryParse(Path.GetFileName(folder), provider: null, out var rid) ? rid
            : default(Rid?))
            .OfType<Rid>().ToList();
        var programs = new UserPrograms(host);
        var found = new ConcurrentBag<MeshRepository>();
        await Parallel.ForEachAsync(
            all, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = ct },
            async (rid, cancel) => found.Add(await OneAsync(programs, home, own, rid, control, cancel)));
        return [.. found.OrderBy(static r => r.Rid.Value, StringComparer.Ordinal)];
    }

    private static async Task<MeshRepository> OneAsync(
        UserPrograms programs, RadicleHome home, Did own, Rid rid, NodeControl? control, CancellationToken ct)
    {
        var folder = home.RepositoryPath(rid);
        var policy = (await programs.AskRadAsync(home.Path, ct, "inspect", rid.Value, "--policy")).Output;
        var (seeded, all) = (policy.Contains("is being seeded", StringComparison.Ordinal),
            policy.Contains("scope `all`", StringComparison.Ordinal));
        if (!Directory.Exists(folder)) return new MeshRepository(rid, rid.Value, IsHere: false) { IsSeeded = seeded,
            SeedsAll = all };
        try
        {
            await using var storage = await RadicleRepository.OpenAsync(folder, ct);
            var identity = await storage.ReadIdentityAsync(ct);
            return new MeshRepository(rid, identity.Name, IsHere: true)
            {
                Readers = identity.Document.IsPrivate ? [.. identity.Delegates, .. identity.Document.Allowed] : null,
                IsDelegate = identity.Document.IsDelegate(own), IsSeeded = seeded, SeedsAll = all,
                Signed = await SignedAsync(folder, ct), Seeds = await SeedsAsync(control, rid, own, ct),
            };
        }
        catch (Exception e) when (e is NotRadicleException or CobFormatException or GitException or IOException)
        {
            return new MeshRepository(rid, rid.Value, IsHere: true, e.Message) { IsSeeded = seeded, SeedsAll = all };
        }
    }

    private static async Task<IReadOnlyList<NodeSeed>?> SeedsAsync(NodeControl? control, Rid rid, Did own,
        CancellationToken ct)
    {
        try
        {
            return control is null ? null : await control.SeedsForAsync(rid, [own], ct);
        }
        catch (NodeException)
        {
            return null;
        }
    }

    /// <summary>
    /// The newest signed refs of every namespace. Only a time and an id are taken from them, nothing is believed.
    /// </summary>
    private static async Task<IReadOnlyDictionary<Did, SignedAt>> SignedAsync(string folder, CancellationToken ct)
    {
        var listed = await GitCommand.AskAsync(
            folder, ct, "for-each-ref", "--format=%(refname) %(objectname) %(committerdate:unix)",
            $"{Namespaces}*{Sigrefs}") ?? "";
        return listed.Split('\n').Select(Line).OfType<(Did Owner, SignedAt At)>().DistinctBy(static l => l.Owner)
            .ToDictionary(static l => l.Owner, static l => l.At);
    }

    private static (Did Owner, SignedAt At)? Line(string line)
        => line.Split(' ') is [var name, var commit, var time] && name.Length > Namespaces.Length + Sigrefs.Length
            && Did.TryParse("did:key:" + name[Namespaces.Length..^Sigrefs.Length], provider: null, out var owner)
            && long.TryParse(time, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            && seconds <= 253_402_300_799
            ? (owner, new SignedAt(commit, DateTimeOffset.FromUnixTimeSeconds(seconds))) : null;
}
