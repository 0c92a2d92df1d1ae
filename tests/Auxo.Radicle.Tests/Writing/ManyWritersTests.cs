using System.Collections.Concurrent;
using System.Globalization;

using Auxo.Contracts;
using Auxo.Testing;
using Auxo.Testing.Radicle;

namespace Auxo.Radicle.Tests;

/// <summary>
/// Many writers on one patch: eight of Auxo as eight processes would be, the user's own <c>rad</c> and pushes one after the other (two of
/// them at once take each other's words away without anybody's help), and another node. <c>AUXO_TEST_WRITERS</c> says how many rounds; by
/// default a few.
/// </summary>
public sealed class ManyWritersTests
{
    private static readonly int Rounds =
        int.TryParse(Environment.GetEnvironmentVariable("AUXO_TEST_WRITERS"), CultureInfo.InvariantCulture, out var rounds) ? rounds : 4;

    [Fact]
    public async Task in_the_end_nothing_of_auxo_is_missing_and_nothing_of_others_was_dropped()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var lab = await RadicleLab.UpAsync(ct, "alice", "bob");
        var (alice, bob) = (lab.Nodes[0], lab.Nodes[1]);
        var files = new Dictionary<string, string>(StringComparer.Ordinal) { ["README.md"] = "# demo\n" };
        var repository = await lab.CreateRepositoryAsync("demo", files, ct);
        files["hello.txt"] = "hello\n";
        var (opened, _) = await alice.OpenPatchAsync("demo", "Say hello", files, ct);
        await Eventually.TrueAsync(
            async () => await bob.TryRadAsync(
                ct, "cob", "log", "--repo", repository.Rid, "--type", CobTypes.Patch, "--object", opened) == 0,
            "bob has the patch");
        var (patch, home) = (PatchId.Parse(opened), new RadicleHome(alice.Home, alice.Socket));
        await using var storage = await RadicleRepository.OpenAsync(alice.Storage(repository.Rid), ct);
        var (said, pushed) = (new ConcurrentBag<string>(), new ConcurrentBag<string>());
        var user = UserAsync();
        var other = OtherAsync();
        var auxos = Enumerable.Range(0, 8).Select(AuxoAsync).ToList();
        await Task.WhenAll([user, other, .. auxos]);
        // rad may have taken away what came between its reading and its writing; the outbox looks twice for everything it wrote.
        for (var i = 0; i < 8; i++) await AuxoAsync(i);

        await Eventually.TrueAsync(
            async () => said.ToHashSet(StringComparer.Ordinal).IsSubsetOf(await BodiesAsync()), "everybody's words stand at alice's");
        var standing = await BodiesAsync();
        Assert.Subset(standing, Enumerable.Range(0, 8).SelectMany(i => Enumerable.Range(0, Rounds).Select(round => Words(i, round)))
            .ToHashSet(StringComparer.Ordinal));
        Assert.Subset(
            (await storage.ReadPatchAsync(patch, ct))!.Revisions.Select(static r => r.Head.Value).ToHashSet(StringComparer.Ordinal),
            pushed.ToHashSet(StringComparer.Ordinal));
        Assert.DoesNotContain(
            (await storage.ReadRefsAsync(ct)).Problems, problem => problem.Name.Contains(alice.Nid, StringComparison.Ordinal));

        async Task AuxoAsync(int which)
        {
            // Each has turns of its own, as another process: only the file stands between them.
            var writer = new PatchCommentWriter(new RadTurns(new RadKeyAccess(null), TimeProvider.System), TimeProvider.System);
            for (var round = 0; round < Rounds; round++)
            {
                var request = new CommentRequest(
                    patch, RevisionId.Parse(opened), $"build {which}/{round}.", Words(which, round), null);
                while (await writer.WriteAsync(home, storage, request, ct) is not CommentWrite.Done) ct.ThrowIfCancellationRequested();
            }
        }

        async Task UserAsync()
        {
            for (var round = 0; round < Rounds; round++)
            {
                await RepeatAsync(alice, $"user {round}");
                files["hello.txt"] = $"hello {round}\n";
                string? head = null;
                while (head is null)
                {
                    try
                    {
                        (_, head) = await alice.UpdatePatchAsync("demo", opened, files, ct, "no-sync");
                    }
                    catch (InvalidOperationException)
                    {
                        // A lock, at the very moment of another write.
                        ct.ThrowIfCancellationRequested();
                    }
                }

                pushed.Add(head);
            }
        }

        async Task OtherAsync()
        {
            for (var round = 0; round < Rounds; round++) await RepeatAsync(bob, $"other {round}");
        }

        async Task RepeatAsync(LabNode who, string words)
        {
            while (await who.TryRadAsync(
                ct, "patch", "comment", opened, "--repo", repository.Rid, "-m", words, "--no-announce") != 0)
                ct.ThrowIfCancellationRequested();
            said.Add(words);
            if (who == bob) await bob.TryRadAsync(ct, "sync", repository.Rid, "--announce", "--timeout", "2s");
        }

        async Task<HashSet<string>> BodiesAsync() => (await storage.ReadPatchAsync(patch, ct))!.Revisions
            .SelectMany(static r => r.Discussion.Standing.Select(static c => c.Body)).ToHashSet(StringComparer.Ordinal);
    }

    private static string Words(int which, int round) => $"of Auxo {which}, build {which}/{round}.";
}
