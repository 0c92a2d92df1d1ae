using System.Text;

using Auxo.Testing;
using Auxo.Testing.Receivers;

namespace Auxo.Notify.Tests.Senders;

/// <summary>Addresses beyond ASCII, at servers that take them (SMTPUTF8) and at those that do not.</summary>
public sealed class EmailAddressTests(PostgresFixture postgres)
{
    [Fact]
    public async Task an_address_that_needs_smtputf8_is_refused_and_said_where_the_server_does_not_have_it()
    {
        await using var server = SmtpReceiver.Start();
        await using var host = await StartAsync(server, "auxo@example.org", "jörg@example.org");

        await host.SendAsync(Told.Build());

        var dead = await host.DeliveryAsync("dead");
        Assert.Equal(1, (int)dead["attempts"]!);
        Assert.Contains("jörg@example.org", (string)dead["reason"]!, StringComparison.Ordinal);
        Assert.Contains("SMTPUTF8", (string)dead["reason"]!, StringComparison.Ordinal);
        Assert.DoesNotContain(server.Commands, static c => c.StartsWith("MAIL", StringComparison.Ordinal));
    }

    [Fact]
    public async Task it_keeps_the_mail_from_nobody_else()
    {
        await using var server = SmtpReceiver.Start();
        await using var host = await StartAsync(server, "auxo@example.org", "jörg@example.org", "a@example.org");

        await host.SendAsync(Told.Build());

        var mail = await server.NextAsync();
        Assert.Equal(["a@example.org"], mail.To);
        Assert.Equal(["a@example.org"], mail.Message.To.Mailboxes.Select(static m => m.Address));
        var said = (string)(await host.DeliveryAsync("delivered"))["log"]![0]!["detail"]!;
        Assert.Contains("took it for 1, but not for jörg@example.org", said, StringComparison.Ordinal);
        Assert.Contains("SMTPUTF8", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task so_is_a_sender_that_needs_it()
    {
        await using var server = SmtpReceiver.Start();
        await using var host = await StartAsync(server, "bjørn@example.org", "a@example.org");

        await host.SendAsync(Told.Build());

        Assert.Contains("bjørn@example.org", (string)(await host.DeliveryAsync("dead"))["reason"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_server_that_has_it_gets_the_address_as_it_is()
    {
        await using var server = SmtpReceiver.Start(static command
            => command.StartsWith("EHLO", StringComparison.Ordinal) ? "250-receiver\r\n250-8BITMIME\r\n250 SMTPUTF8" : null);
        await using var host = await StartAsync(server, "auxo@example.org", "jörg@example.org");

        await host.SendAsync(Told.Build());

        // The receiver reads Latin-1, as mail servers did; the bytes are UTF-8.
        var to = Assert.Single((await server.NextAsync()).To);
        Assert.Equal("jörg@example.org", Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(to)));
        var from = server.Commands.Single(static c => c.StartsWith("MAIL", StringComparison.Ordinal));
        Assert.Contains("SMTPUTF8", from, StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_domain_beyond_ascii_needs_nothing_from_the_server()
    {
        await using var server = SmtpReceiver.Start();
        await using var host = await StartAsync(server, "auxo@example.org", "a@bücher.example");

        await host.SendAsync(Told.Build());

        Assert.Equal(["a@xn--bcher-kva.example"], (await server.NextAsync()).To);
    }

    private async Task<NotifyHost> StartAsync(SmtpReceiver server, string from, params string[] to)
    {
        var host = await NotifyHost.StartAsync(await postgres.CreateDatabaseAsync());
        await host.PutAsync("/channels/mail", new { email = new { host = "127.0.0.1", port = server.Port, security = "none", from, to } });
        await host.RouteAsync("all", "mail");
        return host;
    }
}
