using Auxo.Notify.Channels;
using Auxo.Notify.Deliveries;
using Auxo.Notify.Notifications;
using Auxo.Notify.Senders;
using Auxo.Testing;
using Auxo.Testing.Receivers;

using MimeKit;

namespace Auxo.Notify.Tests.Senders;

/// <summary>Mail, at a server that speaks real SMTP.</summary>
public sealed class EmailTests(PostgresFixture postgres)
{
    [Fact]
    public async Task a_builds_end_is_a_mail_that_people_and_programs_can_read()
    {
        await using var server = SmtpReceiver.Start();
        await using var host = await StartAsync(server);

        await host.SendAsync(Told.Build(title: "Fix the <handshake> & more – größer"));

        var mail = await server.NextAsync();
        Assert.Equal(("auxo@example.org", "a@example.org b@example.org"), (mail.From, string.Join(' ', mail.To)));
        Assert.Equal("[heartwood] failed: Fix the <handshake> & more – größer", mail.Message.Subject);
        Assert.Contains("patch 1a2b3c4 at 8fabc1d", mail.Message.TextBody, StringComparison.Ordinal);
        Assert.Contains("Fix the &lt;handshake&gt; &amp; more", mail.Message.HtmlBody, StringComparison.Ordinal);
        var delivery = await host.DeliveryAsync("delivered");
        Assert.Equal($"{(string)delivery["id"]!}@auxo", mail.Message.MessageId);
        Assert.Equal(
            ("auto-generated", "build.failed", "heartwood <rad-z3gqcJUoA1n9HaHKufZs5FCSGazv5.auxo>",
                $"{Told.Patch}.rad-{Told.Rid.Bare}@auxo"),
            (mail.Message.Headers["Auto-Submitted"], mail.Message.Headers["X-Auxo-Event"],
                mail.Message.Headers["List-Id"], mail.Message.InReplyTo));
        Assert.Equal("250", ((int)delivery["status"]!).ToString());
    }

    [Theory]
    [InlineData("RCPT TO:<a@example.org>", 451, "greylisted")]
    [InlineData("RCPT TO:<b@example.org>", 452, "mailbox full")]
    [InlineData("DATA", 421, "too busy")]
    [InlineData(".", 452, "insufficient system storage")]
    public async Task who_asks_to_come_later_gets_the_same_mail_later(string at, int status, string why)
    {
        var times = 0;
        await using var server = SmtpReceiver.Start(command => command == at && times++ == 0 ? $"{status} {why}" : null);
        await using var host = await StartAsync(server);

        await host.SendAsync(Told.Build());

        var mail = await server.NextAsync();
        Assert.Equal(2, mail.To.Count);
        var delivery = await host.DeliveryAsync("delivered");
        Assert.Equal(("failed", status, why), (
            (string)delivery["log"]![0]!["outcome"]!, (int)delivery["log"]![0]!["status"]!, (string)delivery["log"]![0]!["excerpt"]!));
        Assert.Equal($"{(string)delivery["id"]!}@auxo", mail.Message.MessageId);
        Assert.Equal(0, server.Waiting);
    }

    [Fact]
    public async Task a_recipient_that_does_not_exist_keeps_the_mail_from_nobody_else()
    {
        await using var server = SmtpReceiver.Start(
            static command => command.StartsWith("RCPT TO:<b@", StringComparison.Ordinal) ? "550 no such user" : null);
        await using var host = await StartAsync(server);

        await host.SendAsync(Told.Build());

        Assert.Equal(["a@example.org"], (await server.NextAsync()).To);
        Assert.Contains(
            "but not for b@example.org", (string)(await host.DeliveryAsync("delivered"))["log"]![0]!["detail"]!, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("RCPT", "550 no such user", "refuses")]
    [InlineData("MAIL", "553 not from here", "refuses")]
    [InlineData(".", "554 this is spam", "refuses")]
    public async Task a_no_is_a_dead_letter_at_once(string at, string answer, string reason)
    {
        await using var server = SmtpReceiver.Start(command => command.StartsWith(at, StringComparison.Ordinal) ? answer : null);
        await using var host = await StartAsync(server);

        await host.SendAsync(Told.Build());

        var dead = await host.DeliveryAsync("dead");
        Assert.Equal(1, (int)dead["attempts"]!);
        Assert.Contains(reason, (string)dead["reason"]!, StringComparison.Ordinal);
        Assert.Contains(answer[4..], (string)dead["log"]![0]!["excerpt"]!, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "close")]
    [InlineData("EHLO", "close")]
    [InlineData(".", "close")]
    [InlineData(".", "hang")]
    [InlineData("", "hang")]
    public async Task a_server_that_breaks_off_or_hangs_gets_it_again(string at, string does)
    {
        var times = 0;
        await using var server = SmtpReceiver.Start(command
            => (at.Length == 0 ? command.Length == 0 : command.StartsWith(at, StringComparison.Ordinal)) && times++ == 0 ? does : null);
        await using var host = await StartAsync(server, NotifyHost.Quick with { AttemptLimit = TimeSpan.FromSeconds(2) });

        await host.SendAsync(Told.Build());

        await server.NextAsync();
        Assert.Equal(["failed", "delivered"], (await host.DeliveryAsync("delivered"))["log"]!.AsArray()
            .Select(static l => (string)l!["outcome"]!));
    }

    [Fact]
    public async Task without_tls_nothing_is_sent_unless_that_is_meant()
    {
        await using var server = SmtpReceiver.Start();
        await using var host = await StartAsync(server, security: "start_tls");

        await host.SendAsync(Told.Build());

        Assert.Contains("offers no STARTTLS", (string)(await host.DeliveryAsync("dead"))["reason"]!, StringComparison.Ordinal);
        Assert.DoesNotContain(server.Commands, static c => c.StartsWith("MAIL", StringComparison.Ordinal));
    }

    [Fact]
    public async Task a_login_that_is_not_accepted_is_tried_three_times_and_its_password_stands_nowhere()
    {
        await using var server = SmtpReceiver.Start(static command => command switch
        {
            _ when command.StartsWith("EHLO", StringComparison.Ordinal) => "250-receiver\r\n250 AUTH PLAIN",
            _ when command.StartsWith("AUTH", StringComparison.Ordinal) => "535 wrong",
            _ => null,
        });
        await using var host = await NotifyHost.StartAsync(await postgres.CreateDatabaseAsync());
        await host.PutAsync("/channels/mail", new
        {
            email = new
            {
                host = "127.0.0.1", port = server.Port, security = "none", from = "auxo@example.org",
            to = new[] { "a@example.org" }, user = "auxo", password = "p4ssw0rd",
            },
        });
        await host.RouteAsync("all", "mail");

        await host.SendAsync(Told.Build());

        var dead = await host.DeliveryAsync("dead");
        Assert.Equal(3, (int)dead["attempts"]!);
        Assert.Contains("does not accept the login", (string)dead["reason"]!, StringComparison.Ordinal);
        Assert.DoesNotContain("p4ssw0rd", await host.EverythingStoredAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_server_without_logins_is_distinguished_from_one_without_starttls()
    {
        await using var server = SmtpReceiver.Start();
        await using var host = await NotifyHost.StartAsync(await postgres.CreateDatabaseAsync());
        await host.PutAsync("/channels/mail", new
        {
            email = new
            {
                host = "127.0.0.1", port = server.Port, security = "none", from = "auxo@example.org",
            to = new[] { "a@example.org" }, user = "auxo", password = "p4ssw0rd",
            },
        });
        await host.RouteAsync("all", "mail");

        await host.SendAsync(Told.Build());

        Assert.Contains("offers no login", (string)(await host.DeliveryAsync("dead"))["reason"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_mail_server_inside_the_network_is_not_called_unless_the_operator_allows_it()
    {
        await using var server = SmtpReceiver.Start();
        await using var host = await StartAsync(server, allow: "");

        await host.SendAsync(Told.Build());

        Assert.Contains("Auxo__Egress__Allow", (string)(await host.DeliveryAsync("dead"))["reason"]!, StringComparison.Ordinal);
        Assert.Empty(server.Commands);
    }

    [Theory]
    [InlineData("x\r\nBcc: victim@example.org")]
    [InlineData("x\nFrom: boss@example.org\n\nbody")]
    [InlineData("x\0y\u2028z")]
    [InlineData("\ud83d")]
    [InlineData("=?utf-8?q?x=0D=0ABcc:_victim@example.org?=")]
    [InlineData(".\r\n.\r\nMAIL FROM:<x@example.org>")]
    public void words_from_outside_cannot_become_headers(string title)
    {
        var notification = BuildNotification.Of(Told.Build(title: title, repository: title), Guid.NewGuid());
        using var message = MailMessage.Of(
            new BegunDelivery("msg_1", "mail", 1, 0, Told.At, notification), new EmailSettings(
                "mail.example.org", 25, MailSecurity.None, "auxo@example.org", ["a@example.org"], null, null));
        using var bytes = new MemoryStream();
        message.WriteTo(FormatOptions.Default, bytes, TestContext.Current.CancellationToken);
        bytes.Position = 0;
        using var read = MimeMessage.Load(bytes, TestContext.Current.CancellationToken);
        Assert.Empty(read.Bcc);
        Assert.Equal("auxo@example.org", Assert.IsType<MailboxAddress>(Assert.Single(read.From)).Address);
        Assert.Equal(["a@example.org"], read.To.Mailboxes.Select(static m => m.Address));
        Assert.DoesNotContain(read.Headers, static h => h.Field is "MAIL FROM");
    }

    private async Task<NotifyHost> StartAsync(
        SmtpReceiver server, RetryPolicy? policy = null, string security = "none", string allow = "127.0.0.0/8")
    {
        var host = await NotifyHost.StartAsync(await postgres.CreateDatabaseAsync(), policy, allow);
        await host.PutAsync("/channels/mail", new
        {
            email = new
            {
                host = "127.0.0.1", port = server.Port, security, from = "Auxo <auxo@example.org>",
            to = new[] { "a@example.org", "b@example.org" },
            },
        });
        await host.RouteAsync("all", "mail");
        return host;
    }
}
