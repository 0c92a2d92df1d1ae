using System.Collections.Concurrent;

using Auxo.Contracts;
using Auxo.Contracts.Mesh;
using Auxo.Radicle;

namespace Auxo.Cli.Mesh.Agents.Looking;

/// <summary>How far this node's storage is with what the nodes of the mesh signed.</summary>
internal static class ReadRefs
{
    private const int AtOnce = 4;

    /// <summary>Every repository of the storage; one that cannot be read has nothing and disturbs no other.</summary>
    public static async Task<IReadOnlyDictionary<Rid, IReadOnlyDictionary<Did, CommitId>>> ReadAsync(
        RadicleHome home, IReadOnlyCollection<Did> owners, CancellationToken ct)
    {
        var found = new ConcurrentDictionary<Rid, IReadOnlyDictionary<Did, CommitId>>();
        await Parallel.ForEachAsync(
            Directory.EnumerateDirectories(home.Storage), new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = ct },
            async (folder, cancel) =>
            {
                if (!Rid.TryParse(Path.GetFileName(folder), provider: null, out var rid)) return;
                try
                {
                    found[rid] = await SignedRefsTips.ReadAsync(folder, owners, cancel);
                }
                catch (Exception e) when (e is Git.GitException or IOException)
                {
                    found[rid] = new Dictionary<Did, CommitId>();
                }
            });
        return found;
    }

    /// <summary>The views with what is here of each peer; a view that says it already stays.</summary>
    public static IReadOnlyList<PeerView> With(
        IReadOnlyList<PeerView> views, IReadOnlyDictionary<Rid, IReadOnlyDictionary<Did, CommitId>> refs)
        => [.. views.Select(v => v.Refs.Count > 0 || !Did.TryParse("did:key:" + v.Node, provider: null, out var did) ? v : v with
        {
            Refs = [.. refs.Where(r => r.Value.ContainsKey(did)).OrderBy(static r => r.Key.Value, StringComparer.Ordinal)
                .Select(r => new SeenRefs(r.Key.Value, r.Value[did].Value))],
        })];
}
