using Auxo.Api;
using Auxo.Contracts;

namespace Auxo.Cli.Patches.Listing;

/// <summary>Brings patches and their builds together.</summary>
internal static class ReadPatches
{
    /// <summary>How many pages of builds are read for those of many patches.</summary>
    private const int Pages = 5;

    /// <summary>The patches of one repository that Auxo follows, of the wanted states, with their builds.</summary>
    /// <exception cref="CliException">Auxo is away, or does not follow it.</exception>
    public static async Task<IReadOnlyList<ListedPatch>> OfAsync(
        Clients clients, Repository repository, IReadOnlySet<string> states, CancellationToken ct)
    {
        var patches = (await clients.Ingest.PatchesAsync(repository.Rid, ct)).Items.Where(p => states.Contains(p.Status))
            .Select(p => ListedPatch.Of(p, repository.Name)).ToList();
        return patches.Count == 0 ? patches : Join(patches, await BuildsAsync(clients, repository.Rid, patches, ct));
    }

    /// <summary>
    /// Gives each patch the newest build of its head; one that another build pushed aside says nothing where there is another.
    /// </summary>
    /// <param name="patches">Of one repository.</param>
    /// <param name="builds">The newest first.</param>
    public static IReadOnlyList<ListedPatch> Join(IEnumerable<ListedPatch> patches, IReadOnlyList<Build> builds)
        => [.. patches.Select(patch =>
        {
            var own = builds.Where(b => b.PatchId == patch.PatchId && b.Commit == patch.Head).ToList();
            return patch with { Build = own.Find(static b => b.Outcome != "superseded") ?? own.FirstOrDefault() };
        })];

    /// <summary>The repository as Auxo follows it.</summary>
    /// <exception cref="CliException">Auxo is away, or does not follow it.</exception>
    public static async Task<Repository> TrackedAsync(Clients clients, Rid rid, CancellationToken ct)
        => (await clients.Ingest.RepositoriesAsync(ct)).Items.FirstOrDefault(r => r.Rid == rid.Value)
            ?? throw new CliException(ExitCode.Negative, $"Auxo does not follow {rid}.", $"Let it: auxo repo track {rid}");

    private static async Task<IReadOnlyList<Build>> BuildsAsync(
        Clients clients, string rid, IReadOnlyList<ListedPatch> patches, CancellationToken ct)
    {
        if (patches is [{ Head: { } head } only])
            return (await clients.Pipeline.BuildsAsync(rid, only.PatchId, head, limit: 20, after: null, ct)).Items;
        var wanted = patches.Select(static p => (p.PatchId, p.Head)).ToHashSet();
        var found = new List<Build>();
        string? after = null;
        for (var i = 0; i < Pages; i++)
        {
            var page = await clients.Pipeline.BuildsAsync(rid, patch: null, commit: null, limit: 200, after, ct);
            found.AddRange(page.Items);
            wanted.ExceptWith(page.Items.Select(static b => (b.PatchId ?? "", (string?)b.Commit)));
            if (page.Next is null || wanted.Count == 0) break;
            after = page.Next;
        }

        return found;
    }
}
