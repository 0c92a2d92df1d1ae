using Auxo.Cli.Patches.Listing;
using Auxo.Contracts;
using Auxo.Radicle;

namespace Auxo.Cli.Patches.Linking;

/// <summary>A patch that another one names.</summary>
/// <param name="Rid">Its repository.</param>
/// <param name="PatchId">The patch; null when it was not found.</param>
/// <param name="Title">Its title.</param>
/// <param name="Status">Where it stands; null when it was not found.</param>
/// <param name="Needs">What it needs itself; null where only Auxo knows it, which does not say.</param>
/// <param name="Problem">Why it was not found.</param>
internal sealed record LinkedPatch(string Rid, string? PatchId, string? Title, string? Status, PatchNeeds? Needs, string? Problem)
{
    public bool IsMerged => Status == "merged";

    /// <summary>Such as <c>patch 1a2b3c4 (Fix it) is open</c>.</summary>
    public string Words => PatchId is { } id ? $"patch {id[..7]} ({Title}) is {Status}" : Problem ?? "it was not found";
}

/// <summary>
/// Finds patches of this and of other repositories: in the user's storage, where signatures are verified, else in Auxo's answers.
/// </summary>
internal sealed class LinkedPatches(Session session, RadicleHome home) : IAsyncDisposable
{
    private readonly Dictionary<Rid, RadicleRepository?> _open = [];

    /// <summary>Never fails: what could not be found says why.</summary>
    /// <param name="reference">Which.</param>
    /// <param name="own">The repository that an id alone is meant in.</param>
    /// <param name="ct">Stops.</param>
    public async Task<LinkedPatch> FindAsync(PatchReference reference, Rid own, CancellationToken ct)
    {
        var rid = reference.Rid ?? own;
        try
        {
            return await OpenAsync(rid, ct) is { } storage
                ? await InStorageAsync(storage, rid, reference.Digits, ct)
                : await AtAuxoAsync(rid, reference.Digits, ct);
        }
        catch (Exception e) when (e is CliException or CobFormatException)
        {
            return new LinkedPatch(rid.Value, PatchId: null, Title: null, Status: null, Needs: null, $"{e.Message} ({rid})");
        }
    }

    /// <summary>The storage of a repository; null when it is not there.</summary>
    public async Task<RadicleRepository?> OpenAsync(Rid rid, CancellationToken ct)
    {
        if (_open.TryGetValue(rid, out var known)) return known;
        return _open[rid] = Directory.Exists(home.RepositoryPath(rid)) ? await Copies.RadicleCopy.OpenStorageAsync(home, rid, ct) : null;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var storage in _open.Values.OfType<RadicleRepository>()) await storage.DisposeAsync();
    }

    private static async Task<LinkedPatch> InStorageAsync(RadicleRepository storage, Rid rid, string digits, CancellationToken ct)
    {
        var id = PatchArgument.Resolve(await storage.ListAsync(CobTypes.Patch, ct), digits);
        var patch = await storage.ReadPatchAsync(id, ct) ?? throw new CliException(ExitCode.Negative, $"Patch {id} is not here.");
        return new LinkedPatch(
            rid.Value, id.Value, patch.Title, patch.State.Status.ToString().ToLowerInvariant(), NeedsOf(patch), Problem: null);
    }

    /// <summary>What a patch needs: its own description and its newest revision's say it.</summary>
    public static PatchNeeds NeedsOf(RadiclePatch patch) => DependsOn.Of(patch);

    private async Task<LinkedPatch> AtAuxoAsync(Rid rid, string digits, CancellationToken ct)
    {
        var repository = await ReadPatches.TrackedAsync(session.Clients, rid, ct);
        var patches = (await session.Clients.Ingest.PatchesAsync(repository.Rid, ct)).Items;
        var id = PatchArgument.Resolve([.. patches.Select(static p => CommitId.Parse(p.PatchId))], digits);
        var patch = patches.First(p => p.PatchId == id.Value);
        return new LinkedPatch(rid.Value, id.Value, patch.Title, patch.Status, Needs: null, Problem: null);
    }
}
