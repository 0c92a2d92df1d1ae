using System.Net.Http.Json;
using System.Text.Json.Nodes;

using Auxo.Contracts;
using Auxo.Ingest.Commenting;
using Auxo.Radicle;
using Auxo.Testing.Radicle;
using Auxo.Testing;

namespace Auxo.Ingest.Tests.Commenting;

/// <summary>What the outbox keeps and shows, and that it writes through a real node what it promised.</summary>
public sealed class CommentOutboxTests(PostgresFixture postgres)
{
    private static readonly Guid Build = Guid.Parse("3f2a1c7e-0000-5000-8000-000000000001");

    [Fact]
    public async Task without_radicle_comments_wait_visibly_and_the_newest_text_is_kept()
    {
        var home = Directory.CreateTempSubdirectory("auxo-home-").FullName;
        await using (var host = await IngestHost.StartAsync(await postgres.CreateDatabaseAsync(), home))
        {
            var rid = Rid.Parse("rad:z42hL2jL4XNk6K8oHQaSWfMgCL7ji");
            await WantAsync(host, rid, new string('a', 40), 2, "**passed**", final: true);
            await WantAsync(host, rid, new string('a', 40), 1, "running", final: false);
            var waiting = await RowAsync(host, r => ((string)r["reason"]!).Contains("not in the storage", StringComparison.Ordinal));
            Assert.Equal(("waiting", 2, 0), ((string)waiting["state"]!, (int)waiting["seq"]!, (int)waiting["attempts"]!));
            Assert.Equal("**passed**", (await host.ScalarAsync<string>("select body from ingest.comment_outbox")).Split('\n')[0]);
        }

        Directory.Delete(home, recursive: true);
    }

    [Theory]
    [InlineData("off", false)]
    [InlineData("rad:z3gqcJUoA1n9HaHKufZs5FCSGazv5", false)]
    [InlineData("rad:z3gqcJUoA1n9HaHKufZs5FCSGazv5, rad:z42hL2jL4XNk6K8oHQaSWfMgCL7ji", true)]
    [InlineData("on", true)]
    public async Task a_repository_that_is_not_named_gets_no_comments(string setting, bool isWanted)
    {
        var home = Directory.CreateTempSubdirectory("auxo-home-").FullName;
        await using (var host = await IngestHost.StartAsync(
            await postgres.CreateDatabaseAsync(), home,
            settings: (CommentSettings.CommentsName.Replace("__", ":", StringComparison.Ordinal), setting)))
        {
            await WantAsync(host, Rid.Parse("rad:z42hL2jL4XNk6K8oHQaSWfMgCL7ji"), new string('a', 40), 1, "**passed**", final: true);
            await host.Queues.QuietAsync("ingest", TimeSpan.FromSeconds(60));
            Assert.Equal(isWanted ? 1L : 0L, await host.ScalarAsync<long>("select count(*) from ingest.comment_outbox"));
        }

        Directory.Delete(home, recursive: true);
    }

    [Fact]
    public void a_word_that_is_no_repository_is_refused_at_the_start()
    {
        var settings = new Microsoft.Extensions.Configuration.ConfigurationManager
        {
            [CommentSettings.CommentsName.Replace("__", ":", StringComparison.Ordinal)] = "demo",
        };
        Assert.Contains("'demo'", Assert.Throws<FormatException>(() => CommentSettings.From(settings)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task on_a_real_node_the_first_text_is_posted_edited_once_into_the_verdict_and_no_third_operation_follows()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var lab = await RadicleLab.UpAsync(ct, "alice", "bob");
        var (alice, bob) = (lab.Nodes[0], lab.Nodes[1]);
        var repository = await lab.CreateRepositoryAsync("demo", new Dictionary<string, string> { ["README.md"] = "# demo\n" }, ct);
        await using var host = await IngestHost.StartAsync(await postgres.CreateDatabaseAsync(), alice.Home, alice.Socket);
        await host.TrackAsync(repository.Rid);
        await Eventually.TrueAsync(
            async () => (string)(await host.Client.GetFromJsonAsync<JsonNode>("/node", ct))!["state"]! == "connected", "the node is heard");

        // No webhook, no request: the node's event alone makes the fact.
        var (patch, head) = await bob.OpenPatchAsync("demo", "Bob's", new Dictionary<string, string> { ["bob.txt"] = "x" }, ct);
        await Eventually.TrueAsync(async () => (await host.SentNamesAsync()).Contains("patch_opened"), "the node's event becomes a fact");

        var rid = Rid.Parse(repository.Rid);
        await WantAsync(host, rid, patch, 1, "running", final: false);
        await RowAsync(host, r => (string)r["state"]! == "posted" && (int)r["seq"]! == 1);
        await WantAsync(host, rid, patch, 2, "still running", final: false);
        await host.Queues.SendAsync(
            "ingest", Wanted(rid, patch, 3, "**passed**", final: true) with
            {
                Remarks = [new PatchRemark("bob.txt", 1, "not like this")],
                End = new BuildEnd(CommitId.Parse(head), Outcome.Passed, LogUrl: null),
            });
        var posted = await RowAsync(host, r => (string)r["state"]! == "posted" && (int)r["seq"]! == 3);
        Assert.NotNull(posted["commentId"]);
        await using (var storage = await RadicleRepository.OpenAsync(alice.Storage(repository.Rid), ct))
        {
            var run = Assert.Single(Assert.Single(await storage.ReadJobsOfAsync(CommitId.Parse(head), ct)).Runs);
            Assert.Equal((JobRunStatus.Succeeded, $"urn:uuid:{Build}"), (run.Status, run.Log));
        }

        await WantAsync(host, rid, patch, 4, "one more", final: true);
        Assert.Contains(
            "two operations", (string)(await RowAsync(host, r => (string)r["state"]! == "dropped"))["reason"]!, StringComparison.Ordinal);

        await Eventually.TrueAsync(
            async () => (await bob.PatchJsonAsync(repository.Rid, patch, ct))
                .Contains("**passed**", StringComparison.Ordinal), "bob's node shows the verdict");
        Assert.Contains("not like this", await bob.PatchJsonAsync(repository.Rid, patch, ct), StringComparison.Ordinal);
        Assert.DoesNotContain("still running", await bob.PatchJsonAsync(repository.Rid, patch, ct), StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_comment_that_another_program_overwrites_after_it_was_posted_is_written_again()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var lab = await RadicleLab.UpAsync(ct, "alice");
        var alice = lab.Nodes[0];
        var repository = await lab.CreateRepositoryAsync("demo", new Dictionary<string, string> { ["README.md"] = "# demo\n" }, ct);
        var (patch, _) = await alice.OpenPatchAsync("demo", "Mine", new Dictionary<string, string> { ["a.txt"] = "x" }, ct);
        await using var host = await IngestHost.StartAsync(await postgres.CreateDatabaseAsync(), alice.Home, alice.Socket);
        await host.TrackAsync(repository.Rid);
        var (storage, refs) = (alice.Storage(repository.Rid), $"refs/namespaces/{alice.Nid}/refs");
        string[] written = [$"{refs}/cobs/xyz.radicle.patch/{patch}", $"{refs}/rad/sigrefs"];
        var before = new List<string>();
        foreach (var name in written) before.Add((await alice.GitAsync(storage, ct, "rev-parse", name)).Trim());

        await WantAsync(host, Rid.Parse(repository.Rid), patch, 1, "**passed**", final: true);
        var posted = await RowAsync(host, r => (string)r["state"]! == "posted");
        foreach (var (name, old) in written.Zip(before)) await alice.GitAsync(storage, ct, "update-ref", name, old);

        await RowAsync(host, r => (string)r["state"]! == "posted" && (string)r["commentId"]! != (string)posted["commentId"]!);
        await using var reader = await RadicleRepository.OpenAsync(storage, ct);
        Assert.StartsWith("**passed**", Assert.Single((await reader.ReadPatchAsync(PatchId.Parse(patch), ct))!.Latest.Discussion.Standing)
            .Body, StringComparison.Ordinal);
        await Eventually.TrueAsync(
            async () => await host.ScalarAsync<bool>("select confirm_at - posted_at > interval '50 seconds' from ingest.comment_outbox"),
            "it was looked for, and will be once more");
    }

    [Fact]
    public void a_comment_that_stands_is_looked_for_twice()
    {
        var posted = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        Assert.Equal(posted.AddSeconds(5), CommentOutbox.NextLook(postedAt: null, changed: true, posted));
        Assert.Equal(posted.AddSeconds(60), CommentOutbox.NextLook(posted, changed: false, posted.AddSeconds(5)));
        Assert.Null(CommentOutbox.NextLook(posted, changed: false, posted.AddSeconds(60)));
        Assert.Equal(posted.AddSeconds(65), CommentOutbox.NextLook(posted, changed: true, posted.AddSeconds(60)));
    }

    /// <summary>As the pipeline sends it: through the queue.</summary>
    internal static Task WantAsync(IngestHost host, Rid rid, string patch, int seq, string text, bool final)
        => host.Queues.SendAsync("ingest", Wanted(rid, patch, seq, text, final));

    internal static PostPatchComment Wanted(Rid rid, string patch, int seq, string text, bool final)
        => new(rid, PatchId.Parse(patch), RevisionId.Parse(patch), Build, seq, $"comment/{Build}",
            $"{text}\n\n<sub>auxo · build {BuildId.Short(Build)}</sub>", final);

    private static async Task<JsonObject> RowAsync(IngestHost host, Func<JsonObject, bool> isIt)
        => await Eventually.ValueAsync(
            async () => (await host.ItemsAsync("/outbox"))
                .Select(r => r!.AsObject()).FirstOrDefault(isIt), "the outbox shows it", TimeSpan.FromSeconds(30));
}
