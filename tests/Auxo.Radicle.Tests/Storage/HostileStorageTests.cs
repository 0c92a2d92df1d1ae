using System.Text;
using System.Text.Json.Nodes;

using Auxo.Contracts;

namespace Auxo.Radicle.Tests;

/// <summary>What others put into a storage can hide or change nothing of anybody else's, and stops nothing.</summary>
public sealed class HostileStorageTests
{
    [Fact]
    public async Task an_operation_with_a_wrong_signature_is_dropped_with_all_that_builds_on_it()
    {
        using var written = await WrittenStorage.CreateAsync();
        var (storage, bob) = (written.Storage, written.Bob);
        var patch = Open(written);
        var forged = storage.WriteOperation(bob, CobTypes.Patch, patch, [Comment(patch, "forged")], [], forge: tree => [.. tree.Reverse()]);
        var after = storage.WriteOperation(bob, CobTypes.Patch, patch, [Comment(patch, "after")], []);
        storage.SignRefs(bob);
        storage.WriteOperation(written.Alice, CobTypes.Patch, patch, [Comment(patch, "beside")], [], parents: [patch]);
        storage.SignRefs(written.Alice);

        var read = await ReadAsync(written, patch);
        Assert.Equal(["beside"], read.Latest.Discussion.Standing.Select(c => c.Body));
        Assert.Equal([forged, after], read.Dropped.Select(d => d.Id.Value));
        Assert.Equal("The signature is wrong.", read.Dropped[0].Reason);
    }

    [Theory]
    [InlineData("""{"type":"label","labels":["trusted"]}""")]
    [InlineData("""{"type":"assign","assignees":[]}""")]
    [InlineData("""{"type":"edit","title":"Mine now","target":"delegates"}""")]
    [InlineData("""{"type":"lifecycle","state":{"status":"archived"}}""")]
    [InlineData("""{"type":"merge","revision":"PATCH","commit":"HEAD"}""")]
    [InlineData("""{"type":"revision.edit","revision":"PATCH","description":"x"}""")]
    [InlineData("""{"type":"revision.redact","revision":"PATCH"}""")]
    [InlineData("""{"type":"revision.comment.edit","revision":"PATCH","comment":"COMMENT","body":"x","embeds":[]}""")]
    [InlineData("""{"type":"revision.comment.redact","revision":"PATCH","comment":"COMMENT"}""")]
    public async Task a_stranger_cannot_do_what_is_not_his(string action)
    {
        using var written = await WrittenStorage.CreateAsync();
        var (patch, head) = written.Storage.OpenPatch(written.Bob, "Say hello", WrittenStorage.Files("hello.txt", "hello\n"));
        var comment = written.Storage.Comment(written.Alice, patch, patch, "alice's");
        written.Storage.Push(written.Eve, head);
        written.Storage.Act(written.Eve, patch, Json(action.Replace("PATCH", patch, StringComparison.Ordinal)
            .Replace("COMMENT", comment, StringComparison.Ordinal).Replace("HEAD", head, StringComparison.Ordinal)));

        var read = await ReadAsync(written, patch);
        Assert.Contains("no right", Assert.Single(read.Dropped).Reason, StringComparison.Ordinal);
        Assert.Equal(("Say hello", PatchStatus.Open, 0, false), (read.Title, read.State.Status, read.Labels.Count, read.Latest.Redacted));
        Assert.Equal("alice's", Assert.Single(read.Latest.Discussion.Standing).Body);
    }

    [Fact]
    public async Task an_identity_that_nobody_accepted_gives_no_rights()
    {
        using var written = await WrittenStorage.CreateAsync();
        var patch = Open(written);
        var accepted = written.Storage.Identity;
        var forged = written.Storage.ForgeIdentity(written.Eve);
        written.Storage.UseIdentity(forged);
        written.Storage.Act(written.Eve, patch, Json("""{"type":"label","labels":["trusted"]}"""));
        written.Storage.UseIdentity(accepted);
        written.Storage.SetRef(written.Eve, $"refs/cobs/{CobTypes.Identity}/{accepted}", forged);
        written.Storage.SignRefs(written.Eve);

        await using var repository = await written.OpenAsync();
        Assert.Equal([written.Alice.Did], (await repository.ReadIdentityAsync(CancellationToken.None)).Delegates.Select(d => d.Value));
        Assert.Empty((await ReadAsync(written, patch)).Labels);
    }

    [Fact]
    public async Task refs_that_their_owner_did_not_sign_do_not_count_and_are_reported()
    {
        using var written = await WrittenStorage.CreateAsync();
        var (storage, bob, eve) = (written.Storage, written.Bob, written.Eve);
        var patch = Open(written);
        storage.SetRef(bob, "refs/heads/unsigned", storage.Head);
        storage.SetRef(bob, "refs/cobs/xyz.radicle.patch/"
            + patch, storage.WriteOperation(bob, CobTypes.Patch, patch, [Comment(patch, "unsigned")], []));
        var (foreign, _) = storage.OpenPatch(eve, "Signed by bob", WrittenStorage.Files("x.txt", "x"));
        storage.SignRefs(eve, signer: bob);

        await using var repository = await written.OpenAsync();
        Assert.Empty((await ReadAsync(written, patch)).Latest.Discussion.Standing);
        Assert.Null(await repository.ReadPatchAsync(PatchId.Parse(foreign), CancellationToken.None));
        var refs = await repository.ReadRefsAsync(CancellationToken.None);
        Assert.DoesNotContain(refs.Signed.Keys, d => d.Value == eve.Did);
        Assert.Contains(refs.Problems, p => p.Name.EndsWith("refs/heads/unsigned", StringComparison.Ordinal));
        Assert.Contains(refs.Problems, p
            => p.Name.Contains(eve.Nid, StringComparison.Ordinal) && p.Reason == "The signature of the refs is wrong.");
        Assert.Contains(refs.Problems, p
            => p.Name.EndsWith(patch, StringComparison.Ordinal) && p.Reason.StartsWith("Its owner signed", StringComparison.Ordinal));
    }

    [Fact]
    public async Task refs_that_were_signed_for_another_repository_do_not_count()
    {
        using var written = await WrittenStorage.CreateAsync();
        using var other = await WrittenStorage.CreateAsync();
        var patch = Open(written);
        written.Storage.SignRefs(written.Eve, root: patch);

        await using var repository = await written.OpenAsync();
        var refs = await repository.ReadRefsAsync(CancellationToken.None);
        Assert.DoesNotContain(refs.Signed.Keys, d => d.Value == written.Eve.Did);
        Assert.Contains(refs.Problems, p => p.Reason == "It was signed for another repository.");
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"type":7}""")]
    [InlineData("""{"type":"revision.comment.v9","revision":"x"}""")]
    [InlineData("""{"type":"revision","description":"x","base":"short","oid":"short"}""")]
    [InlineData("""{"type":"revision.comment","revision":"PATCH","body":"\ud800"}""")]
    [InlineData("""{"type":"revision.comment","revision":"PATCH","body":"a","body":"b"}""")]
    [InlineData("""{"type":"label","labels":"none"}""")]
    [InlineData("""{"type":"merge","revision":"PATCH","commit":"\ud800"}""")]
    [InlineData("""{"type":"merge","revision":"PATCH","commit":7}""")]
    [InlineData("DEEP")]
    [InlineData("HUGE")]
    [InlineData("LATIN1")]
    public async Task an_operation_that_cannot_be_read_has_no_effect_and_hides_nothing_after_it(string action)
    {
        using var written = await WrittenStorage.CreateAsync();
        var (storage, bob) = (written.Storage, written.Bob);
        var (patch, head) = storage.OpenPatch(bob, "Say hello", WrittenStorage.Files("hello.txt", "hello\n"));
        byte[] bytes = action switch
        {
            "DEEP" => Encoding.UTF8.GetBytes(new string('[', 100_000)),
            "HUGE" => Encoding.UTF8.GetBytes(
                $$"""{"type":"revision.comment","revision":"{{patch}}","body":"{{new string('x', CobOperation.MaxActionBytes)}}"}"""),
            "LATIN1" => [.. """{"type":"edit","title":"""u8, (byte)'"', 0xe9, .. "\",\"target\":\"delegates\"}"u8],
            _ => Encoding.UTF8.GetBytes(action.Replace("PATCH", patch, StringComparison.Ordinal)),
        };
        var unreadable = storage.WriteRawOperation(bob, CobTypes.Patch, patch, [bytes], []);
        var (revision, _) = storage.RevisePatch(bob, patch, head, WrittenStorage.Files("hello.txt", "hi\n"));

        var read = await ReadAsync(written, patch);
        Assert.Equal((revision, "Say hello"), (read.Latest.Id.Value, read.Title));
        Assert.Equal(unreadable, Assert.Single(read.Dropped).Id.Value);
        Assert.Empty(read.Revisions[0].Discussion.Standing);
    }

    [Fact]
    public async Task a_broken_patch_is_reported_and_the_others_are_read()
    {
        using var written = await WrittenStorage.CreateAsync();
        var (storage, eve) = (written.Storage, written.Eve);
        var patch = Open(written);
        var comment = storage.WriteOperation(eve, CobTypes.Patch, null, [Comment(patch, "no revision first")], []);
        var forged = storage.WriteOperation(
            eve, CobTypes.Patch, null,
            [Json($$"""{"type":"revision","description":"","base":"{{storage.Head}}","oid":"{{storage.Head}}"}"""),
                Json("""{"type":"edit","title":"x","target":"delegates"}""")],
            [], forge: tree => [.. tree.Reverse()]);
        var code = storage.Head;
        storage.SetRef(eve, $"refs/cobs/{CobTypes.Patch}/{code}", code);
        storage.SetRef(eve, $"refs/cobs/{CobTypes.Patch}/{new string('1', 40)}", patch);
        storage.SetRef(eve, $"refs/cobs/{CobTypes.Patch}/{new string('2', 40)}", new string('2', 40));
        storage.SetRef(eve, $"refs/cobs/{CobTypes.Patch}/not-an-id", patch);
        storage.SignRefs(eve);

        await using var repository = await written.OpenAsync();
        var reading = await repository.ReadPatchesAsync(CancellationToken.None);
        Assert.Equal(patch, Assert.Single(reading.Patches).Id.Value);
        Assert.Superset(new HashSet<string>([comment, forged, new string('1', 40)], StringComparer.Ordinal),
            reading.Broken.Select(b => b.Id.Value).ToHashSet(StringComparer.Ordinal));
    }

    [Fact]
    public async Task a_folder_that_is_no_repository_of_radicle_is_recognised()
    {
        using var written = await WrittenStorage.CreateAsync();
        var storage = written.Storage;
        var elsewhere = Path.Combine(Path.GetDirectoryName(storage.Path)!, "z3FncxVBpRsxNgBiagEzr4ZRcGhW7");
        Directory.Move(storage.Path, elsewhere);
        var renamed = await Assert.ThrowsAsync<NotRadicleException>(() => RadicleRepository.OpenAsync(elsewhere, CancellationToken.None));
        Assert.Contains(storage.Rid, renamed.Message, StringComparison.Ordinal);

        Directory.Move(elsewhere, storage.Path + ".git");
        await using (var unnamed = await RadicleRepository.OpenAsync(storage.Path + ".git", CancellationToken.None)) Assert.Equal(
            storage.Rid, unnamed.Rid.Value);

        File.Delete(Path.Combine(storage.Path + ".git", "refs", "rad", "id"));
        await Assert.ThrowsAsync<NotRadicleException>(() => RadicleRepository.OpenAsync(storage.Path + ".git", CancellationToken.None));
        await Assert.ThrowsAsync<NotRadicleException>(() => RadicleRepository.OpenAsync(Path.GetTempPath(), CancellationToken.None));
        Directory.Move(storage.Path + ".git", storage.Path);
    }

    private static string Open(WrittenStorage written)
        => written.Storage.OpenPatch(written.Bob, "Say hello", WrittenStorage.Files("hello.txt", "hello\n")).Patch;

    private static JsonObject Comment(string revision, string body) => new()
    {
        ["type"] = "revision.comment", ["revision"] = revision, ["body"] = body,
    };

    private static JsonObject Json(string text) => JsonNode.Parse(text)!.AsObject();

    private static async Task<RadiclePatch> ReadAsync(WrittenStorage written, string patch)
    {
        await using var repository = await written.OpenAsync();
        return (await repository.ReadPatchAsync(PatchId.Parse(patch), CancellationToken.None))!;
    }
}
