using System.Text.Json.Nodes;

using Auxo.Contracts;
using Auxo.Testing;
using Auxo.Testing.Radicle;

namespace Auxo.Radicle.Tests;

/// <summary>What is said at lines of the code, on real nodes; skipped where there are none.</summary>
public sealed class RemarkTests
{
    private const string Footer = "auxo · build 3f2a1c7";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task remarks_stand_at_changed_lines_and_are_replaced_by_those_of_the_next_revision(bool locked)
    {
        var ct = TestContext.Current.CancellationToken;
        await using var lab = await RadicleLab.UpAsync(ct, "alice", "bob");
        var (home, rid, patch, storage) = await PatchInLab.OpenAsync(lab, ct, "run.sh", "#!/bin/sh\n", "#!/bin/sh\ncd $x\nrm $x\n");
        await using var _ = storage;
        var writer = new PatchCommentWriter(
            new RadTurns(locked ? await LockedKey.MakeAsync(lab, home, ct) : new RadKeyAccess(null), TimeProvider.System),
            TimeProvider.System);
        var first = RevisionId.Parse(patch.Value);
        var head = (await storage.ReadPatchAsync(patch, ct))!.Latest.Head;
        if (!locked) await UserCommentAsync(storage, home, patch, head, ct);

        // Line 1 stands as it was before.
        Remark[] remarks =
        [
            new("run.sh", 1, "not seen"), new("run.sh", 2, "**SC2086**"), new("run.sh", 3, "quote it"), new("no.sh", 1, "x"),
        ];
        var request = new CommentRequest(patch, first, Footer, $"failed\n\n{Footer}", null) { Remarks = remarks };
        Assert.Equal(CommentChange.Posted, (await DoneAsync(writer.WriteAsync(home, storage, request, ct))).Change);
        Assert.Equal(["2 **SC2086**", "3 quote it"], await PlacedAsync(storage, patch, first, ct));
        Assert.Equal(CommentChange.None, (await DoneAsync(writer.WriteAsync(home, storage, request, ct))).Change);
        // Another build of the same revision says the same: nothing is written again.
        var again = request with { FooterKey = "auxo · build 0000001", Body = "failed\n\nauxo · build 0000001", Remarks = remarks[..2] };
        await DoneAsync(writer.WriteAsync(home, storage, again, ct));
        Assert.Equal(["2 **SC2086**"], await PlacedAsync(storage, patch, first, ct));

        if (locked) await LockedKey.OpenAsync(lab, home, ct);
        var (revision, _) = await lab.Nodes[0].UpdatePatchAsync(
            "demo", patch.Value,
            new Dictionary<string, string>(StringComparer.Ordinal) { ["run.sh"] = "#!/bin/sh\ndate\nls\nrm $x\n" }, ct);
        if (locked) await LockedKey.MakeAsync(lab, home, ct);
        var next = request with
        {
            Revision = RevisionId.Parse(revision), FooterKey = "auxo · build 0000002", Body = "failed\n\nauxo · build 0000002",
            Remarks = [new("run.sh", 4, "quote it")],
        };
        await DoneAsync(writer.WriteAsync(home, storage, next, ct));
        Assert.Empty(await PlacedAsync(storage, patch, first, ct));
        Assert.Equal(["4 quote it"], await PlacedAsync(storage, patch, next.Revision, ct));
        await Eventually.TrueAsync(
            async () => JsonNode.Parse(await lab.Nodes[1].PatchJsonAsync(rid, patch.Value, ct)) is { } seen
                && seen["revisions"]?[revision]?["discussion"]?["comments"] is JsonObject comments
                && comments.Any(static c => (int?)c.Value?["location"]?["new"]?["range"]?["start"] == 4),
            "bob's node shows the remark at its line");
        if (!locked) Assert.Contains(
            (await storage.ReadPatchAsync(patch, ct))!.Find(first)!.Discussion.Standing, static c => c.Body == "the user's own");
    }

    [Fact]
    public async Task a_key_of_its_own_reviews_and_takes_its_review_back_with_the_next_revision()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var lab = await RadicleLab.UpAsync(ct, "alice", "bob");
        var (home, rid, patch, storage) = await PatchInLab.OpenAsync(lab, ct, "run.sh", "#!/bin/sh\n", "#!/bin/sh\ncd $x\nrm $x\n");
        await using var _ = storage;
        var writer = new PatchCommentWriter(new RadTurns(new RadKeyAccess(null), TimeProvider.System), TimeProvider.System);
        var first = RevisionId.Parse(patch.Value);
        var request = new CommentRequest(patch, first, Footer, $"failed\n\n{Footer}", null)
        {
            AsReview = true, Remarks = [new("run.sh", 2, "one"), new("run.sh", 3, "two")],
        };
        await DoneAsync(writer.WriteAsync(home, storage, request, ct));
        Assert.Equal(CommentChange.None, (await DoneAsync(writer.WriteAsync(home, storage, request, ct))).Change);
        var review = Assert.Single((await storage.ReadPatchAsync(patch, ct))!.Find(first)!.Reviews);
        Assert.Null(review.Verdict);
        Assert.Equal(["one", "two"], review.Discussion.Standing.Select(static c => c.Body.Split('\n')[0]));
        await Eventually.TrueAsync(
            async () => JsonNode.Parse(await lab.Nodes[1].PatchJsonAsync(rid, patch.Value, ct))?["revisions"]?[patch.Value]?["reviews"]
                is JsonObject { Count: 1 }, "bob's node shows the review");

        var (revision, _) = await lab.Nodes[0].UpdatePatchAsync(
            "demo", patch.Value, new Dictionary<string, string>(StringComparer.Ordinal) { ["run.sh"] = "#!/bin/sh\ndate\n" }, ct);
        await DoneAsync(writer.WriteAsync(
            home, storage,
            request with { Revision = RevisionId.Parse(revision), FooterKey = "build 2.", Body = "passed, build 2.", Remarks = [] }, ct));
        Assert.All((await storage.ReadPatchAsync(patch, ct))!.Revisions, static r => Assert.Empty(r.Reviews));
    }

    private static async Task UserCommentAsync(
        RadicleRepository storage, RadicleHome home, PatchId patch, CommitId head, CancellationToken ct)
    {
        using var key = SigningKey.TryOpen(home.Key, (await RadProgram.OwnerAsync(home, ct))!.Value)!;
        var (own, id) = (await CobWriter.ReadOwnAsync(storage, key.Owner, ct), CommitId.Parse(patch.Value));
        var comment = new NewOperation(
            [PatchActions.Comment(RevisionId.Parse(patch.Value), "the user's own", new LinePlace(head, "run.sh", 2))], "Comment", []);
        var after = await storage.ReadNewestAsync(CobTypes.Patch, id, own.Tip(CobTypes.Patch, id), [], ct);
        Assert.IsType<CobWrite.Written>(await CobWriter.WriteAsync(
            storage, home, key, own, [new CobChange(CobTypes.Patch, id, after, [_ => comment])], DateTimeOffset.UtcNow, ct));
    }

    private static async Task<IReadOnlyList<string>> PlacedAsync(
        RadicleRepository storage, PatchId patch, RevisionId revision, CancellationToken ct)
        => [.. (await storage.ReadPatchAsync(patch, ct))!.Find(revision)!.Discussion.Standing
            .Where(static c => c.Location is not null && c.Body != "the user's own")
            .Select(static c => $"{c.Location!.New!.Start} {c.Body.Split('\n')[0]}").Order(StringComparer.Ordinal)];

    private static async Task<CommentWrite.Done> DoneAsync(Task<CommentWrite> write)
        => Assert.IsType<CommentWrite.Done>(await write);
}
