using System.Text.Json.Nodes;

using Auxo.Testing.Radicle;

namespace Auxo.Radicle.Tests;

/// <summary>
/// Random histories, read by the real <c>rad</c> and by the reader: both must say the same, the refused operations included.
/// </summary>
public sealed class RealRadTests
{
    private const int Operations = 60;

    [Fact]
    public async Task random_histories_of_patches_are_read_as_rad_reads_them()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var lab = await RadicleLab.UpAsync(ct, "alice");
        var node = lab.Nodes[0];
        using var founder = new RadicleTestKey("founder");
        using var second = new RadicleTestKey("second");
        using var author = new RadicleTestKey("author");
        using var stranger = new RadicleTestKey("stranger");
        var storage = await RadicleStorage.CreateAsync(
            Path.Combine(node.Home, "storage"), "demo", founder, WrittenStorage.Files("README.md", "# demo\n"));
        storage.AddDelegate(founder, second, threshold: 2);
        for (var seed = 0; seed < 6; seed++)
        {
            var (patch, head) = storage.OpenPatch(author, $"Patch {seed}", WrittenStorage.Files($"f{seed}.txt", "x"));
            if (seed % 2 == 0) storage.Push(founder, head);
            new History(storage, patch, head, [founder, second, author, stranger], new Random(seed)).Write();
        }

        await node.RadAsync(ct, "patch", "cache", "--repo", storage.Rid);
        await using var repository = await RadicleRepository.OpenAsync(storage.Path, ct);
        var reading = await repository.ReadPatchesAsync(ct);
        Assert.Equal(6, reading.Patches.Count);
        Assert.NotEmpty(reading.Patches.SelectMany(p => p.Dropped));
        Assert.NotEmpty(reading.Patches.SelectMany(p => p.Merges));
        Assert.NotEmpty(reading.Patches.SelectMany(p => p.Revisions).SelectMany(r => r.Reviews).SelectMany(r => r.Discussion.Standing));
        foreach (var patch in reading.Patches)
        {
            var shown = JsonNode.Parse(await node.PatchJsonAsync(storage.Rid, patch.Id.Value, ct))!;

            // rad's index keeps the ids of reviews that were redacted, or whose revision was.
            var index = shown["reviews"]!.AsObject();
            foreach (var (id, place) in index.ToList())
            {
                if (place is null || shown["revisions"]![place[0]!.ToString()] is null) index.Remove(id);
            }

            AssertJson.Same(shown, RadJson.Of(patch));
        }
    }

    [Fact]
    public async Task an_identity_that_delegates_vote_about_is_read_as_rad_reads_it()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var lab = await RadicleLab.UpAsync(ct, "alice", "bob");
        var (alice, bob) = (lab.Nodes[0], lab.Nodes[1]);
        var rid = (await lab.CreateRepositoryAsync("demo", WrittenStorage.Files("README.md", "# demo\n"), ct)).Rid;
        await using var repository = await RadicleRepository.OpenAsync(alice.Storage(rid), ct);
        await bob.GitAsync(bob.WorkTree("demo"), ct, "push", "-q", "rad", "main:refs/heads/main");
        await SyncAsync(alice, bob);
        await alice.RadAsync(ct, "id", "update", "--repo", rid, "--title", "Two", "--description", "", "--delegate",
            "did:key:" + bob.Nid, "--threshold", "2", "--no-confirm", "-q");
        var rejected = await ProposeAsync("rejected");
        await SyncAsync(bob, alice);
        await bob.RadAsync(ct, "id", "reject", rejected, "--repo", rid, "--no-confirm");
        await SyncAsync(alice, bob);
        var accepted = await ProposeAsync("accepted");
        await SyncAsync(bob, alice);
        await bob.RadAsync(ct, "id", "accept", accepted, "--repo", rid, "--no-confirm");
        await SyncAsync(alice, bob);
        await ProposeAsync("pending");

        var identity = await repository.ReadIdentityAsync(ct);
        Assert.Equal("accepted", identity.Description);
        Assert.Equal([IdentityRevisionState.Rejected, IdentityRevisionState.Accepted, IdentityRevisionState.Active],
            identity.Revisions.TakeLast(3).Select(r => r.State));
        var shown = JsonNode.Parse(
            await alice.RadAsync(ct, "cob", "show", "--repo", rid, "--type", CobTypes.Identity, "--object", identity.Root.Value))!;
        var read = RadJson.Of(identity)[identity.Root.Value]!;
        foreach (var member in (string[])["current", "root", "timeline"]) AssertJson.Same(shown[member], read[member]);
        foreach (var (id, revision) in shown["revisions"]!.AsObject())
        {
            // Newer programs write {"rejected":"Vote"}.
            Assert.Equal(revision!["state"] is JsonObject state
                ? state.First().Key
                : revision["state"]!.ToString(), read["revisions"]![id]!["state"]!.ToString());
            foreach (var member in (string[])["title", "blob", "author", "timestamp", "parent", "doc"]) AssertJson.Same(
                revision[member], read["revisions"]![id]![member]);
        }

        async Task<string> ProposeAsync(string description)
            => (await alice.RadAsync(
                ct, "id", "update", "--repo", rid, "--title", description, "--description", "", "--payload",
                "xyz.radicle.project", "description", $"\"{description}\"",
                "--no-confirm", "-q")).Split('\n')[0].Trim();

        async Task SyncAsync(LabNode to, LabNode from)
        {
            await from.RadAsync(ct, "sync", rid, "--announce", "--timeout", "3s");
            await to.RadAsync(ct, "sync", rid, "--fetch", "--seed", from.Nid, "--timeout", "10s");
        }
    }

    /// <summary>Writes operations of all kinds by all sorts of people, on top of any earlier ones, at nearly the same time.</summary>
    private sealed class History(RadicleStorage storage, string patch, string head, RadicleTestKey[] people, Random random)
    {
        private readonly List<string> _open = [patch];
        private readonly List<string> _revisions = [patch];
        private readonly List<string> _comments = [];
        private readonly List<string> _reviews = [];
        private readonly Dictionary<string, HashSet<string>> _before = new(StringComparer.Ordinal)
        {
            [patch] = new([patch], StringComparer.Ordinal),
        };
        private HashSet<string> _known = [];

        public void Write()
        {
            var start = storage.Now;
            for (var i = 0; i < Operations; i++)
            {
                storage.Now = start.AddSeconds(random.Next(i, i + 5));
                var by = random.Next(people.Length);
                string[] parents = [.. new[] { Recent(), Recent() }.Distinct(StringComparer.Ordinal)];
                _known = [.. parents.SelectMany(p => _before[p])];
                var (into, action, risky) = Action(i, isDelegate: by < 2);
                var forged = random.Next(30) == 0;
                var id = storage.WriteOperation(
                    people[by], CobTypes.Patch, patch, [action], action["oid"] is null ? [] : [storage.Head, head],
                    forge: forged ? static tree => [.. tree.Reverse()] : null, parents: parents);
                _before[id] = [.. _known, id];
                into?.Add(id);

                // What may be refused takes along all that builds on it; a few of these are enough.
                if ((!forged && !risky) || random.Next(8) == 0) _open.Add(id);
            }

            // One ref per person is all there is: everything that is open hangs on the first one's, and some of the rest on the others'.
            storage.Now = start.AddSeconds(Operations + 10);
            foreach (var by in people)
            {
                string[] parents = by == people[0] ? [.. _open] : [.. _before.Keys.Where(_ => random.Next(4) == 0), patch];
                storage.WriteOperation(by, CobTypes.Patch, patch, [Comment(patch, "joined")], [],
                    parents: [.. parents.Distinct(StringComparer.Ordinal)]);
                storage.SignRefs(by);
            }
        }

        private string Recent() => _open[random.Next(Math.Max(0, _open.Count - 6), _open.Count)];

        /// <summary>One that the author could know; rarely one that he could not.</summary>
        private string Any(List<string> ids)
        {
            var known = ids.Where(_known.Contains).ToList();
            return known.Count == 0 || random.Next(40) == 0 ? patch : known[random.Next(known.Count)];
        }

        private (List<string>? Into, JsonObject Action, bool Risky) Action(int i, bool isDelegate)
            => random.Next(22) switch
            {
                0 => (_revisions, new() { ["type"] = "revision", ["description"] = $"r{i}", ["base"] = storage.Head,
                    ["oid"] = head }, false),
                1 => (null, new() { ["type"] = "revision.edit", ["revision"] = Any(_revisions), ["description"] = $"e{i}" }, !isDelegate),
                2 => (null, new() { ["type"] = "revision.redact", ["revision"] = Any(_revisions) }, true),
                3 => (null, new() { ["type"] = "revision.react", ["revision"] = Any(_revisions), ["reaction"] = "👍",
                    ["active"] = random.Next(3) > 0 }, false),
                4 or 5 => (_comments, Comment(Any(_revisions), $"c{i}"), false),
                6 => (_comments, Reply(Comment(Any(_revisions), $"c{i}"), "replyTo"), true),
                7 => (null, About(new() { ["type"] = "revision.comment.edit", ["revision"] = Any(_revisions),
                    ["body"] = $"e{i}", ["embeds"] = new JsonArray() }), true),
                8 => (null, About(new() { ["type"] = "revision.comment.redact", ["revision"] = Any(_revisions) }), true),
                9 => (null, About(new() { ["type"] = "revision.comment.react", ["revision"] = Any(_revisions),
                    ["reaction"] = "🙁", ["active"] = random.Next(3) > 0 }), true),
                10 or 11
                    => (_reviews, new() { ["type"] = "review", ["revision"] = Any(_revisions), ["summary"] = $"s{i}",
                        ["verdict"] = i % 2 == 0 ? "accept" : "reject" }, false),
                12 => (null, new() { ["type"] = "review.edit", ["review"] = Any(_reviews), ["summary"] = $"s{i}",
                    ["verdict"] = "accept", ["labels"] = new JsonArray("x") }, true),
                13 => (null, new() { ["type"] = "review.redact", ["review"] = Any(_reviews) }, true),
                14 => (_comments, new() { ["type"] = "review.comment", ["review"] = Any(_reviews), ["body"] = $"c{i}" },
                    _reviews.Count == 0),
                15 => (_comments, Reply(new() { ["type"] = "review.comment", ["review"] = Any(_reviews), ["body"] = $"c{i}" },
                    "reply_to"), true),
                16 => (null, About(new() { ["type"] = random.Next(2) == 0
                    ? "review.comment.resolve"
                    : "review.comment.unresolve", ["review"] = Any(_reviews) }), true),
                17 => (null, About(new() { ["type"] = "review.comment.edit", ["review"] = Any(_reviews),
                    ["body"] = $"e{i}", ["embeds"] = new JsonArray() }), true),
                18 => (null, new() { ["type"] = "edit", ["title"] = $"t{i}", ["target"] = "delegates" }, !isDelegate),
                19 => (null, new() { ["type"] = "label", ["labels"] = new JsonArray("a", $"l{i}") }, !isDelegate),
                20 => (null, new() { ["type"] = "lifecycle", ["state"] =
                    new JsonObject { ["status"] = i % 3 == 0 ? "draft" : i % 3 == 1 ? "archived" : "open" } }, !isDelegate),
                _ => (null, new() { ["type"] = "merge", ["revision"] = Any(_revisions), ["commit"] = random.Next(2) == 0
                    ? head
                    : storage.Head }, !isDelegate),
            };

        private static JsonObject Comment(string revision, string body) => new()
        {
            ["type"] = "revision.comment", ["revision"] = revision, ["body"] = body,
        };

        private JsonObject About(JsonObject action)
        {
            action["comment"] = Any(_comments);
            return action;
        }

        private JsonObject Reply(JsonObject action, string member)
        {
            action[member] = Any(_comments);
            return action;
        }
    }
}
