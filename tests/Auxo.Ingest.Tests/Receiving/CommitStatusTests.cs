using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

using Auxo.Contracts;
using Auxo.Ingest.Statuses;
using Auxo.Testing;
using Auxo.Testing.Radicle;
using Auxo.Testing.Receivers;

namespace Auxo.Ingest.Tests.Receiving;

/// <summary>Webhooks that want to hear how their commit is doing.</summary>
public sealed class CommitStatusTests(PostgresFixture postgres) : IDisposable
{
    private static readonly string Commit = new('c', 40);
    private readonly string _home = Directory.CreateTempSubdirectory("auxo-home-").FullName;
    private readonly RadicleTestKey _alice = new("alice");

    [Fact]
    public async Task a_signed_webhook_hears_that_it_came_and_how_the_build_ended_and_one_that_comes_late_hears_it_at_once()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var host = await IngestHost.StartAsync(
            await postgres.CreateDatabaseAsync(), _home, settings: ("Auxo:Egress:Allow", "127.0.0.1/32"));
        var rid = await RepositoryAsync();
        var secret = await host.TrackAsync(rid);

        // An answer of 500 is tried again.
        receiver.Answer(WebhookReceiver.Status(500));
        Assert.Equal(202, await HookAsync(host, rid, secret, receiver.Address, "one"));
        Assert.Equal("pending", (string)(await receiver.NextAsync()).Json["state"]!);
        var pending = await receiver.NextAsync();
        Assert.Equal(
            (rid, Commit, "one", "z6MkSeeder", "pending"),
            ((string)pending.Json["repo_id"]!, (string)pending.Json["sha"]!, (string)pending.Json["context"]!,
                (string)pending.Json["node_id"]!, (string)pending.Json["state"]!));
        Assert.Equal(Signature(secret, pending.Body), (string?)pending.Headers[CommitStatus.SignatureHeader]);

        await host.Queues.SendAsync("ingest", Finished(Rid.Parse(rid), Outcome.TimedOut));
        var ended = (await receiver.NextAsync()).Json;
        Assert.Equal(
            ("failure", "timed out: slow ran too long", "https://ci.example.org/builds/1"),
            ((string)ended["state"]!, (string)ended["description"]!, (string)ended["target_url"]!));

        Assert.Equal(202, await HookAsync(host, rid, secret, receiver.Address, "two"));
        var late = (await receiver.NextAsync()).Json;
        Assert.Equal(("two", "failure"), ((string)late["context"]!, (string)late["state"]!));
    }

    [Fact]
    public async Task addresses_inside_are_not_called_and_the_webhook_counts_all_the_same()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var host = await IngestHost.StartAsync(await postgres.CreateDatabaseAsync(), _home);
        var rid = await RepositoryAsync();
        var secret = await host.TrackAsync(rid);
        Assert.Equal(202, await HookAsync(host, rid, secret, receiver.Address, "one"));
        await host.Queues.QuietAsync("ingest");
        Assert.Equal(0, receiver.Waiting);
        Assert.Equal(0L, await host.ScalarAsync<long>("select count(*) from ingest.wolverine_dead_letters"));
    }

    [Theory]
    [InlineData(Outcome.Passed, "success", "passed")]
    [InlineData(Outcome.Failed, "failure", "failed: slow ran too long")]
    [InlineData(Outcome.Errored, "failure", "could not be built: slow ran too long")]
    [InlineData(Outcome.Superseded, "failure", "superseded: slow ran too long")]
    public void there_are_two_words_for_every_end(Outcome outcome, string state, string description)
        => Assert.Equal(
            (state, description), CommitStatus.Of(Finished(Rid.Parse("rad:z3gqcJUoA1n9HaHKufZs5FCSGazv5"), outcome)) is var status
                ? (status.State, status.Description) : default);

    private static async Task<int> HookAsync(IngestHost host, string rid, string secret, Uri status, string context)
    {
        var body = Encoding.UTF8.GetBytes(new JsonObject
        {
            ["repository"] = new JsonObject { ["id"] = rid, ["seeder"] = "z6MkSeeder" }, ["after"] = Commit, ["branch"] = "main",
            ["context"] = context, ["commit_status_url"] = status.ToString(),
        }.ToJsonString());
        using var request = IngestHost.Hook(body, secret);
        using var answer = await host.Client.SendAsync(request, TestContext.Current.CancellationToken);
        return (int)answer.StatusCode;
    }

    private async Task<string> RepositoryAsync()
        => (await RadicleStorage.CreateAsync(
            Path.Combine(_home, "storage"), "demo", _alice,
            new Dictionary<string, string>(StringComparer.Ordinal) { ["README.md"] = "# demo\n" })).Rid;

    private static BuildFinished Finished(Rid rid, Outcome outcome)
    {
        var (now, commit) = (DateTimeOffset.UnixEpoch, CommitId.Parse(Commit));
        var subject = new BuildSubject(
            BuildId.For(rid, commit, BuildTrigger.Branch, "main", attempt: 1), rid, "demo", BuildTrigger.Branch, null, null, "main",
            commit, "Say hello", null);
        var reason = outcome == Outcome.Passed ? null : "slow ran too long";
        return new BuildFinished(
            subject, outcome, reason, [], [], [], now, now, now, "https://ci.example.org/builds/1", Trust.Trusted);
    }

    public void Dispose()
    {
        _alice.Dispose();
        Directory.Delete(_home, recursive: true);
    }

    private static string Signature(string secret, byte[] body)
        => "sha256=" + Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), body));
}
