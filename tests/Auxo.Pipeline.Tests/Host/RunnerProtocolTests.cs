using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

using Auxo.Pipeline.Runners.Leases;
using Auxo.Pipeline.Runners;
using Auxo.Testing;

using Microsoft.Extensions.DependencyInjection;

namespace Auxo.Pipeline.Tests.Host;

/// <summary>What a runner may ask the pipeline, call by call: it may be taken over by the code that it runs.</summary>
public sealed class RunnerProtocolTests(PostgresFixture postgres) : IAsyncLifetime
{
    private RunnerBench _bench = null!;

    private PipelineHost Host => _bench.Host;

    private const string OneStep = "  - { name: one, run: 'true' }\n";

    public async ValueTask InitializeAsync() => _bench = await RunnerBench.StartAsync(postgres);

    [Fact]
    public async Task parts_of_a_log_are_taken_once_in_order_and_only_of_steps_of_the_build()
    {
        using var runner = await JoinAsync("far");
        var (id, lease) = await WorkAsync(runner, "far");
        Assert.Equal((200, 5), await LogAsync(runner, id, lease, "one", 0, "12345"));
        Assert.Equal((200, 5), await LogAsync(runner, id, lease, "one", 0, "12345"));
        Assert.Equal((409, 5), await LogAsync(runner, id, lease, "one", 7, "89"));
        Assert.Equal((200, 8), await LogAsync(runner, id, lease, "one", 3, "45678"));
        Assert.Equal("12345678", await Host.LogAsync(id, "one"));
        Assert.Equal(404, (await LogAsync(runner, id, lease, "secrets", 0, "passed")).Status);
        Assert.Equal(404, (await LogAsync(runner, id, lease, "..%2F..%2Fx", 0, "passed")).Status);
        Assert.Equal(413, (await LogAsync(runner, id, lease, "one", 8, new string('x', (1 << 20) + 1))).Status);
        Assert.Equal("12345678", await Host.LogAsync(id, "one"));
    }

    [Fact]
    public async Task a_token_is_good_for_its_own_runner_and_for_nothing_else()
    {
        using var far = await JoinAsync("far");
        using var near = await JoinAsync("near");
        var (id, lease) = await WorkAsync(far, "far");
        foreach (var path in (string[])["/builds", "/secrets", "/runners", $"/builds/{id}", "/runner/far/builds/x"])
        {
            using var refused = await near.GetAsync(path, TestContext.Current.CancellationToken);
            Assert.True(refused.StatusCode is HttpStatusCode.Forbidden or HttpStatusCode.NotFound, path);
        }

        Assert.Equal(403, (await CallAsync(near, HttpMethod.Get, "far", id, lease, "source")).Status);
        // Under its own name it has no such lease, even when it has learnt of it.
        Assert.Equal((410, "auxo:lease/lost"), await CallAsync(near, HttpMethod.Get, "near", id, lease, "source"));
        Assert.Equal((410, "auxo:lease/lost"), await CallAsync(far, HttpMethod.Get, "far", id, Guid.NewGuid(), "source"));
        Assert.Equal(200, (await CallAsync(far, HttpMethod.Get, "far", id, lease, "source")).Status);
        using var anonymous = await Host.Anonymous.PostAsJsonAsync("/runner/far/work", new { }, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Unauthorized, anonymous.StatusCode);
    }

    [Fact]
    public async Task a_result_that_came_before_changes_nothing_and_one_that_cannot_be_takes_the_build_away()
    {
        using var runner = await JoinAsync("far");
        var (id, lease) = await WorkAsync(runner, "far");
        var body = new { reports = new[] { Passed("one") }, next = new[] { "two" } };
        Assert.Equal(204, (await CallAsync(runner, HttpMethod.Post, "far", id, lease, "reports", JsonContent.Create(body))).Status);
        Assert.Equal(204, (await CallAsync(runner, HttpMethod.Post, "far", id, lease, "reports", JsonContent.Create(body))).Status);
        Assert.Equal((1L, 1L), (
            await _bench.CountAsync(id, "build_step_finished", "one"),
            await _bench.CountAsync(id, "build_step_started")));
        var nothing = JsonContent.Create(new { reports = (object?)null, next = Array.Empty<string>() });
        Assert.Equal(400, (await CallAsync(runner, HttpMethod.Post, "far", id, lease, "reports", nothing)).Status);
        // The secrets check is none of its business.
        var forged = JsonContent.Create(new { reports = new[] { Passed("secrets") }, next = Array.Empty<string>() });
        Assert.Equal((422, "auxo:report/refused"), await CallAsync(runner, HttpMethod.Post, "far", id, lease, "reports", forged));
        Assert.Equal((410, "auxo:lease/lost"), await CallAsync(runner, HttpMethod.Get, "far", id, lease, "source"));
        Assert.Equal("lost", await StateAsync(runner, id, lease));
    }

    [Fact]
    public async Task an_artifact_is_what_its_digest_says_and_its_name_stays_in_the_build()
    {
        using var runner = await JoinAsync("far");
        var (id, lease) = await WorkAsync(runner, "far");
        var (text, digest) = ("made", "sha256:" + Convert.ToHexStringLower(SHA256.HashData("made"u8)));
        Assert.Equal(422, (await CallAsync(
            runner, HttpMethod.Put, "far", id, lease, $"blobs/{digest}", new StringContent("other"))).Status);
        Assert.Equal(422, (await CallAsync(
            runner, HttpMethod.Put, "far", id, lease, "blobs/..%2F..%2Fx", new StringContent(text))).Status);
        Assert.Equal(204, (await CallAsync(
            runner, HttpMethod.Put, "far", id, lease, $"blobs/{digest}", new StringContent(text))).Status);
        Assert.Equal(204, (await ReportArtifactAsync("out/made.html", digest, 4)).Status);
        using var answer = await Host.Client.GetAsync($"/builds/{id}/artifacts/out/made.html", TestContext.Current.CancellationToken);
        Assert.Equal(("text/html", text), (answer.Content.Headers.ContentType?.MediaType,
            await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)));
        Assert.Equal((422, "auxo:report/refused"), await ReportArtifactAsync("../x", digest, 4));

        Task<(int Status, string Type)> ReportArtifactAsync(string name, string of, long size)
            => CallAsync(runner, HttpMethod.Post, "far", id, lease, "reports", new StringContent(Kept(name, of, size)));
    }

    [Fact]
    public async Task a_step_with_a_result_keeps_the_artifacts_that_it_has()
    {
        using var runner = await JoinAsync("far");
        var (id, lease) = await WorkAsync(runner, "far");
        var (made, other) = (await SendAsync(runner, id, lease, "made"), await SendAsync(runner, id, lease, "other"));
        Assert.Equal(204, (await CallAsync(
            runner, HttpMethod.Post, "far", id, lease, "reports", new StringContent(Kept("out/a", made, 4)))).Status);
        Assert.Equal(204, (await CallAsync(
            runner, HttpMethod.Post, "far", id, lease, "reports", new StringContent(Kept("out/a", other, 5)))).Status);
        Assert.Equal("made", await Host.Client.GetStringAsync(
            $"/builds/{id}/artifacts/out/a", TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task reports_whose_end_comes_after_the_lease_was_lost_leave_no_artifact()
    {
        using var runner = await JoinAsync("far");
        var (id, lease) = await WorkAsync(runner, "far");
        using var body = new SlowContent(Kept("out/a", await SendAsync(runner, id, lease, "made"), 4));
        var call = CallAsync(runner, HttpMethod.Post, "far", id, lease, "reports", body);
        await body.Begun;
        // Another process of the same runner has it now.
        Assert.NotNull((await AskAsync(runner, "far", Guid.NewGuid()))["order"]);
        body.End();
        Assert.Equal((410, "auxo:lease/lost"), await call);
        using var answer = await Host.Client.GetAsync($"/builds/{id}/artifacts/out/a", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    [Fact]
    public async Task a_content_says_its_length_first()
    {
        using var runner = await JoinAsync("far");
        var (id, lease) = await WorkAsync(runner, "far");
        using var endless = new SlowContent("");
        endless.End();
        Assert.Equal((411, "auxo:artifact/no-length"), await CallAsync(
            runner, HttpMethod.Put, "far", id, lease, "blobs/sha256:" + new string('0', 64), endless));
        using var large = new StringContent("x");
        large.Headers.ContentLength = (1L << 30) + 1;
        Assert.Equal((413, "auxo:artifact/too-much"), await CallAsync(
            runner, HttpMethod.Put, "far", id, lease, "blobs/sha256:" + new string('0', 64), large));
    }

    [Theory]
    [InlineData("pause", "Paused")]
    [InlineData("drain", "Draining")]
    [InlineData("remove", null)]
    [InlineData("register", "Active")]
    public async Task a_question_that_waits_is_answered_with_nothing_when_an_administrator_changes_the_runner(string how, string? state)
    {
        using var runner = await JoinAsync("far");
        using var near = await JoinAsync("near");
        var asked = await WaitsAsync(runner);
        if (how == "register") (await JoinAsync("far")).Dispose();
        else if (how != "remove") Assert.Equal(200, (await Host.PostAsync($"/runners/far/{how}")).Status);
        else (await Host.Client.DeleteAsync("/runners/far", TestContext.Current.CancellationToken)).Dispose();
        Assert.Empty(Desk.Waiting);
        // Gets the build, since the other is not there.
        await WorkAsync(near, "near");
        using var answer = await asked;
        Assert.Equal(state is null ? HttpStatusCode.NotFound : HttpStatusCode.OK, answer.StatusCode);
        if (state is null) return;
        var said = JsonNode.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!;
        Assert.Equal((state, null), ((string)said["state"]!, said["order"]));
    }

    [Theory]
    [InlineData("update pipeline.runners set state = 'paused' where name = 'far' returning 1", HttpStatusCode.OK)]
    [InlineData("delete from pipeline.runners where name = 'far' returning 1", HttpStatusCode.NotFound)]
    public async Task a_build_that_was_just_being_given_to_it_goes_to_another(string change, HttpStatusCode status)
    {
        using var runner = await JoinAsync("far");
        using var near = await JoinAsync("near");
        var asked = await WaitsAsync(runner);
        // The change is written, and its question is not dismissed yet.
        Assert.Equal(1, await Host.ScalarAsync<int>(change));
        var id = await _bench.PushAsync("  - { name: one, run: 'true' }\n");
        using var answer = await asked;
        Assert.Equal(status, answer.StatusCode);
        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.DoesNotContain(id.ToString(), text, StringComparison.Ordinal);
        var order = (await AskAsync(near, "near", Guid.NewGuid()))["order"]!;
        Assert.Equal(id, Guid.Parse((string)order["build"]!["subject"]!["buildId"]!));
    }

    [Fact]
    public async Task an_answer_that_was_lost_is_given_again_and_another_process_of_the_same_runner_has_lost_the_build()
    {
        using var runner = await JoinAsync("far");
        var session = Guid.NewGuid();
        var (id, lease) = await WorkAsync(runner, "far", session);
        Assert.Equal(lease, Guid.Parse((string)(await AskAsync(runner, "far", session))["order"]!["lease"]!));
        Assert.Equal("held", await StateAsync(runner, id, lease));
        // It gets the same build, as another machine would.
        var again = (await AskAsync(runner, "far", Guid.NewGuid()))["order"]!;
        Assert.Equal((id, "far"), (Guid.Parse((string)again["build"]!["subject"]!["buildId"]!), (string)again["before"]!));
        Assert.NotEqual(lease, Guid.Parse((string)again["lease"]!));
        Assert.Equal("lost", await StateAsync(runner, id, lease));
    }

    [Fact]
    public async Task a_paused_runner_gets_nothing_and_a_removed_one_loses_what_it_has()
    {
        using var runner = await JoinAsync("far");
        Assert.Equal(200, (await Host.PostAsync("/runners/far/pause")).Status);
        var paused = await AskAsync(runner, "far", Guid.NewGuid());
        Assert.Equal(("Paused", null), ((string)paused["state"]!, paused["order"]));
        Assert.Equal(200, (await Host.PostAsync("/runners/far/resume")).Status);
        var (id, lease) = await WorkAsync(runner, "far");
        var listed = (await Host.Client.GetFromJsonAsync<JsonNode>("/runners", TestContext.Current.CancellationToken))!["items"]![0]!;
        Assert.Equal(("online", id.ToString()), ((string)listed["state"]!, (string)listed["builds"]![0]!));
        using (var removed = await Host.Client.DeleteAsync("/runners/far", TestContext.Current.CancellationToken))
            Assert.Equal(HttpStatusCode.NoContent, removed.StatusCode);
        Assert.Equal("lost", await StateAsync(runner, id, lease));
        using var asked = await runner.PostAsJsonAsync("/runner/far/work", Question(Guid.NewGuid()), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.NotFound, asked.StatusCode);
    }

    [Fact]
    public async Task one_that_asks_again_and_again_and_never_takes_up_what_it_gets_does_not_keep_it()
    {
        using var runner = await JoinAsync("far");
        var session = Guid.NewGuid();
        var (id, lease) = await WorkAsync(runner, "far", session);
        JsonNode? order = null;
        await Eventually.TrueAsync(
            async () => (order = (await AskAsync(runner, "far", session))["order"]) is not null
                && Guid.Parse((string)order["lease"]!) != lease,
            "the build is taken from it");
        // It never had it, so that nobody was lost with it.
        Assert.Equal(
            (id, null), (Guid.Parse((string)order!["build"]!["subject"]!["buildId"]!), (string?)order["before"]));
        Assert.Equal("lost", await StateAsync(runner, id, lease));
    }

    [Fact]
    public async Task a_runner_goes_on_when_the_pipeline_has_lost_its_own_lease_of_the_build()
    {
        var handovers = Host.Services.GetRequiredService<Handovers>();
        var ct = TestContext.Current.CancellationToken;
        // Builds that wait: at its start the pipeline takes away the rows of those that do not.
        var (lost, ended) = (
            await handovers.GiveAsync(await _bench.PushAsync(OneStep), "far", Guid.NewGuid(), ct),
            await handovers.GiveAsync(await _bench.PushAsync(OneStep, told: _bench.Another()), "far", Guid.NewGuid(), ct));
        await ended.EndAsync(HandoverEnd.Stopped);
        // Both that listen to the runner and those that gave it the build close it.
        for (var i = 0; i < 2; i++) await handovers.CloseAsync(lost);
        for (var i = 0; i < 2; i++) await handovers.CloseAsync(ended);
        Assert.Equal((LeaseState.NotYet, LeaseState.Stopped), (await StateOfAsync(lost), await StateOfAsync(ended)));

        async Task<LeaseState> StateOfAsync(Handover handover)
            => (await handovers.FindAsync(handover.Row.BuildId, "far", handover.Row.Lease!.Value, ct)).State;
    }

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    private static JsonObject Passed(string step) => new()
    {
        ["result"] = new JsonObject
        {
            ["step"] = step, ["kind"] = "command", ["outcome"] = "Passed", ["blocks"] = true, ["duration"] = "00:00:01", ["exitCode"] = 0,
            ["summary"] = "",
        },
        ["findings"] = new JsonArray(), ["artifacts"] = new JsonArray(),
    };

    /// <summary>Reports of the step that keeps what is in <c>out</c>.</summary>
    private static string Kept(string name, string digest, long size)
    {
        var report = Passed("one");
        report["artifacts"] = new JsonArray(new JsonObject
        {
            ["name"] = name, ["mediaType"] = "application/x-shellscript", ["digest"] = digest, ["sizeBytes"] = size,
        });
        return new JsonObject { ["reports"] = new JsonArray(report), ["next"] = new JsonArray() }.ToJsonString();
    }

    private static object Question(Guid session) => new
    {
        session, holding = Array.Empty<Guid>(), room = 1, capacity = 1, given = new[] { "linux", "deploy" },
        sandbox = "none", version = "1",
    };

    private RunnerDesk Desk => Host.Services.GetRequiredService<RunnerDesk>();

    /// <summary>A question that waits for work.</summary>
    private async Task<Task<HttpResponseMessage>> WaitsAsync(HttpClient runner)
    {
        var asked = runner.PostAsJsonAsync("/runner/far/work", Question(Guid.NewGuid()), TestContext.Current.CancellationToken);
        await Eventually.TrueAsync(() => Task.FromResult(Desk.Waiting.Count == 1), "the question waits");
        return asked;
    }

    /// <summary>Sends a content.</summary>
    /// <returns>Its digest.</returns>
    private static async Task<string> SendAsync(HttpClient runner, Guid id, Guid lease, string text)
    {
        var digest = "sha256:" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
        Assert.Equal(204, (await CallAsync(
            runner, HttpMethod.Put, "far", id, lease, $"blobs/{digest}", new StringContent(text))).Status);
        return digest;
    }

    private async Task<HttpClient> JoinAsync(string name)
    {
        using var made = await Host.Client.PutAsJsonAsync($"/runners/{name}", new { labels = new[] { "far" } });
        made.EnsureSuccessStatusCode();
        var client = new HttpClient(Host.Transport()) { BaseAddress = new Uri("http://localhost") };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", await TestRunner.TokenAsync(Host, name));
        return client;
    }

    /// <summary>Pushes a build of two steps, of which the first keeps what is in <c>out</c>, and gets it.</summary>
    private async Task<(Guid Build, Guid Lease)> WorkAsync(HttpClient runner, string name, Guid? session = null)
    {
        var id = await _bench.PushAsync("  - { name: one, run: 'true', artifacts: out }\n  - { name: two, run: 'true' }\n");
        var order = (await AskAsync(runner, name, session ?? Guid.NewGuid()))["order"]!;
        Assert.Equal(id, Guid.Parse((string)order["build"]!["subject"]!["buildId"]!));
        return (id, Guid.Parse((string)order["lease"]!));
    }

    private static async Task<JsonNode> AskAsync(HttpClient runner, string name, Guid session)
    {
        using var answer = await runner.PostAsJsonAsync($"/runner/{name}/work", Question(session));
        answer.EnsureSuccessStatusCode();
        return JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
    }

    private static async Task<(int Status, string Type)> CallAsync(
        HttpClient runner, HttpMethod method, string name, Guid id, Guid lease, string path, HttpContent? content = null)
    {
        using var request = new HttpRequestMessage(method, $"/runner/{name}/builds/{id}/{path}") { Content = content };
        request.Headers.Add("Auxo-Lease", lease.ToString());
        using var answer = await runner.SendAsync(request);
        var type = answer.Content.Headers.ContentType?.MediaType == "application/problem+json"
            ? (string?)JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["type"] : null;
        return ((int)answer.StatusCode, type ?? "");
    }

    private static async Task<string> StateAsync(HttpClient runner, Guid id, Guid lease)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/runner/far/builds/{id}/lease");
        request.Headers.Add("Auxo-Lease", lease.ToString());
        using var answer = await runner.SendAsync(request);
        return (string)JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["state"]!;
    }

    private static async Task<(int Status, long Length)> LogAsync(
        HttpClient runner, Guid id, Guid lease, string step, long offset, string text)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, $"/runner/far/builds/{id}/logs/{step}?offset={offset}")
        {
            Content = new ByteArrayContent(Encoding.UTF8.GetBytes(text)),
        };
        request.Headers.Add("Auxo-Lease", lease.ToString());
        using var answer = await runner.SendAsync(request);
        var body = answer.StatusCode is HttpStatusCode.OK or HttpStatusCode.Conflict
            ? JsonNode.Parse(await answer.Content.ReadAsStringAsync()) : null;
        return ((int)answer.StatusCode, (long?)body?["length"] ?? -1);
    }
}
