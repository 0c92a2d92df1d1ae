using Auxo.Cli.Output;
using Auxo.Cli.Patches.Copies;
using Auxo.Cli.Patches.Listing;
using Auxo.Contracts;
using Auxo.Git;
using Auxo.Radicle;

namespace Auxo.Cli.Patches.Owning;

/// <summary>Whose accept the patches of a list wait for, as far as the storage of this machine has them.</summary>
internal static class OwnersOfPatches
{
    /// <summary>So many open patches of a repository are looked at, the newest; git is asked for each.</summary>
    private const int Most = 100;

    /// <summary>Gives open patches their <see cref="ListedPatch.Owners"/>, where the default branch requires accepts.</summary>
    /// <param name="host">Where Radicle's storage is looked for.</param>
    /// <param name="patches">Of any repositories, the newest first.</param>
    /// <param name="ct">Stops.</param>
    public static async Task<IReadOnlyList<ListedPatch>> AddAsync(CliHost host, IReadOnlyList<ListedPatch> patches, CancellationToken ct)
    {
        if (RadicleHome.Find(host.Variable) is not RadicleHomeSearch.Found { Home: var home }) return patches;
        var needs = new Dictionary<(string, string), OwnersNeed>();
        foreach (var group in patches.Where(static p => p.Status is "open" or "draft").GroupBy(static p => p.Rid, StringComparer.Ordinal))
        {
            if (!Rid.TryParse(group.Key, provider: null, out var rid) || !Directory.Exists(home.RepositoryPath(rid))) continue;
            await using var storage = await RadicleCopy.OpenStorageAsync(home, rid, ct);
            if (await storage.CanonicalHeadAsync(ct) is not { } tip) continue;
            foreach (var listed in group.Take(Most))
            {
                if (await OfAsync(storage, tip.Value, listed.PatchId, ct) is not { } need) break;
                needs[(listed.Rid, listed.PatchId)] = need;
            }
        }

        return needs.Count == 0 ? patches
            : [.. patches.Select(p => needs.GetValueOrDefault((p.Rid, p.PatchId)) is { } need ? p with { Owners = need } : p)];
    }

    /// <summary>In a few letters, never by colour alone.</summary>
    public static Cell Cell(OwnersNeed? need)
    {
        if (need is null) return new("", "dim");
        if (need.Problem is not null) return new("! cannot be read", "red");
        if (need.IsMet) return new(need.Accepts.Count == 0 ? "nobody's" : "✓ accepted", "green");
        if (need.Accepts.Any(static a => a.IsImpossible)) return new("! nobody can", "red");
        var names = need.Accepts.Where(static a => !a.IsGiven).SelectMany(static a => a.Open).Select(static a => a.Name)
            .Distinct(StringComparer.Ordinal).ToList();
        return new($"needs {Columns.Cut(names[0], 16)}{(names.Count > 1 ? $" +{names.Count - 1}" : "")}", "yellow");
    }

    private static async Task<OwnersNeed?> OfAsync(RadicleRepository storage, string tip, string id, CancellationToken ct)
    {
        try
        {
            if (await storage.ReadPatchAsync(PatchId.Parse(id), ct) is not { } patch)
                return new OwnersNeed([], "the patch is not in the storage of this machine");
            var head = patch.Latest.Head.Value;
            var from = await GitDiff.MergeBaseAsync(storage.Path, tip, head, ct) ?? tip;
            return await OwnersNeed.ReadAsync(storage.Path, tip, from, head, patch, ct);
        }
        catch (Exception e) when (e is CobFormatException or GitException)
        {
            return new OwnersNeed([], e.Message);
        }
    }
}
