using Auxo.Testing;
using Auxo.Testing.Radicle;

namespace Auxo.EndToEnd.Tests;

/// <summary>The lab itself, so that a broken lab is not taken for a broken Auxo.</summary>
public sealed class RadicleLabTests
{
    [Fact]
    public async Task a_patch_of_the_second_node_arrives_at_the_first()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var lab = await RadicleLab.UpAsync(ct, "alice", "bob");
        var repository = await lab.CreateRepositoryAsync("demo", new Dictionary<string, string> { ["README.md"] = "# demo\n" }, ct);

        var (patch, head) = await lab.Nodes[1]
            .OpenPatchAsync("demo", "Say hello", new Dictionary<string, string> { ["hello.txt"] = "hello\n" }, ct);

        var alice = lab.Nodes[0];
        await Eventually.TrueAsync(
            async ()
                => (await alice.GitAsync(alice.Storage(repository.Rid), ct, "rev-parse",
                    $"refs/namespaces/{lab.Nodes[1].Nid}/refs/heads/patches/{patch}")).Trim() == head,
            "the patch's head is in alice's storage");
    }
}
