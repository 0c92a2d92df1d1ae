using System.Text.Json;
using System.Text.Json.Nodes;

using Auxo.Contracts;

namespace Auxo.Radicle.Tests;

/// <summary>All patches are read in large bites; what comes of it is what reading one after the other gives.</summary>
public sealed class ReadAheadTests
{
    [Fact]
    public async Task all_at_once_and_one_by_one_are_the_same()
    {
        using var written = await WrittenStorage.CreateAsync();
        var (storage, alice, bob) = (written.Storage, written.Alice, written.Bob);
        var patches = new List<string>();
        for (var i = 0; i < 12; i++)
        {
            var (patch, head) = storage.OpenPatch(bob, $"Change {i}", WrittenStorage.Files($"{i}.txt", "x\n"));
            patches.Add(patch);
            for (var c = 0; c < i; c++) storage.Comment(c % 2 == 0 ? alice : bob, patch, patch, $"{c}");
            if (i % 4 == 1) storage.Merge(alice, patch, patch, head);
        }

        // Of all that can be wrong with one, something: its neighbours are read, and it says the same either way.
        Write(patches[2], [Comment(patches[2], "forged")], forge: static tree => [.. tree.Reverse()]);
        Write(patches[3], [Comment(patches[3], new string('x', 20 << 10))]);
        Write(patches[4], [Comment(patches[4], new string('x', 2 << 20))]);
        storage.WriteRawOperation(bob, CobTypes.Patch, patches[5], ["not JSON"u8.ToArray()], []);
        Write(patches[6], [Comment(patches[6], "one"), Comment(patches[6], "two")]);
        storage.SetRef(bob, $"refs/cobs/{CobTypes.Patch}/{patches[7]}", storage.Head);
        storage.SignRefs(bob);
        File.Delete(LooseObject(patches[8]));

        await using var whole = await written.OpenAsync();
        var all = await whole.ReadPatchesAsync(CancellationToken.None);
        await using var single = await written.OpenAsync();
        List<string> each = [], broken = [];
        foreach (var patch in patches)
        {
            try
            {
                if (await single.ReadPatchAsync(PatchId.Parse(patch), CancellationToken.None) is { } read) each.Add(Text(read));
            }
            catch (CobFormatException e)
            {
                broken.Add($"{patch} {e.Message}");
            }
        }

        Assert.InRange(each.Count, 10, 12);
        Assert.Equal(each.Order(StringComparer.Ordinal), all.Patches.Select(Text).Order(StringComparer.Ordinal));
        Assert.Equal(
            broken.Order(StringComparer.Ordinal), all.Broken.Select(static b => $"{b.Id} {b.Reason}").Order(StringComparer.Ordinal));

        void Write(string patch, IReadOnlyList<JsonObject> actions, Func<byte[], byte[]>? forge = null)
        {
            storage.WriteOperation(bob, CobTypes.Patch, patch, actions, [], forge);
            storage.SignRefs(bob);
        }

        string LooseObject(string id) => Path.Combine(storage.Path, "objects", id[..2], id[2..]);
    }

    [Fact]
    public async Task the_stamp_changes_with_every_signature_and_with_the_branch_and_with_nothing_else()
    {
        using var written = await WrittenStorage.CreateAsync();
        var storage = written.Storage;
        await using var repository = await written.OpenAsync();
        var stamps = new List<string> { await StampAsync() };
        Assert.Equal(stamps[0], await StampAsync());

        var (patch, head) = storage.OpenPatch(written.Bob, "Say hello", WrittenStorage.Files("hello.txt", "hello\n"));
        stamps.Add(await StampAsync());
        storage.Comment(written.Alice, patch, patch, "nice");
        stamps.Add(await StampAsync());
        // Unsigned, it is nobody's word yet.
        storage.SetRef(written.Bob, "refs/heads/unsigned", head);
        Assert.Equal(stamps[^1], await StampAsync());
        storage.SignRefs(written.Bob);
        stamps.Add(await StampAsync());
        storage.Push(written.Alice, head);
        stamps.Add(await StampAsync());
        storage.SignRefs(written.Bob, signer: written.Eve);
        stamps.Add(await StampAsync());
        storage.SetVisibility(written.Alice, isPublic: true);
        stamps.Add(await StampAsync());
        Assert.Equal(stamps.Count, stamps.Distinct(StringComparer.Ordinal).Count());

        Task<string> StampAsync() => repository.StampAsync(CancellationToken.None);
    }

    private static JsonObject Comment(string patch, string body) => PatchActions.Comment(RevisionId.Parse(patch), body, place: null);

    private static string Text(RadiclePatch patch)
        => $"{patch.Id} {patch.State.Status} {patch.Title} "
            + JsonSerializer.Serialize(patch.Dropped.Select(static d => $"{d.Id} {d.Reason}"))
            + JsonSerializer.Serialize(
                patch.Revisions.SelectMany(static r => r.Discussion.Standing).Select(static c => $"{c.Id} {c.Body}"));
}
