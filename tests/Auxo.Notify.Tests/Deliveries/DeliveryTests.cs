using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Nodes;

using Auxo.Contracts;
using Auxo.Testing;
using Auxo.Testing.Receivers;

using Microsoft.AspNetCore.Http;

using Microsoft.Extensions.DependencyInjection;

namespace Auxo.Notify.Tests.Deliveries;

/// <summary>From a message to a receiver, whatever the receiver does.</summary>
public sealed class DeliveryTests(PostgresFixture postgres)
{
    [Fact]
    public async Task a_builds_end_reaches_the_receiver_signed_and_is_in_the_log()
    {
        await using var receiver = await WebhookReceiver.StartAsync(WebhookReceiver.Status(200, "thanks"));
        await using var host = await NotifyHost.StartAsync(await postgres.CreateDatabaseAsync());
        var secret = await host.WebhookAsync("team", receiver.Address);
        await host.RouteAsync("all", "team");

        await host.SendAsync(Told.Build(url: "https://auxo.example/builds/1"));

        var received = await receiver.NextAsync();
        Assert.True(received.IsSignedWith(secret));
        Assert.Equal("/hooks/T0k3n-in-the-path?key=s3cr3t", received.Path);
        Assert.Equal("application/json", received.Headers.ContentType);
        Assert.StartsWith("auxo/", received.Headers.UserAgent, StringComparison.Ordinal);
        Assert.False(received.Headers.ContainsKey("traceparent"));
        Assert.Equal("build.failed", (string)received.Json["type"]!);
        Assert.Equal("2026-11-23T12:00:00Z", (string)received.Json["timestamp"]!);
        var data = received.Json["data"]!;
        Assert.Equal(("heartwood: failed: Fix the handshake", "warning", "heartwood"), (
            (string)data["title"]!, (string)data["level"]!, (string)data["repository"]!["name"]!));
        Assert.Equal(("failed", 13.5, "step 1", 1), ((string)data["build"]!["outcome"]!, (double)data["build"]!["durationSeconds"]!,
            (string)data["build"]!["steps"]![0]!["name"]!, (int)data["build"]!["findings"]![0]!["line"]!));
        Assert.Equal(Told.Patch.Value, (string)data["patch"]!["id"]!);

        var delivery = await host.DeliveryAsync("delivered");
        Assert.Equal((received.Id, "team", "all", 200), (
            (string)delivery["id"]!, (string)delivery["channel"]!, (string)delivery["route"]!, (int)delivery["status"]!));
        var line = Assert.Single(delivery["log"]!.AsArray())!;
        Assert.Equal((1, "delivered", "thanks"), ((int)line["attempt"]!, (string)line["outcome"]!, (string)line["excerpt"]!));
    }

    [Fact]
    public async Task a_patch_and_its_merge_are_notified_with_the_words_of_people()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var host = await NotifyHost.StartAsync(await postgres.CreateDatabaseAsync());
        await host.WebhookAsync("team", receiver.Address);
        await host.RouteAsync("all", "team");

        foreach (var message in (object[])[
            Told.Opened(), Told.Revised(), Told.Merged(), new PatchArchived(Told.Rid, Told.Patch, Told.At, Told.At)])
            await host.SendAsync(message);

        var titles = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < 4; i++) titles.Add((string)(await receiver.NextAsync()).Json["data"]!["title"]!);
        Assert.Equal(
            ["heartwood: archived: Fix the handshake, again", "heartwood: merged: Fix the handshake, again",
                "heartwood: new patch: Fix the handshake", "heartwood: patch revised: Fix the handshake, again"],
            titles.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task what_no_route_leads_to_is_not_kept()
    {
        await using var host = await NotifyHost.StartAsync(await postgres.CreateDatabaseAsync());
        await host.SendAsync(Told.Build());
        Assert.Empty(await host.ItemsAsync("/deliveries"));
    }

    [Theory]
    [InlineData(500)]
    [InlineData(502)]
    [InlineData(408)]
    [InlineData(425)]
    public async Task a_receiver_that_fails_gets_it_again_with_the_same_id_and_body(int status)
    {
        await using var receiver = await WebhookReceiver.StartAsync(
            WebhookReceiver.Status(status, "oops"), WebhookReceiver.Abort, WebhookReceiver.Status(status));
        await using var host = await StartAsync(receiver);

        await host.SendAsync(Told.Build());

        var requests = new[] { await receiver.NextAsync(), await receiver.NextAsync(), await receiver.NextAsync(),
            await receiver.NextAsync() };
        Assert.Single(requests.Select(static r => r.Id).Distinct(StringComparer.Ordinal));
        Assert.Single(requests.Select(static r => Convert.ToHexString(r.Body)).Distinct(StringComparer.Ordinal));
        var delivery = await host.DeliveryAsync("delivered");
        Assert.Equal(["failed", "failed", "failed", "delivered"], delivery["log"]!.AsArray().Select(static l => (string)l!["outcome"]!));
        Assert.Equal(("oops", status), ((string)delivery["log"]![0]!["excerpt"]!, (int)delivery["log"]![0]!["status"]!));
        Assert.Equal("the receiver closed the connection without an answer", (string)delivery["log"]![1]!["detail"]!);
    }

    [Theory]
    [InlineData(false, 429)]
    [InlineData(true, 429)]
    [InlineData(false, 503)]
    public async Task the_receivers_wish_for_a_pause_holds_for_the_whole_channel_and_for_no_other(bool asDate, int status)
    {
        await using var busy = await WebhookReceiver.StartAsync(http => WebhookReceiver.Status(
            status, "", ("Retry-After", asDate
                ? TimeProvider.System.GetUtcNow().AddSeconds(3).ToString("R", CultureInfo.InvariantCulture)
                : "2"))(http));
        await using var idle = await WebhookReceiver.StartAsync();
        await using var host = await StartAsync(busy);
        await host.WebhookAsync("idle", idle.Address);
        await host.RouteAsync("b", "idle");

        await host.SendAsync(Told.Build());
        var refused = await busy.NextAsync();
        await idle.NextAsync();
        Assert.Contains("asked for a pause", (string)(await Eventually.ValueAsync(async ()
            => (await host.GetAsync("/channels/team"))["problem"], "the channel pauses"))!, StringComparison.Ordinal);
        await host.SendAsync(Told.Opened());
        await idle.NextAsync();

        var next = new[] { await busy.NextAsync(), await busy.NextAsync() };
        Assert.All(next, r => Assert.InRange((r.At - refused.At).TotalSeconds, 1.9, 15));
        Assert.Contains(refused.Id, next.Select(static r => r.Id));
    }

    [Fact]
    public async Task a_receiver_that_hangs_holds_up_nobody_else_and_is_tried_again()
    {
        await using var hanging = await WebhookReceiver.StartAsync(WebhookReceiver.Hang);
        await using var other = await WebhookReceiver.StartAsync();
        await using var host = await StartAsync(hanging, NotifyHost.Quick with { AttemptLimit = TimeSpan.FromSeconds(2) });
        await host.WebhookAsync("other", other.Address);
        await host.RouteAsync("b", "other");

        await host.SendAsync(Told.Build());
        var first = await hanging.NextAsync();
        Assert.InRange(((await other.NextAsync()).At - first.At).Duration().TotalSeconds, 0, 1.9);

        Assert.Equal(first.Id, (await hanging.NextAsync()).Id);
        Assert.Equal("no answer within 2 s",
            (string)(await host.DeliveryAsync("delivered", static d => (string)d["channel"]! == "team"))["log"]![0]!["detail"]!);
    }

    [Fact]
    public async Task a_receiver_that_says_yes_and_then_drips_has_it()
    {
        await using var receiver = await WebhookReceiver.StartAsync(static async http =>
        {
            await http.Response.WriteAsync("o");
            await http.Response.Body.FlushAsync();
            await WebhookReceiver.Hang(http);
        });
        await using var host = await StartAsync(receiver, NotifyHost.Quick with { AttemptLimit = TimeSpan.FromSeconds(1) });

        await host.SendAsync(Told.Build());

        Assert.Equal((1, "o"), ((int)(await host.DeliveryAsync("delivered"))["attempts"]!,
            (string)(await host.DeliveryAsync("delivered"))["log"]![0]!["excerpt"]!));
    }

    [Theory]
    [InlineData(302, "the receiver redirects (302)")]
    [InlineData(404, "the receiver answered 404")]
    [InlineData(401, "the receiver answered 401")]
    public async Task who_refuses_is_asked_three_times_and_then_it_is_a_dead_letter_that_can_be_replayed(int status, string reason)
    {
        var refuse = WebhookReceiver.Status(status, "", ("Location", "http://169.254.169.254/latest/meta-data/"));
        await using var receiver = await WebhookReceiver.StartAsync(refuse, refuse, refuse);
        await using var host = await StartAsync(receiver);

        await host.SendAsync(Told.Build());

        var dead = await host.DeliveryAsync("dead");
        Assert.Contains(reason, (string)dead["reason"]!, StringComparison.Ordinal);
        Assert.Equal(3, (int)dead["attempts"]!);
        Assert.Equal(1, (int)(await host.GetAsync("/channels/team"))["dead"]!);
        Assert.Equal(("build.failed", 3), ((string)dead["type"]!, (int)dead["attempts"]!));

        await host.PostAsync($"/deliveries/{(string)dead["id"]!}/replay");

        var delivered = await host.DeliveryAsync("delivered");
        Assert.Equal(((string)dead["id"]!, 4), ((string)delivered["id"]!, delivered["log"]!.AsArray().Count));
        using var again = await host.Client.PostAsync($"/deliveries/{(string)dead["id"]!}/replay", null);
        Assert.Equal(409, (int)again.StatusCode);
    }

    [Fact]
    public async Task a_receiver_that_is_gone_disables_its_channel_and_setting_it_up_anew_enables_it()
    {
        await using var receiver = await WebhookReceiver.StartAsync(WebhookReceiver.Status(410));
        await using var host = await StartAsync(receiver);

        await host.SendAsync(Told.Build());
        await host.DeliveryAsync("dead");
        await Eventually.TrueAsync(async () => !(bool)(await host.GetAsync("/channels/team"))["enabled"]!, "the channel is disabled");
        await host.SendAsync(Told.Opened());
        Assert.Contains("disabled", (string)(await host.DeliveryAsync("dead", static d
            => (string)d["type"]! == "patch.opened"))["reason"]!, StringComparison.Ordinal);

        await host.WebhookAsync("team", receiver.Address);
        Assert.Equal(2, (int)(await host.PostAsync("/deliveries/replay?channel=team"))["count"]!);
        for (var i = 0; i < 3; i++) await receiver.NextAsync();
        await Eventually.TrueAsync(async () => (await host.ItemsAsync("/deliveries?state=delivered")).Count == 2, "both have arrived");
    }

    [Fact]
    public async Task it_is_given_up_after_the_last_attempt()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        var address = receiver.Address;
        await receiver.DisposeAsync();
        await using var host = await NotifyHost.StartAsync(await postgres.CreateDatabaseAsync());
        await host.WebhookAsync("team", address);
        await host.RouteAsync("all", "team");

        await host.SendAsync(Told.Build());

        var dead = await host.DeliveryAsync("dead");
        Assert.Equal("failed 6 times: nothing listens at the receiver", (string)dead["reason"]!);
        Assert.Equal(6, dead["log"]!.AsArray().Count);
    }

    [Fact]
    public async Task a_receiver_inside_the_network_is_not_called_unless_the_operator_allows_it()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var host = await NotifyHost.StartAsync(await postgres.CreateDatabaseAsync(), allow: "");
        // A name, since an address in the URL is refused at once.
        await host.WebhookAsync("team", new UriBuilder(receiver.Address) { Host = "localhost" }.Uri);
        await host.RouteAsync("all", "team");

        await host.SendAsync(Told.Build());

        var dead = await host.DeliveryAsync("dead");
        Assert.Equal(1, (int)dead["attempts"]!);
        Assert.Contains("Auxo__Egress__Allow", (string)dead["reason"]!, StringComparison.Ordinal);
        Assert.Equal(0, receiver.Waiting);
    }

    [Fact]
    public async Task a_message_that_comes_twice_is_notified_once()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var host = await StartAsync(receiver);
        await host.SendAsync(Told.Build());
        await host.DeliveryAsync("delivered");
        await host.SendAsync(Told.Build());

        Assert.Single(await host.ItemsAsync("/deliveries"));
        await receiver.NextAsync();
        Assert.Equal(0, receiver.Waiting);
    }

    [Fact]
    public async Task many_deliveries_to_one_receiver_all_arrive_once()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var host = await StartAsync(receiver);
        for (var i = 0; i < 100; i++) await host.Queues.SendAsync("notify", Told.Build(title: $"change {i}", attempt: i + 1));

        var ids = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < 100; i++) ids.Add((await receiver.NextAsync()).Id);
        Assert.Equal(100, ids.Count);
        await Eventually.TrueAsync(
            async () => (await host.ItemsAsync("/deliveries?state=delivered&limit=200")).Count == 100, "all are recorded");
        Assert.Equal(0, receiver.Waiting);

        var first = await host.GetAsync("/deliveries?limit=60");
        var second = await host.GetAsync($"/deliveries?limit=60&after={(string)first["next"]!}");
        Assert.Null((string?)second["next"]);
        Assert.Equal(ids.Order(StringComparer.Ordinal), first["items"]!.AsArray()
            .Concat(second["items"]!.AsArray()).Select(static d => (string)d!["id"]!).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task what_happened_once_is_notified_once_however_many_messages_say_it()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var host = await StartAsync(receiver);

        // As after a restore, when the same push is looked at, built and reported once more.
        foreach (var message in (object[])[Told.Build(), Told.Build(), Told.Merged(), Told.Merged()]) await host.SendAsync(message);
        await host.SendAsync(Told.Build(attempt: 2));
        await host.SendAsync(Told.Build(Outcome.Passed));

        var types = new List<string>();
        for (var i = 0; i < 4; i++) types.Add((string)(await receiver.NextAsync()).Json["type"]!);
        Assert.Equal(["build.failed", "build.failed", "build.passed", "patch.merged"], types.Order(StringComparer.Ordinal));
        Assert.Equal(4, (await host.ItemsAsync("/deliveries")).Count);
        Assert.Equal(0, receiver.Waiting);
    }

    [Fact]
    public async Task what_a_newer_version_says_in_words_unknown_here_is_a_dead_letter_and_stops_nobody()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var host = await StartAsync(receiver);
        var newer = JsonNode.Parse(JsonSerializer.Serialize(Told.Build(), ContractsJson.Default.BuildFinished))!;
        newer["learnedLater"] = new JsonObject { ["a"] = 1 };
        await PublishAsync(host, newer);
        Assert.Equal("build.failed", (string)(await receiver.NextAsync()).Json["type"]!);

        newer["outcome"] = "postponed";
        await PublishAsync(host, newer);
        await Eventually.TrueAsync(
            async () => (await host.ItemsAsync("/queues"))
                .Sum(static q => (long)q!["deadLetters"]!) == 1, "it is a dead letter", TimeSpan.FromSeconds(30));
        await host.SendAsync(Told.Build(attempt: 2));
        Assert.Equal("build.failed", (string)(await receiver.NextAsync()).Json["type"]!);
    }

    [Fact]
    public async Task an_answer_that_drips_without_ever_beginning_is_no_answer()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var stop = new CancellationTokenSource();
        var dripping = DripAsync(listener, stop.Token);
        await using var host = await NotifyHost.StartAsync(
            await postgres.CreateDatabaseAsync(), NotifyHost.Quick with { AttemptLimit = TimeSpan.FromSeconds(1), Pauses = [] });
        await host.WebhookAsync("team", new Uri($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/"));
        await host.RouteAsync("all", "team");

        await host.SendAsync(Told.Build());

        Assert.Contains("no answer within 1 s", (string)(await host.DeliveryAsync("dead"))["reason"]!, StringComparison.Ordinal);
        await stop.CancelAsync();
        await dripping;
    }

    private string? _database;

    private async Task<NotifyHost> StartAsync(WebhookReceiver receiver, Notify.Deliveries.RetryPolicy? policy = null)
    {
        _database = await postgres.CreateDatabaseAsync();
        var host = await NotifyHost.StartAsync(_database, policy);
        await host.WebhookAsync("team", receiver.Address);
        await host.RouteAsync("all", "team");
        return host;
    }

    private static Task<Guid> PublishAsync(NotifyHost host, JsonNode build)
        => host.Queues.SendAsync("notify", "build_finished", JsonSerializer.SerializeToUtf8Bytes(build));

    /// <summary>A head that gets longer by a letter now and then.</summary>
    private static async Task DripAsync(TcpListener listener, CancellationToken stop)
    {
        try
        {
            using var client = await listener.AcceptTcpClientAsync(stop);
            var stream = client.GetStream();
            await stream.WriteAsync("HTTP/1.1 200 OK\r\nX-Slow: "u8.ToArray(), stop);
            while (true)
            {
                await stream.WriteAsync("x"u8.ToArray(), stop);
                await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, stop);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            // It went, or the test is over.
        }
    }
}
