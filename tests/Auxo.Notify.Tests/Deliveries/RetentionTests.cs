using System.Net.Http.Json;

using Auxo.Contracts;
using Auxo.Notify.Deliveries;
using Auxo.Testing;
using Auxo.Testing.Receivers;

using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

using Npgsql;

namespace Auxo.Notify.Tests.Deliveries;

/// <summary>What was told is forgotten one day; what was not told never is.</summary>
public sealed class RetentionTests(PostgresFixture postgres)
{
    [Fact]
    public async Task old_deliveries_go_batch_by_batch_with_all_that_is_about_them_and_those_given_up_stay()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var refusing = await WebhookReceiver.StartAsync([.. Enumerable.Repeat(WebhookReceiver.Status(404), 3)]);
        var database = await postgres.CreateDatabaseAsync();
        await using var host = await NotifyHost.StartAsync(database);
        await host.WebhookAsync("team", receiver.Address);
        await host.WebhookAsync("closed", refusing.Address);
        await host.PutAsync("/routes/builds", new { on = new[] { "build.*" }, channels = new[] { "team" } });
        await host.PutAsync("/routes/patches", new { on = new[] { "patch.*" }, channels = new[] { "closed" } });
        for (var i = 1; i <= 5; i++) await host.SendAsync(Told.Build(attempt: i));
        await host.SendAsync(Told.Merged());
        var dead = await host.DeliveryAsync("dead");
        await Eventually.TrueAsync(
            async () => (await host.ItemsAsync("/deliveries?state=delivered")).Count == 5, "all others have arrived");
        var last = (string)(await host.ItemsAsync("/deliveries?channel=team"))[0]!["id"]!;
        await using var source = NpgsqlDataSource.Create(database);
        await ExecuteAsync(source,
            "update notify.deliveries set created_at = created_at - interval '91 days', updated_at = updated_at - "
                + $"interval '91 days' where id <> '{last}'");
        await ExecuteAsync(source, "update notify.notifications set created_at = created_at - interval '91 days'");

        var forget = ActivatorUtilities.CreateInstance<ForgetDeliveries>(
            host.Services, new DeliveryRetention(TimeSpan.FromDays(90), Batch: 3));
        Assert.Equal(4, await forget.RunAsync(TestContext.Current.CancellationToken));
        Assert.Equal(0, await forget.RunAsync(TestContext.Current.CancellationToken));

        Assert.Equal([last, (string)dead["id"]!], (await host.ItemsAsync("/deliveries")).Select(static d => (string)d!["id"]!));
        Assert.Equal((2L, 4L), (await CountAsync(source, "notifications"), await CountAsync(source, "delivery_attempts")));
        await host.PostAsync($"/deliveries/{(string)dead["id"]!}/replay");
        await host.DeliveryAsync("delivered", d => (string)d["channel"]! == "closed");
    }

    [Fact]
    public async Task an_alert_that_is_still_repeated_is_not_forgotten_and_so_not_notified_twice()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        var database = await postgres.CreateDatabaseAsync();
        await using var host = await NotifyHost.StartAsync(database);
        await host.WebhookAsync("team", receiver.Address);
        await host.RouteAsync("all", "team");
        await using var source = NpgsqlDataSource.Create(database);
        var forget = ActivatorUtilities.CreateInstance<ForgetDeliveries>(host.Services, new DeliveryRetention(TimeSpan.FromDays(90)));
        await AlertAsync(host);
        var told = (string)(await host.DeliveryAsync("delivered"))["id"]!;

        for (var months = 0; months < 2; months++)
        {
            await AgeAsync(source);
            await AlertAsync(host);
            Assert.Equal(0, await forget.RunAsync(TestContext.Current.CancellationToken));
            await AlertAsync(host);
            Assert.Equal(told, (string)Assert.Single(await host.ItemsAsync("/deliveries"))!["id"]!);
        }

        await AgeAsync(source);
        Assert.Equal(1, await forget.RunAsync(TestContext.Current.CancellationToken));
        Assert.Equal(0L, await CountAsync(source, "notifications"));
    }

    [Fact]
    public async Task what_was_given_up_can_be_deleted_and_nothing_else()
    {
        await using var receiver = await WebhookReceiver.StartAsync([.. Enumerable.Repeat(WebhookReceiver.Status(404), 3)]);
        await using var host = await NotifyHost.StartAsync(await postgres.CreateDatabaseAsync());
        await host.WebhookAsync("team", receiver.Address);
        await host.RouteAsync("all", "team");
        await host.SendAsync(Told.Build());
        var dead = (string)(await host.DeliveryAsync("dead"))["id"]!;
        await host.SendAsync(Told.Build(Outcome.Passed));
        var delivered = (string)(await host.DeliveryAsync("delivered"))["id"]!;

        foreach (var (id, status) in ((string, int)[])[(dead, 204), (dead, 404), (delivered, 409)])
        {
            using var answer = await host.Client.DeleteAsync(
                new Uri($"/deliveries/{id}", UriKind.Relative), TestContext.Current.CancellationToken);
            Assert.Equal(status, (int)answer.StatusCode);
        }

        Assert.Equal(delivered, (string)Assert.Single(await host.ItemsAsync("/deliveries"))!["id"]!);
    }

    [Theory]
    [InlineData(null, 90.0)]
    [InlineData("", 90.0)]
    [InlineData("7", 7.0)]
    [InlineData("0", null)]
    [InlineData("-1", null)]
    [InlineData("a week", null)]
    [InlineData("9999999", null)]
    public void the_time_is_a_number_of_days(string? text, double? days)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new("Auxo:Notify:KeepDays", text)]).Build();
        if (days is null) Assert.Contains("Auxo:Notify:KeepDays",
            Assert.Throws<FormatException>(() => DeliveryRetention.From(configuration)).Message, StringComparison.Ordinal);
        else Assert.Equal(days, DeliveryRetention.From(configuration).Keep.TotalDays);
    }

    private static async Task AlertAsync(NotifyHost host)
    {
        using var answer = await host.Client.PostAsJsonAsync(
            "/api/v1/alerts", new
            {
                version = "4", alerts = new[] { new { status = "firing",
                labels = new { alertname = "RadicleNodeDown" }, startsAt = "2026-11-22T10:17:06Z", fingerprint = "419f1d4d53770729" } },
            },
            TestContext.Current.CancellationToken);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    /// <summary>All that was told and said lies three months back.</summary>
    private static async Task AgeAsync(NpgsqlDataSource source)
    {
        await ExecuteAsync(source,
            "update notify.deliveries set created_at = created_at - interval '91 days', updated_at = updated_at - interval '91 days'");
        await ExecuteAsync(source,
            "update notify.notifications set created_at = created_at - interval '91 days', repeated_at = repeated_at - interval '91 days'");
    }

    private static async Task ExecuteAsync(NpgsqlDataSource source, string sql)
    {
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    private static async Task<long> CountAsync(NpgsqlDataSource source, string table)
    {
        await using var command = source.CreateCommand($"select count(*) from notify.{table}");
        return (long)(await command.ExecuteScalarAsync())!;
    }
}
