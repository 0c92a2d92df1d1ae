using Auxo.Contracts;
using Auxo.Notify.Digests;
using Auxo.Testing;
using Auxo.Testing.Receivers;

using Microsoft.Extensions.DependencyInjection;

namespace Auxo.Notify.Tests.Digests;

/// <summary>Digests by the real service, on a real database, to a real mail server; only what waits is made older.</summary>
public sealed class MakeDigestsTests(PostgresFixture postgres)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task one_mail_with_what_waited_as_it_stands_now_and_with_the_report()
    {
        await using var server = SmtpReceiver.Start();
        await using var host = await StartAsync(server);

        await host.SendAsync(Told.Build(attempt: 1));
        await host.SendAsync(Told.Build(Contracts.Outcome.Passed, attempt: 2) with { FinishedAt = Told.At.AddMinutes(1) });
        await host.SendAsync(new HealthChanged(Told.Rid, "heartwood", 71, 82, "Good", "Good", ["auxo backup now (5 points)"], Told.At));
        // Made by a machine whose day begins later than hers: it waits for her digest.
        await host.SendAsync(new ReportPublished("d1", "security", "Findings of the week", new(2026, 11, 23), "", "<p>none</p>",
            "none", false, Told.At));
        Assert.Equal(0, server.Waiting);

        await RunAsync(host, daysAgo: 0); // It is noon: what came since eight waits for tomorrow.
        Assert.Equal(0L, await CountAsync(host, "digests"));
        await RunAsync(host, daysAgo: 1);
        await RunAsync(host, daysAgo: 1);

        var mail = await server.NextAsync();
        Assert.Equal("a@example.org", Assert.Single(mail.To));
        Assert.EndsWith(": 1 fixed", mail.Message.Subject, StringComparison.Ordinal);
        Assert.Contains("- fixed: heartwood: passed: Fix the handshake", mail.Message.TextBody, StringComparison.Ordinal);
        Assert.Contains("- fell: heartwood: 71 of 100, 82 before (Good)", mail.Message.TextBody, StringComparison.Ordinal);
        Assert.Contains("- Findings of the week", mail.Message.TextBody, StringComparison.Ordinal);
        Assert.Contains("prefers-color-scheme:dark", mail.Message.HtmlBody, StringComparison.Ordinal);
        Assert.Equal((0L, 1L), (await CountAsync(host, "held"), await CountAsync(host, "digests")));
        var delivery = await host.DeliveryAsync("delivered");
        Assert.Equal(("digest", "alice"), ((string)delivery["type"]!, (string)delivery["reader"]!));
    }

    [Fact]
    public async Task an_empty_one_is_not_sent_and_one_that_was_slept_over_comes_once()
    {
        await using var server = SmtpReceiver.Start();
        await using var host = await StartAsync(server);
        await RunAsync(host, daysAgo: 1);
        Assert.Equal(0L, await CountAsync(host, "digests"));

        await host.SendAsync(Told.Build());
        await RunAsync(host, daysAgo: 3000);
        await server.NextAsync();
        await host.SendAsync(Told.Build(attempt: 2));
        await RunAsync(host, daysAgo: 1); // Of today there was one.
        Assert.Equal((0, 1L, 1L), (server.Waiting, await CountAsync(host, "digests"), await CountAsync(host, "held")));
    }

    [Fact]
    public async Task two_who_make_the_same_one_make_it_once()
    {
        await using var server = SmtpReceiver.Start();
        await using var host = await StartAsync(server);
        await host.SendAsync(Told.Build());
        await host.ScalarAsync("update notify.held set held_at = held_at - interval '1 day'");
        await Task.WhenAll(Enumerable.Range(0, 4).Select(async _ =>
        {
            try
            {
                await host.Services.GetRequiredService<MakeDigests>().RunAsync(Ct);
            }
            catch (Exception e) when (e.ToString().Contains("23505", StringComparison.Ordinal))
            {
                // Another one was first.
            }
        }));
        await server.NextAsync();
        Assert.Equal((1L, 1L), (await CountAsync(host, "deliveries"), await CountAsync(host, "digests")));
    }

    [Fact]
    public async Task a_report_comes_alone_when_there_is_no_digest_to_wait_for()
    {
        await using var server = SmtpReceiver.Start();
        await using var host = await StartAsync(server, digestAt: "08:00"); // That was hours ago.
        await host.SendAsync(new ReportPublished("d1", "daily", "The day", new(2026, 11, 23), "# x", "<p>All well</p>", "All well",
            false, Told.At));
        var mail = await server.NextAsync();
        Assert.Equal("[auxo] The day", mail.Message.Subject);
        Assert.StartsWith("<p>All well</p>", mail.Message.HtmlBody, StringComparison.Ordinal);
        Assert.Contains("All well", mail.Message.TextBody, StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_report_and_a_digest_of_the_same_day_are_one_mail()
    {
        await using var server = SmtpReceiver.Start();
        await using var host = await StartAsync(server, digestAt: "23:59");
        await host.SendAsync(Told.Build());
        await host.SendAsync(new ReportPublished("d1", "daily", "The day", new(2026, 11, 23), "# x", "<p>All well</p>", "All well",
            false, Told.At));
        Assert.Equal(2L, await CountAsync(host, "held"));
        await RunAsync(host, daysAgo: 2);
        var mail = await server.NextAsync();
        Assert.Contains("1 broke", mail.Message.Subject, StringComparison.Ordinal);
        Assert.Contains("<hr><p>All well</p>", mail.Message.HtmlBody, StringComparison.Ordinal);
        Assert.Equal(0, server.Waiting);
    }

    private static async Task<NotifyHost> StartAsync(SmtpReceiver server, PostgresFixture postgres, string digestAt)
    {
        var host = await NotifyHost.StartAsync(await postgres.CreateDatabaseAsync());
        await host.PutAsync("/channels/mail", new
        {
            email = new { host = "127.0.0.1", port = server.Port, security = "none", from = "auxo@example.org",
                to = new[] { "a@example.org" } },
        });
        await host.PutAsync("/readers/alice", new { channels = new[] { "mail" }, digest = "daily", digestAt, zone = NoonZone() });
        await host.PutAsync("/routes/rest", new { on = new[] { "build.*", "health.*", "report.security" },
            people = new[] { "everyone" }, digest = true });
        await host.PutAsync("/routes/reports", new { on = new[] { "report.daily" }, people = new[] { "everyone" } });
        return host;
    }

    private Task<NotifyHost> StartAsync(SmtpReceiver server, string digestAt = "08:00") => StartAsync(server, postgres, digestAt);

    /// <summary>Makes what is due when all that waits was kept so many days ago.</summary>
    private static async Task RunAsync(NotifyHost host, int daysAgo)
    {
        await host.ScalarAsync($"update notify.held set held_at = held_at - interval '{daysAgo} days'");
        await host.Services.GetRequiredService<MakeDigests>().RunAsync(Ct);
    }

    private static Task<object?> CountAsync(NotifyHost host, string table) => host.ScalarAsync($"select count(*) from notify.{table}");

    /// <summary>Where it is noon, so that the test means the same at any time of day.</summary>
    private static string NoonZone()
    {
        var ahead = 12 - TimeProvider.System.GetUtcNow().Hour;
        return ahead == 0 ? "UTC" : $"Etc/GMT{(ahead > 0 ? "-" : "+")}{Math.Abs(ahead)}";
    }
}
