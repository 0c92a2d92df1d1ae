using Auxo.Contracts;
using Auxo.Testing.Radicle;

namespace Auxo.Radicle.Tests;

/// <summary>A patch in a repository of a lab's first node, and what writes to it.</summary>
/// <param name="Home">The node's profile.</param>
/// <param name="Rid">The repository.</param>
/// <param name="Patch">The patch.</param>
/// <param name="Storage">The repository in the node's storage.</param>
internal sealed record PatchInLab(RadicleHome Home, string Rid, PatchId Patch, RadicleRepository Storage)
{
    /// <summary>Makes a repository <c>demo</c> and a patch that changes one file of it.</summary>
    /// <param name="lab">The nodes.</param>
    /// <param name="ct">Gives up.</param>
    /// <param name="path">The file.</param>
    /// <param name="before">What is in it; null where the patch adds it.</param>
    /// <param name="after">What the patch makes of it.</param>
    /// <param name="options">Of the push that opens the patch.</param>
    public static async Task<PatchInLab> OpenAsync(
        RadicleLab lab, CancellationToken ct, string path = "hello.txt", string? before = null, string after = "hello\n",
        params string[] options)
    {
        var alice = lab.Nodes[0];
        var files = new Dictionary<string, string>(StringComparer.Ordinal) { ["README.md"] = "# demo\n" };
        if (before is not null) files[path] = before;
        var repository = await lab.CreateRepositoryAsync("demo", files, ct);
        var changed = new Dictionary<string, string>(StringComparer.Ordinal) { [path] = after };
        var (patch, _) = await alice.OpenPatchAsync("demo", $"Change {path}", changed, ct, options);
        return new PatchInLab(
            new RadicleHome(alice.Home, alice.Socket), repository.Rid, PatchId.Parse(patch),
            await RadicleRepository.OpenAsync(alice.Storage(repository.Rid), ct));
    }
}
