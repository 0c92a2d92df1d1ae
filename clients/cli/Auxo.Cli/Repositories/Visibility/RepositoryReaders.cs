using Auxo.Contracts;
using Auxo.Radicle;

namespace Auxo.Cli.Repositories.Visibility;

/// <summary>A node that has a repository.</summary>
/// <param name="Nid">The node.</param>
/// <param name="MayRead">False for a private repository on a node that is neither a delegate's nor allowed.</param>
/// <param name="Synced">It has what is newest; null when nothing is known.</param>
internal sealed record SeedingNode(string Nid, bool MayRead, bool? Synced);

/// <summary>Who may read a repository, as its identity says that holds now.</summary>
/// <param name="Rid">The repository.</param>
/// <param name="Name">Its name; empty when it could not be read.</param>
/// <param name="Visibility"><c>public</c> or <c>private</c>; null when it could not be read.</param>
/// <param name="Delegates">Who decides.</param>
/// <param name="Threshold">So many of them must agree on the default branch.</param>
/// <param name="Allowed">Who else may read a private one.</param>
/// <param name="Readers">Everybody who may read it; null for everybody in the world.</param>
/// <param name="Seeds">The nodes that are known to have it; null when the node does not answer.</param>
/// <param name="Problem">Why it could not be read; null when it could.</param>
internal sealed record RepositoryReaders(
    string Rid, string Name, string? Visibility, IReadOnlyList<string> Delegates, int Threshold, IReadOnlyList<string> Allowed,
    IReadOnlyList<string>? Readers, IReadOnlyList<SeedingNode>? Seeds, string? Problem)
{
    /// <summary>Reads it from a profile's storage, with its signatures; asks the node who has it.</summary>
    /// <param name="home">The profile.</param>
    /// <param name="node">Its node; null when it does not answer.</param>
    /// <param name="rid">The repository.</param>
    /// <param name="ct">Stops.</param>
    public static async Task<RepositoryReaders> ReadAsync(RadicleHome home, NodeControl? node, Rid rid, CancellationToken ct)
    {
        try
        {
            await using var repository = await RadicleRepository.OpenAsync(home.RepositoryPath(rid), ct);
            var identity = await repository.ReadIdentityAsync(ct);
            return Of(rid, identity.Name, identity.Document, await SeedsAsync(node, rid, identity.Document, ct));
        }
        catch (Exception e) when (e is NotRadicleException or CobFormatException or Git.GitException)
        {
            return new RepositoryReaders(rid.Value, "", null, [], 0, [], [], null, e.Message);
        }
    }

    /// <summary>What a document says, and what that means for the nodes that have the repository.</summary>
    internal static RepositoryReaders Of(Rid rid, string name, IdentityDocument document, IReadOnlyList<NodeSeed>? seeds)
    {
        var readers = document.Delegates.Concat(document.Allowed).Distinct().ToList();
        return new RepositoryReaders(
            rid.Value, name, document.IsPrivate ? "private" : "public", [.. document.Delegates.Select(static d => d.Value)],
            document.Threshold, [.. document.Allowed.Select(static d => d.Value)],
            document.IsPrivate ? [.. readers.Select(static d => d.Value)] : null,
            seeds is null ? null : [.. seeds.Select(seed => new SeedingNode(
                seed.Nid.Nid, !document.IsPrivate || readers.Contains(seed.Nid), seed.IsInSync))], Problem: null);
    }

    private static async Task<IReadOnlyList<NodeSeed>?> SeedsAsync(
        NodeControl? node, Rid rid, IdentityDocument document, CancellationToken ct)
    {
        try
        {
            return node is null ? null : await node.SeedsForAsync(rid, [document.Delegates[0]], ct);
        }
        catch (NodeException)
        {
            return null;
        }
    }
}
