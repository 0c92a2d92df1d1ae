using System.Text.Json.Nodes;

using Auxo.Contracts;
using Auxo.Testing;

namespace Auxo.Radicle.Tests;

/// <summary>The reader says of the recorded storage exactly what Radicle's own programs said of it.</summary>
public sealed class RecordedStorageTests
{
    [Fact]
    public async Task refs_and_their_signatures_are_those_of_the_recording()
    {
        await using var storage = await RecordedStorage.OpenAsync();
        var refs = await storage.Repository.ReadRefsAsync(CancellationToken.None);

        AssertJson.Same(storage.Expected["refs"], new JsonObject(
            refs.All.Select(r => KeyValuePair.Create(r.Key, (JsonNode?)r.Value.Value))));
        AssertJson.Same(storage.Expected["sigrefs"], RadJson.List(
            refs.Signed.Values.OrderBy(s => s.Owner.Nid, StringComparer.Ordinal),
            s => RadJson.List([s.Owner.Nid, s.At.Value, s.Level.ToString().ToLowerInvariant()], x => x)));
        Assert.Empty(refs.Problems);
        Assert.Equal(storage.Expected["head_ref"]!.ToString(),
            $"refs/heads/{(await storage.Repository.ReadIdentityAsync(CancellationToken.None)).DefaultBranch}");
        Assert.Equal(storage.Expected["refs"]!["refs/heads/main"]!.ToString(),
            (await storage.Repository.CanonicalHeadAsync(CancellationToken.None))!.Value.Value);
    }

    [Fact]
    public async Task the_identity_is_that_of_the_recording()
    {
        await using var storage = await RecordedStorage.OpenAsync();
        var identity = await storage.Repository.ReadIdentityAsync(CancellationToken.None);

        Assert.Equal(storage.Expected["rid"]!.ToString(), storage.Repository.Rid.Value);
        AssertJson.Same(storage.Expected["identity"], RadJson.Of(identity.Document));
        AssertJson.Same(storage.Expected["identity_cob"], RadJson.Of(identity));
        Assert.Equal(storage.Expected["visibility"]!.ToString(), identity.Document.IsPrivate ? "private" : "public");
        Assert.Empty(identity.Dropped);
    }

    [Fact]
    public async Task every_patch_is_that_of_the_recording()
    {
        await using var storage = await RecordedStorage.OpenAsync();
        var reading = await storage.Repository.ReadPatchesAsync(CancellationToken.None);

        Assert.Empty(reading.Broken);
        AssertJson.Same(storage.Expected["patches"], new JsonObject(
            reading.Patches.Select(p => KeyValuePair.Create(p.Id.Value, (JsonNode?)RadJson.Of(p)))));
        Assert.All(reading.Patches, p => Assert.Empty(p.Dropped));
        foreach (var patch in reading.Patches)
            AssertJson.Same(storage.Expected["patches"]![patch.Id.Value], RadJson.Of(
                (await storage.Repository.ReadPatchAsync(patch.Id, CancellationToken.None))!));
    }

    [Fact]
    public async Task the_latest_revision_is_the_newest_that_was_not_redacted()
    {
        await using var storage = await RecordedStorage.OpenAsync();
        var reading = await storage.Repository.ReadPatchesAsync(CancellationToken.None);

        foreach (var patch in reading.Patches)
        {
            var summary = storage.Expected["summary"]![patch.Id.Value]!;
            AssertJson.Same(summary["revisions"], RadJson.List(patch.Revisions.Where(r => !r.Redacted), r => new JsonObject
            {
                ["id"] = r.Id.Value, ["author"] = r.Author.Value, ["base"] = r.Base.Value, ["oid"] = r.Head.Value,
                ["timestamp_s"] = r.At.ToUnixTimeSeconds(),
            }));
            AssertJson.Same(summary["redacted_revisions"], RadJson.List(patch.Revisions.Where(r => r.Redacted), r => r.Id.Value));
            Assert.Equal(summary["revisions"]!.AsArray()[^1]!["id"]!.ToString(), patch.Latest.Id.Value);
        }
    }

    [Fact]
    public async Task jobs_are_those_of_the_recording()
    {
        await using var storage = await RecordedStorage.OpenAsync();
        var jobs = new List<RadicleJob>();
        foreach (var id in await storage.Repository.ListAsync(CobTypes.Job, CancellationToken.None))
            jobs.Add((await storage.Repository.ReadJobAsync(id, CancellationToken.None))!);
        AssertJson.Same(storage.Expected["jobs"], RadJson.Of(jobs));
    }

    [Fact]
    public async Task every_operation_is_that_of_the_recording_and_its_signature_holds()
    {
        await using var storage = await RecordedStorage.OpenAsync();
        var read = new Dictionary<string, (CobOperation Operation, string Cob)>(StringComparer.Ordinal);
        foreach (var type in (string[])[CobTypes.Patch, CobTypes.Identity, CobTypes.Job, "xyz.radicle.issue"])
        {
            foreach (var id in await storage.Repository.ListAsync(type, CancellationToken.None))
            {
                foreach (var operation in await storage.Repository.ReadOperationsAsync(type, id,
                    CancellationToken.None)) read[operation.Id.Value] = (operation, id.Value);
            }
        }

        var lines = await File.ReadAllLinesAsync(Fixtures.Require("radicle/recorded/expected-ops.ndjson"));
        foreach (var expected in lines.Select(l => JsonNode.Parse(l)!))
        {
            var (operation, cob) = read[expected["id"]!.ToString()];
            AssertJson.Same(expected, RadJson.Of(operation, cob));
            Assert.True(operation.SignatureVerified);
            Assert.Null(operation.Problem);
        }

        Assert.Equal(lines.Length, read.Count);
    }

    [Fact]
    public async Task a_signature_of_the_refs_says_what_changed()
    {
        await using var storage = await RecordedStorage.OpenAsync();
        var carol = Did.Parse("z6Mkg49NtQR2LyYRDCQFK4w1VVHqhypZSSRo7HsyuN7SV7v5");
        var at = CommitId.Parse(storage.Expected["refs"]![$"refs/namespaces/{carol.Nid}/refs/rad/sigrefs"]!.ToString());

        var change = Assert.Single((await storage.Repository.ReadChangesAsync(carol, at, CancellationToken.None))!);
        Assert.Equal("refs/cobs/xyz.radworks.job/4fcb8a33192671cedd1dafc8e6c2e29edf22a3eb", change.Name);
        Assert.Null(change.Old);
        Assert.Equal("20bac39cd513c61e9ab01f129141413085a4f654", change.New!.Value.Value);
        Assert.Null(await storage.Repository.ReadChangesAsync(
            Did.Parse("z6MkqGC3nWZhYieEVTVDKW5v588CiGfsDSmRVG9ZwwWTvLSK"), at, CancellationToken.None));
    }
}
