using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

using Auxo.Testing;
using Auxo.Testing.Receivers;

namespace Auxo.Notify.Tests.Templates;

/// <summary>Templates of channels, with the real service and real receivers.</summary>
public sealed class TemplatesTests(PostgresFixture postgres)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task a_channels_messages_have_its_form_until_it_is_removed()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var host = await NotifyHost.StartAsync(await postgres.CreateDatabaseAsync());
        await host.WebhookAsync("team", receiver.Address);
        await host.RouteAsync("all", "team");
        await host.PutAsync("/channels/team/template", new { source = """{"text":"{{ repository.name }} {{ build.change }}"}""" });

        await host.SendAsync(Told.Build());
        Assert.Equal("""{"text":"heartwood broke"}""", (await receiver.NextAsync()).Json.ToJsonString());

        using var removed = await host.Client.DeleteAsync("/channels/team/template", Ct);
        Assert.Equal(HttpStatusCode.NoContent, removed.StatusCode);
        await host.SendAsync(Told.Build(attempt: 2));
        Assert.Equal("build.failed", (string)(await receiver.NextAsync()).Json["type"]!);
    }

    [Fact]
    public async Task one_that_fails_is_replaced_by_the_built_in_form_and_the_log_says_why()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var host = await NotifyHost.StartAsync(await postgres.CreateDatabaseAsync());
        await host.WebhookAsync("team", receiver.Address);
        await host.RouteAsync("all", "team");
        await host.PutAsync("/channels/team/template", new { source = "no json: {{ title }}" });

        await host.SendAsync(Told.Build());

        Assert.Equal("build.failed", (string)(await receiver.NextAsync()).Json["type"]!);
        var line = Assert.Single((await host.DeliveryAsync("delivered"))["log"]!.AsArray())!;
        Assert.EndsWith("; the built-in form, since of the channel's template what it gave is no JSON object", (string)line["detail"]!,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_mail_has_its_form_as_html_beside_the_built_in_text()
    {
        await using var server = SmtpReceiver.Start();
        await using var host = await NotifyHost.StartAsync(await postgres.CreateDatabaseAsync());
        await host.PutAsync("/channels/mail", new
        {
            email = new { host = "127.0.0.1", port = server.Port, security = "none", from = "auxo@example.org",
                to = new[] { "a@example.org" } },
        });
        await host.RouteAsync("all", "mail");
        await host.PutAsync("/channels/mail/template", new { source = "<h1>{{ patch.title }}</h1>" });

        await host.SendAsync(Told.Build(title: "Fix <b>it</b>"));

        var mail = (await server.NextAsync()).Message;
        Assert.Equal("<h1>Fix &lt;b&gt;it&lt;/b&gt;</h1>", mail.HtmlBody!.Trim());
        Assert.Contains("patch 1a2b3c4 at 8fabc1d", mail.TextBody, StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_form_is_looked_at_before_it_is_used_and_one_that_cannot_be_read_is_refused()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var host = await NotifyHost.StartAsync(await postgres.CreateDatabaseAsync());
        await host.WebhookAsync("team", receiver.Address);
        using var preview = await host.Client.PostAsJsonAsync(
            "/channels/team/template/preview", new { type = "health.critical", source = """{"score":{{ health.score }}}""" }, Ct);
        Assert.Equal("""{"score":48}""", (string)(await preview.Content.ReadFromJsonAsync<JsonNode>(Ct))!["text"]!);
        using var none = await host.Client.PostAsJsonAsync("/channels/team/template/preview", new { }, Ct);
        using var refused = await host.Client.PutAsJsonAsync("/channels/team/template", new { source = "a\n{{ x | shout }}" }, Ct);
        using var nowhere = await host.Client.PutAsJsonAsync("/channels/nowhere/template", new { source = "x" }, Ct);
        Assert.Equal(
            (HttpStatusCode.NotFound, HttpStatusCode.UnprocessableEntity, HttpStatusCode.NotFound),
            (none.StatusCode, refused.StatusCode, nowhere.StatusCode));
        Assert.Contains("line 2: there is no filter 'shout'", await refused.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
        Assert.Equal(0L, await host.ScalarAsync("select count(*) from notify.templates"));
    }
}
