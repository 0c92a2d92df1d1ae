using System.Globalization;
using System.Text;

using Auxo.Contracts;
using Auxo.Testing.Radicle;

using FsCheck;
using FsCheck.Fluent;

namespace Auxo.Radicle.Tests;

/// <summary>Parsers of strangers' bytes: what was written is read, and anything else is the one exception that means so.</summary>
public sealed class ParserProperties
{
    private static readonly Config Thorough = Config.QuickThrowOnFailure.WithMaxTest(1000);

    [Fact]
    public void base58_reads_what_it_wrote_and_what_another_writer_wrote()
        => Prop.ForAll((byte[]? data) =>
        {
            var bytes = (data ?? []).Take(64).ToArray();
            if (bytes.Length == 0) return true;
            var text = Base58.Encode(bytes);
            return Base58.TryDecode(text, out var back)
                && bytes.AsSpan().SequenceEqual(back) && (bytes[0] == 0 || text == RadicleTestKey.Multibase(bytes));
        }).Check(Thorough);

    [Fact]
    public void a_signature_holds_for_its_message_and_signer_only()
    {
        using var alice = new RadicleTestKey("alice");
        using var bob = new RadicleTestKey("bob");
        Prop.ForAll((byte[]? data, int at) =>
        {
            var message = data ?? [];
            var signature = alice.Sign(message);
            var broken = signature.ToArray();
            broken[Math.Abs(at % 64)] ^= 1;
            return RadicleKey.Verifies(Did.Parse(alice.Did), message, signature)
                && !RadicleKey.Verifies(Did.Parse(bob.Did), message, signature)
                && !RadicleKey.Verifies(Did.Parse(alice.Did), [.. message, 0], signature)
                && !RadicleKey.Verifies(Did.Parse(alice.Did), message, broken)
                && !RadicleKey.Verifies(Did.Parse(alice.Did), message, signature.AsSpan(1));
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void signed_refs_are_read_as_they_were_written()
        => Prop.ForAll((Dictionary<ushort, uint>? refs) =>
        {
            var wanted = (refs ?? []).ToDictionary(r => $"refs/heads/b {r.Key}", r
                => CommitId.Parse(r.Value.ToString("x40", CultureInfo.InvariantCulture)), StringComparer.Ordinal);
            var read = SignedRefs.Parse(Encoding.UTF8.GetBytes(string.Concat(wanted.Select(r => $"{r.Value} {r.Key}\n"))));
            return read.Count == wanted.Count && wanted.All(w => read[w.Key] == w.Value);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void damaged_bytes_are_a_format_error_and_nothing_else()
    {
        using var alice = new RadicleTestKey("alice");
        var armour = string.Join('\n', SignatureLines(alice));
        var commit =
            $"tree {new string('a', 40)}\nparent {new string('b', 40)}\nauthor a <a@b> 1 +0000\ncommitter a <a@b> 1 "
                + $"+0000\ngpgsig {armour.Replace("\n", "\n ", StringComparison.Ordinal)}\n\nText\n\nRad-Related: {new string('c', 40)}\n";
        var document =
            $$$$"""
            {"delegates":["{{{{alice.Did}}}}"],
             "payload":{"xyz.radicle.project":{"defaultBranch":"main","description":"d","name":"n"}},
             "threshold":1,"visibility":{"type":"private","allow":["{{{{alice.Did}}}}"]}}
            """;
        var refs = $"{new string('a', 40)} refs/heads/main\n{new string('b', 40)} refs/rad/id\n";

        Survives(commit, bytes => CommitObject.Parse(bytes).Trailers("Rad-Related").Count());
        Survives(armour, bytes => SshSignature.Parse(Encoding.UTF8.GetString(bytes)));
        Survives(document, bytes => IdentityDocument.Parse(CommitId.Parse(new string('a', 40)), bytes));
        Survives(refs, bytes => SignedRefs.Parse(bytes));
    }

    [Fact]
    public void damaged_actions_never_break_the_object()
    {
        using var alice = new RadicleTestKey("alice");
        var root = CommitId.Parse(new string('a', 40));
        string[] actions =
        [
            $$"""
            {"type":"revision.comment","revision":"{{root}}","body":"x",
             "location":{"commit":"{{root}}","path":"f","old":null,"new":{"type":"lines","range":{"start":2,"end":3} } },
             "embeds":[{"name":"a","content":"git:b"}]}
            """,
            $$"""{"type":"review","revision":"{{root}}","summary":"s","verdict":"accept","labels":["a"]}""",
            $$"""{"type":"revision","description":"d","base":"{{root}}","oid":"{{root}}","resolves":[["{{root}}","{{root}}"]]}""",
            $$"""{"type":"merge","revision":"{{root}}","commit":"{{root}}"}""",
            """{"type":"lifecycle","state":{"status":"draft"}}""",
        ];
        var opening = Operation(root, alice, [], $$"""{"type":"revision","description":"","base":"{{root}}","oid":"{{root}}"}""",
            """{"type":"edit","title":"t","target":"delegates"}""");
        foreach (var action in actions)
        {
            Survives(action, bytes =>
            {
                System.Text.Json.JsonElement json;
                try
                {
                    json = System.Text.Json.JsonElement.Parse(bytes);
                }
                catch (System.Text.Json.JsonException)
                {
                    return "";
                }

                // An action is an object: who puts operations together sees to it.
                if (json.ValueKind != System.Text.Json.JsonValueKind.Object) return "";
                var next = Operation(CommitId.Parse(new string('b', 40)), alice, [root]) with { Actions = [json] };
                var context = new PatchContext(new Dictionary<CommitId, IdentityDocument>(), PatchFold.ClaimedMerges([next]));
                return PatchFold.Fold(root, [opening, next], context).Latest;
            });
        }
    }

    [Fact]
    public void the_order_in_which_operations_are_found_changes_nothing()
    {
        using var alice = new RadicleTestKey("alice");
        Prop.ForAll(Gen.Choose(0, int.MaxValue).ArrayOf(40).ToArbitrary(), seeds =>
        {
            // A random graph: every operation builds on one or two of those before it.
            var root = Id(0);
            var operations = new List<CobOperation>
            {
                Operation(root, alice, [], $$"""{"type":"revision","description":"","base":"{{root}}","oid":"{{root}}"}""",
                    """{"type":"edit","title":"t","target":"delegates"}"""),
            };
            foreach (var seed in seeds)
            {
                var n = operations.Count;
                CommitId[] parents = [.. new[] { operations[seed % n].Id, operations[seed / 7 % n].Id }.Distinct()];
                operations.Add(Operation(Id(n), alice, parents, $$"""{"type":"edit","title":"{{seed}}","target":"delegates"}""") with
                {
                    At = DateTimeOffset.UnixEpoch.AddSeconds(seed % 5), SignatureVerified = seed % 13 != 0,
                });
            }

            var context = new PatchContext(new Dictionary<CommitId, IdentityDocument>(), new HashSet<(Did, CommitId)>());
            var one = PatchFold.Fold(root, operations, context);
            var two = PatchFold.Fold(root, operations.OrderBy(o => seeds[0] ^ o.Id.GetHashCode()), context);
            var position = one.Timeline.Select((id, i) => (id, i)).ToDictionary(p => p.id, p => p.i);
            return one.Timeline.SequenceEqual(two.Timeline)
                && one.Title == two.Title && one.Dropped.Count + one.Timeline.Count == operations.Count
                && operations.Where(o => position.ContainsKey(o.Id))
                    .All(o => o.Parents.All(p => position.TryGetValue(p, out var i) && i < position[o.Id]));
        }).QuickCheckThrowOnFailure();

        static CommitId Id(int number) => CommitId.Parse(number.ToString("x40", CultureInfo.InvariantCulture));
    }

    [Fact]
    public void a_chain_of_a_hundred_thousand_operations_is_folded()
    {
        using var alice = new RadicleTestKey("alice");
        var ids = Enumerable.Range(0, 100_000).Select(i => CommitId.Parse(i.ToString("x40", CultureInfo.InvariantCulture))).ToList();
        var root = Operation(ids[0], alice, [], $$"""{"type":"revision","description":"","base":"{{ids[0]}}","oid":"{{ids[0]}}"}""",
            """{"type":"edit","title":"t","target":"delegates"}""");
        var chain = Operation(ids[1], alice, [ids[0]], """{"type":"edit","title":"u","target":"delegates"}""");
        var operations = ids.Skip(1).Select((id, i) => chain with { Id = id, Parents = [ids[i]], SignatureVerified = i != 50_000 });

        var patch = PatchFold.Fold(ids[0], operations.Prepend(root), new PatchContext(
            new Dictionary<CommitId, IdentityDocument>(), new HashSet<(Did, CommitId)>()));
        Assert.Equal(50_001, patch.Timeline.Count);
        Assert.Equal(49_999, patch.Dropped.Count);
    }

    private static CobOperation Operation(CommitId id, RadicleTestKey by, IReadOnlyList<CommitId> parents, params string[] actions)
        => new(
            id, Did.Parse(by.Did), by.Name, DateTimeOffset.UnixEpoch, id, parents, [], id, CobTypes.Patch,
            [.. actions.Select(a => System.Text.Json.JsonElement.Parse(a))], SignatureVerified: true, Problem: null);

    private static IEnumerable<string> SignatureLines(RadicleTestKey key)
    {
        byte[] Field(ReadOnlySpan<byte> d) => [(byte)(d.Length >> 24), (byte)(d.Length >> 16), (byte)(d.Length >> 8), (byte)d.Length, .. d];
        byte[] blob =
        [
            .. "SSHSIG"u8, 0, 0, 0, 1, .. Field([.. Field("ssh-ed25519"u8), .. Field(key.PublicKey)]),
            .. Field("radicle"u8), .. Field([]), .. Field("sha256"u8),
            .. Field([.. Field("ssh-ed25519"u8), .. Field(key.Sign([1]))]),
        ];
        return ["-----BEGIN SSH SIGNATURE-----", .. Convert.ToBase64String(blob)
            .Chunk(70).Select(c => new string(c)), "-----END SSH SIGNATURE-----"];
    }

    /// <summary>Cuts, overwrites and doubles parts of valid bytes, and tries noise.</summary>
    private static void Survives(string valid, Func<byte[], object> parse)
    {
        var template = Encoding.UTF8.GetBytes(valid);
        Assert.NotNull(parse(template));
        Prop.ForAll((ushort at, ushort how, byte[]? noise) =>
        {
            var (from, to) = (at % template.Length, Math.Min(template.Length, at % template.Length + how / 4 % 40));
            byte[] damaged = (how % 4) switch
            {
                0 => [.. template[..from], .. noise ?? []],
                1 => [.. template[..from], .. noise ?? [], .. template[to..]],
                2 => [.. template[..to], .. template[from..]],
                _ => noise ?? [],
            };
            try
            {
                parse(damaged);
            }
            catch (CobFormatException)
            {
                // The one way to say no.
            }

            return true;
        }).Check(Thorough);
    }
}
