using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

using Auxo.ServiceDefaults.Access;
using Auxo.ServiceDefaults.Storage;
using Auxo.Testing;
using Auxo.Testing.Receivers;

using Npgsql;

namespace Auxo.Notify.Tests.Senders;

/// <summary>Mail through TLS, by STARTTLS and from the first byte, at servers whose certificates are good, bad or nobody's.</summary>
public sealed class EmailTlsTests(PostgresFixture postgres)
{
    [Fact]
    public async Task mail_goes_to_whom_the_machine_trusts_and_to_nobody_else()
    {
        var ct = TestContext.Current.CancellationToken;
        using var authority = new TestAuthority();
        using var good = authority.Issue();
        using var expired = authority.Issue(expired: true);
        using var other = authority.Issue("mail.example.org");
        await using var begins = SmtpReceiver.Start(certificate: good, tlsAtOnce: true);
        await using var upgrades = SmtpReceiver.Start(certificate: good);
        await using var old = SmtpReceiver.Start(certificate: expired);
        await using var foreign = SmtpReceiver.Start(certificate: other, tlsAtOnce: true);
        var database = await postgres.CreateDatabaseAsync();
        var trusted = Path.GetTempFileName();
        await File.WriteAllTextAsync(trusted, authority.Pem, ct);

        await using var source = NpgsqlDataSource.Create(database);
        await SchemaMigration.ApplyAsync(Configuration.Model, database, ct);
        await AccessToken.ApplySchemaAsync(source, ct);
        // Whom a machine trusts is read once per process, so this one is a process.
        await using var service = await ServiceProcess.StartAsync("notify", database,
            settings: [("Auxo__Egress__Allow", "127.0.0.0/8"), ("SSL_CERT_FILE", trusted), ("SSL_CERT_DIR", "/nonexistent")]);
        using var client = new HttpClient { BaseAddress = service.Address };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
            "Bearer", await AccessToken.CreateAsync(source, "tester", [AccessToken.Admin], null, ct));
        foreach (var (name, server, security) in ((string, SmtpReceiver, string)[])[
            ("begins", begins, "tls"), ("upgrades", upgrades, "start_tls"), ("old", old, "start_tls"), ("foreign", foreign, "tls")])
        {
            using var put = await client.PutAsJsonAsync($"/channels/{name}", Mail(server, security), ct);
            Assert.True(put.IsSuccessStatusCode, await put.Content.ReadAsStringAsync(ct));
        }

        using var route = await client.PutAsJsonAsync(
            "/routes/all", new { channels = new[] { "begins", "upgrades", "old", "foreign" } }, ct);
        using var told = await client.PostAsJsonAsync("/", new { title = "Deployed" }, ct);
        Assert.True(told.IsSuccessStatusCode, await told.Content.ReadAsStringAsync(ct));

        Assert.True((await begins.NextAsync()).Encrypted);
        Assert.True((await upgrades.NextAsync()).Encrypted);
        foreach (var (name, server) in ((string, SmtpReceiver)[])[("old", old), ("foreign", foreign)])
        {
            var delivery = await Eventually.ValueAsync(
                async () => (await client.GetFromJsonAsync<JsonNode>($"/deliveries?channel={name}", ct))!["items"]![0] is { } d
                    && (string)d["state"]! == "waiting" && (int)d["attempts"]! > 0 ? d : null,
                $"{name} was tried");
            Assert.Contains("TLS with 127.0.0.1 failed", (string)delivery["reason"]!, StringComparison.Ordinal);
            Assert.DoesNotContain(server.Commands, static c => c.StartsWith("MAIL", StringComparison.Ordinal));
        }

        File.Delete(trusted);
    }

    [Theory]
    [InlineData("tls", true)]
    [InlineData("start_tls", false)]
    public async Task a_certificate_of_a_stranger_gets_no_mail_and_no_password(string security, bool atOnce)
    {
        using var authority = new TestAuthority();
        using var certificate = authority.Issue();
        await using var server = SmtpReceiver.Start(certificate: certificate, tlsAtOnce: atOnce);
        await using var host = await StartAsync(server, security);

        await host.SendAsync(Told.Build());

        Assert.Contains("TLS with 127.0.0.1 failed", (string)(await host.DeliveryAsync("dead"))["reason"]!, StringComparison.Ordinal);
        Assert.DoesNotContain(server.Commands, static c
            => c.StartsWith("MAIL", StringComparison.Ordinal) || c.StartsWith("AUTH", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("454 no TLS just now")]
    [InlineData("502 what?")]
    [InlineData("220 go ahead\r\n250-injected\r\n250 AUTH PLAIN")]
    [InlineData("close")]
    public async Task a_server_that_offers_starttls_and_then_does_not_gets_nothing_in_the_clear(string answer)
    {
        await using var server = SmtpReceiver.Start(command => command switch
        {
            "STARTTLS" => answer,
            _ when command.StartsWith("EHLO", StringComparison.Ordinal) => "250-receiver\r\n250-AUTH PLAIN\r\n250 STARTTLS",
            _ => null,
        });
        await using var host = await StartAsync(server, "start_tls");

        await host.SendAsync(Told.Build());

        await host.DeliveryAsync("dead");
        Assert.DoesNotContain(server.Commands, static c
            => c.StartsWith("MAIL", StringComparison.Ordinal) || c.StartsWith("AUTH", StringComparison.Ordinal));
        Assert.Equal(0, server.Waiting);
    }

    [Fact]
    public async Task a_server_that_speaks_no_tls_where_it_must_gets_nothing()
    {
        await using var server = SmtpReceiver.Start();
        await using var host = await StartAsync(server, "tls");

        await host.SendAsync(Told.Build());

        await host.DeliveryAsync("dead");
        Assert.DoesNotContain(server.Commands, static c
            => c.StartsWith("MAIL", StringComparison.Ordinal) || c.StartsWith("AUTH", StringComparison.Ordinal));
    }

    private async Task<NotifyHost> StartAsync(SmtpReceiver server, string security)
    {
        var host = await NotifyHost.StartAsync(await postgres.CreateDatabaseAsync(),
            NotifyHost.Quick with { AttemptLimit = TimeSpan.FromSeconds(5), Pauses = [TimeSpan.FromMilliseconds(20)] });
        await host.PutAsync("/channels/mail", Mail(server, security));
        await host.RouteAsync("all", "mail");
        return host;
    }

    private static object Mail(SmtpReceiver server, string security)
        => new
        {
            email = new
            {
                host = "127.0.0.1", port = server.Port, security, from = "auxo@example.org",
            to = new[] { "a@example.org" }, user = "auxo", password = "p4ssw0rd",
            },
        };
}
