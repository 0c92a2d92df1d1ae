using Auxo.Testing;
using Auxo.Testing.Receivers;

using Npgsql;

namespace Auxo.Notify.Tests.Deliveries;

/// <summary>
/// The service dies at a named point and is started again: the receiver hears everything, and what it hears twice has one id.
/// </summary>
public sealed class CrashTests(PostgresFixture postgres)
{
    [Theory]
    [InlineData("store.saving", 1)]
    [InlineData("store.committed", 1)]
    [InlineData("notify.delivery.before_send", 1)]
    [InlineData("notify.delivery.sent", 2)]
    [InlineData("notify.delivery.before_record", 2)]
    [InlineData("notify.delivery.recorded", 1)]
    public async Task nothing_is_lost_and_a_repeat_has_the_same_id(string point, int times)
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        var database = await postgres.CreateDatabaseAsync();
        await using (var host = await NotifyHost.StartAsync(database))
        {
            await host.WebhookAsync("team", receiver.Address);
            await host.RouteAsync("all", "team");
        }

        await SendAsync(database);
        await using (var dying = await StartAsync(database, point)) await dying.DiedAsync();

        // The dead one's lease has to run out first; nobody need wait for that here.
        await using (var source = NpgsqlDataSource.Create(database))
        {
            await using var expire = source.CreateCommand(
                "update notify.channel_lanes set leased_until = now() where leased_until is not null");
            await expire.ExecuteNonQueryAsync();
        }

        await using var again = await NotifyHost.StartAsync(database);
        var delivery = await again.DeliveryAsync("delivered");
        var ids = new List<string>();
        for (var i = 0; i < times; i++) ids.Add((await receiver.NextAsync()).Id);
        Assert.Equal((string)delivery["id"]!, Assert.Single(ids.Distinct(StringComparer.Ordinal)));
        Assert.Equal(0, receiver.Waiting);
        Assert.Single(await again.ItemsAsync("/deliveries"));

        // What was begun and not recorded is in the log as what it was: interrupted.
        string[] outcomes = point is "notify.delivery.before_send"
            or "notify.delivery.sent" or "notify.delivery.before_record" ? ["interrupted", "delivered"] : ["delivered"];
        Assert.Equal(outcomes, delivery["log"]!.AsArray().Select(static l => (string)l!["outcome"]!));
    }

    [Fact]
    public async Task a_killed_senders_channel_is_taken_over_when_its_lease_has_run_out()
    {
        await using var receiver = await WebhookReceiver.StartAsync(WebhookReceiver.Hang);
        var database = await postgres.CreateDatabaseAsync();
        await using (var host = await NotifyHost.StartAsync(database))
        {
            await host.WebhookAsync("team", receiver.Address);
            await host.RouteAsync("all", "team");
        }

        await SendAsync(database);
        Received first;
        await using (var killed = await StartAsync(database)) first = await receiver.NextAsync();

        await using var again = await NotifyHost.StartAsync(database);
        Assert.Equal(first.Id, (await receiver.NextAsync()).Id);
        await again.DeliveryAsync("delivered");
    }

    private static Task<ServiceProcess> StartAsync(string database, string? crashAt = null)
        => ServiceProcess.StartAsync("notify", database, crashAt, ("Auxo__Egress__Allow", "127.0.0.0/8"));

    private static async Task SendAsync(string database)
    {
        await using var queues = new Queues(database);
        await queues.SendAsync("notify", Told.Build());
    }
}
