using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

using Auxo.Testing;

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Auxo.Console.Tests;

/// <summary>Who comes in, and what a page may do in his browser.</summary>
public sealed class AccessTests
{
    internal static readonly string[] Pages =
        ["/", "/repositories", $"/repositories/{FakeAuxo.Rid}", "/queue", "/messages", $"/builds/{FakeAuxo.BuildId}",
            $"/patches/{FakeAuxo.Rid}/{FakeAuxo.PatchId}", "/live", $"/builds/{FakeAuxo.BuildId}/logs/test", "/search?q=x",
            "/trace/1a2b3c4", $"/trace/patch/{FakeAuxo.Rid}/{FakeAuxo.PatchId}", "/notifications", "/notifications/msg_1", "/nodes",
            "/notifications/people/self", "/notifications/templates/team",
            "/settings", "/settings/people", "/settings/secrets", "/wall",
            "/schedules", $"/schedules/{FakeAuxo.Rid}", "/search/found?q=x", "/api", "/api/pipeline.json",
            "/ask?at=/dora", "/dora", $"/dora/{FakeAuxo.Rid}", "/ci", $"/ci/{FakeAuxo.Rid}",
            "/health", $"/health/{FakeAuxo.Rid}", "/reports", "/reports/daily/2026-11-22",
            $"/findings/{FakeAuxo.Rid}", "/security", $"/security/{FakeAuxo.Rid}", "/coverage", $"/coverage/{FakeAuxo.Rid}",
            "/alerts", "/promises",
            "/registry", $"/registry/{FakeAuxo.Rid}",
            "/registry/raw/files", "/registry/packages/npm",
            $"/downloads/artifacts/{FakeAuxo.Rid}/latest/files/a", "/downloads/raw/files/a",
            $"/downloads/builds/{FakeAuxo.BuildId}/artifacts/a", $"/downloads/builds/{FakeAuxo.BuildId}/pages/a"];

    /// <summary>The services decide whether everybody may read these; those of this test let nobody in without a token.</summary>
    private static readonly string[] OfOneRepository =
        [$"/repositories/{FakeAuxo.Rid}", $"/builds/{FakeAuxo.BuildId}", $"/patches/{FakeAuxo.Rid}/{FakeAuxo.PatchId}",
            $"/builds/{FakeAuxo.BuildId}/logs/test", $"/dora/{FakeAuxo.Rid}", $"/ci/{FakeAuxo.Rid}", $"/findings/{FakeAuxo.Rid}",
            $"/health/{FakeAuxo.Rid}", $"/schedules/{FakeAuxo.Rid}", $"/security/{FakeAuxo.Rid}", $"/coverage/{FakeAuxo.Rid}"];

    public static TheoryData<string> AllPages => [.. Pages];

    [Theory]
    [MemberData(nameof(AllPages))]
    public async Task a_stranger_sees_nothing_but_the_sign_in(string page)
    {
        await using var console = await ConsoleHost.StartAsync();
        using var stranger = console.Visitor();
        using var answer = await stranger.GetAsync(page);
        // What a script asks for is refused to it; a person is led to the door.
        if (answer.StatusCode != HttpStatusCode.Unauthorized || page != "/live")
            Assert.StartsWith("/login?ReturnUrl=", answer.Headers.Location!.PathAndQuery, StringComparison.Ordinal);
        if (!OfOneRepository.Contains(page)) Assert.Empty(console.Services.Requests);
    }

    [Fact]
    public async Task a_link_signs_in_once()
    {
        await using var console = await ConsoleHost.StartAsync();
        var link = await console.LinkAsync();
        using var first = console.Visitor();
        using (var opened = await first.GetAsync(link)) Assert.Equal("/", opened.Headers.Location!.ToString());
        using var second = console.Visitor();
        using (var again = await second.GetAsync(link)) Assert.Equal("/login?used=1", again.Headers.Location!.ToString());
        Assert.Contains("This link was used", await second.GetStringAsync("/login?used=1"), StringComparison.Ordinal);
        Assert.Contains("Your session has ended", await second.GetStringAsync("/login?ended=1"), StringComparison.Ordinal);
        using var made_up = await second.GetAsync("/login/once/" + new string('A', 43));
        Assert.Equal("/login?used=1", made_up.Headers.Location!.ToString());
    }

    [Theory]
    [InlineData("/queue?x=1", "/queue?x=1")]
    [InlineData("//elsewhere.example", "/")]
    public async Task a_link_leads_to_the_page_that_was_wanted_before_the_sign_in(string wanted, string expected)
    {
        await using var console = await ConsoleHost.StartAsync();
        using var visitor = console.Visitor();
        await visitor.GetStringAsync("/login?ReturnUrl=" + Uri.EscapeDataString(wanted));
        using var opened = await visitor.GetAsync(await console.LinkAsync());
        Assert.Equal(expected, opened.Headers.Location!.ToString());
        using var later = await visitor.GetAsync(await console.LinkAsync());
        Assert.Equal("/", later.Headers.Location!.ToString());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("auxo_wrong")]
    public async Task no_link_is_made_without_a_token_that_works(string? token)
    {
        await using var console = await ConsoleHost.StartAsync();
        using var client = console.Visitor();
        using var request = new HttpRequestMessage(HttpMethod.Post, "login/links");
        if (token is not null) request.Headers.Authorization = new("Bearer", token);
        using var answer = await client.SendAsync(request);
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    [Fact]
    public async Task the_cookie_is_closed_to_scripts_and_to_other_sites_and_holds_no_readable_token()
    {
        await using var console = await ConsoleHost.StartAsync();
        using var visitor = console.Visitor();
        using var opened = await visitor.GetAsync(await console.LinkAsync());
        var cookie = opened.Headers.GetValues("Set-Cookie").Single(static c => c.StartsWith("auxo_session=", StringComparison.Ordinal));
        Assert.Contains("; httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("; samesite=lax", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(FakeAuxo.Token, cookie, StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_token_that_is_typed_signs_in_and_a_wrong_one_is_told_so()
    {
        await using var console = await ConsoleHost.StartAsync();
        using var visitor = console.Visitor();
        using var wrong = await PostAsync(visitor, "/login", "auxo_wrong");
        Assert.Contains("No token that works", await wrong.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        using var right = await PostAsync(visitor, "/login?ReturnUrl=%2Fqueue", FakeAuxo.Token);
        Assert.Equal((HttpStatusCode.Redirect, new Uri(console.Address, "/queue")), (right.StatusCode, right.Headers.Location!));
    }

    [Theory]
    [InlineData("//evil.example/")]
    [InlineData("/\\evil.example/")]
    [InlineData("https://evil.example/")]
    public async Task signing_in_leads_to_no_other_site(string returnUrl)
    {
        await using var console = await ConsoleHost.StartAsync();
        using var visitor = console.Visitor();
        using var answer = await PostAsync(visitor, $"/login?ReturnUrl={Uri.EscapeDataString(returnUrl)}", FakeAuxo.Token);
        Assert.Equal(console.Address, new Uri(console.Address, answer.Headers.Location!));
    }

    [Fact]
    public async Task a_form_of_another_site_does_nothing()
    {
        await using var console = await ConsoleHost.StartAsync(static app => app.MapPost(
            "/pipeline/builds/{id}/{verb}", static () => FakeAuxo.Json(FakeAuxo.Build())));
        using var visitor = await console.SignedInAsync();
        using var forged = await visitor.PostAsync($"/builds/{FakeAuxo.BuildId}/cancel", new FormUrlEncodedContent([]));
        Assert.Equal(HttpStatusCode.BadRequest, forged.StatusCode);
        Assert.DoesNotContain(console.Services.Requests, static r => r.StartsWith("POST", StringComparison.Ordinal));
    }

    [Fact]
    public async Task a_button_of_an_old_page_leads_to_a_page_that_says_what_to_do()
    {
        await using var console = await ConsoleHost.StartAsync();
        var page = new Uri(console.Address, $"/builds/{FakeAuxo.BuildId}?step=test");
        using var visitor = await console.SignedInAsync();
        using var old = await PressAsync(visitor, ("__RequestVerificationToken", "of somebody else"));
        var text = await old.Content.ReadAsStringAsync();
        Assert.Equal((HttpStatusCode.BadRequest, "text/html"), (old.StatusCode, old.Content.Headers.ContentType?.MediaType));
        Assert.Contains("The page is older than your sign-in.", text, StringComparison.Ordinal);
        Assert.Contains($"<a href=\"{page.PathAndQuery}\">Open the page again</a>", text, StringComparison.Ordinal);

        using var stranger = console.Visitor();
        using var answer = await PressAsync(stranger);
        Assert.Equal($"/login?ReturnUrl={Uri.EscapeDataString(page.PathAndQuery)}", answer.Headers.Location!.ToString());

        Task<HttpResponseMessage> PressAsync(HttpClient browser, params (string Name, string Value)[] fields)
        {
            var request = new HttpRequestMessage(HttpMethod.Post, $"/builds/{FakeAuxo.BuildId}/rerun")
            {
                Content = new FormUrlEncodedContent(fields.Select(static f => KeyValuePair.Create(f.Name, f.Value))),
            };
            request.Headers.Accept.ParseAdd("text/html");
            request.Headers.Referrer = page;
            return browser.SendAsync(request);
        }
    }

    [Theory]
    [InlineData("/login")]
    [InlineData("/console.css")]
    [InlineData("/nowhere")]
    [InlineData("/health")]
    public async Task every_answer_says_what_a_browser_may_do_with_it(string path)
    {
        await using var console = await ConsoleHost.StartAsync();
        using var visitor = await console.SignedInAsync();
        using var answer = await visitor.GetAsync(path);
        var policy = Assert.Single(answer.Headers.GetValues("Content-Security-Policy"));
        Assert.Contains("default-src 'none'; script-src 'self';", policy, StringComparison.Ordinal);
        Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
        Assert.Equal("nosniff", Assert.Single(answer.Headers.GetValues("X-Content-Type-Options")));
    }

    [Fact]
    public async Task no_page_has_a_script_or_a_style_in_it()
    {
        await using var console = await ConsoleHost.StartAsync();
        using var visitor = console.Visitor();
        var page = await visitor.GetStringAsync("/login");
        Assert.DoesNotMatch("<script(?![^>]* src=)", page);
        Assert.DoesNotContain("<style", page, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotMatch(@"\son[a-z]+=", page);
        Assert.DoesNotMatch(@"(src|href)=.?(https?:)?//", page);
    }

    [Theory]
    [InlineData("rebound.example")]
    [InlineData("")]
    public async Task a_name_that_is_not_this_machines_is_refused(string name)
    {
        await using var console = await ConsoleHost.StartAsync();
        using var connection = new System.Net.Sockets.TcpClient(console.Address.Host, console.Address.Port);
        await using var stream = connection.GetStream();
        await stream.WriteAsync(System.Text.Encoding.ASCII.GetBytes($"GET /login HTTP/1.1\r\nHost: {name}\r\nConnection: close\r\n\r\n"));
        using var reader = new StreamReader(stream);
        Assert.StartsWith("HTTP/1.1 400 ", await reader.ReadLineAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_name_that_the_operator_gave_is_served()
    {
        await using var console = await ConsoleHost.StartAsync(settings: ("Auxo:Console:Hosts", "ci.example.org, ci.lan"));
        using var visitor = console.Visitor();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/login");
        request.Headers.Host = "ci.lan";
        using var answer = await visitor.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task a_token_that_has_ended_leads_to_the_sign_in()
    {
        await using var console = await ConsoleHost.StartAsync(static app => app.MapGet(
            "/ingest/repositories", static () => FakeAuxo.Problem(401, "access/unauthenticated", "no")));
        using var visitor = await console.SignedInAsync();
        using var answer = await visitor.GetAsync("/repositories");
        Assert.Equal("/login?ended=1", answer.Headers.Location!.PathAndQuery);
    }

    [Fact]
    public async Task signing_out_ends_the_session()
    {
        await using var console = await ConsoleHost.StartAsync();
        using var visitor = await console.SignedInAsync();
        using var login = await visitor.GetAsync("/login");
        var token = ConsoleHost.Proof(await login.Content.ReadAsStringAsync());
        using var answer = await visitor.PostAsync("/logout", new FormUrlEncodedContent([new("__RequestVerificationToken", token)]));
        Assert.Equal("/login", answer.Headers.Location!.ToString());
        using var after = await visitor.GetAsync("/queue");
        Assert.StartsWith("/login", after.Headers.Location!.PathAndQuery, StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_name_and_a_password_sign_in_and_the_registry_hears_from_where()
    {
        string? from = null;
        await using var console = await ConsoleHost.StartAsync(
            app => app.MapPost("/registry/sessions", (HttpContext http) =>
            {
                from = http.Request.Headers["X-Forwarded-For"];
                return FakeAuxo.Json(Session("alice", "developer"), 201);
            }),
            scopes: "\"pipeline:read\"", role: "developer");
        using var visitor = console.Visitor();
        using var answer = await SendAsync(
            visitor, "/login?ReturnUrl=%2Fqueue", "password", ("Name", "alice"), ("Password", "correct horse battery"));
        Assert.Equal(new Uri(console.Address, "/queue"), answer.Headers.Location);
        Assert.Equal("127.0.0.1", from);
        Assert.Contains("Your session, as developer", await visitor.GetStringAsync("/settings"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_wrong_password_is_refused_in_the_registrys_words_and_the_name_stays()
    {
        await using var console = await ConsoleHost.StartAsync(static app => app.MapPost(
            "/registry/sessions", static () => FakeAuxo.Problem(401, "session/refused", "Name and password do not fit.")));
        using var visitor = console.Visitor();
        using var answer = await SendAsync(visitor, "/login", "password", ("Name", "<b>alice"), ("Password", "x"));
        var page = await answer.Content.ReadAsStringAsync();
        Assert.Contains("Name and password do not fit.", page, StringComparison.Ordinal);
        Assert.Contains("value=\"&lt;b&gt;alice\"", page, StringComparison.Ordinal);
        Assert.DoesNotContain(answer.Headers, static h => h.Value.Any(static v => v.StartsWith("auxo_session", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task signing_out_ends_a_persons_session_and_no_programs_token()
    {
        foreach (var role in (string?[])["developer", null])
        {
            await using var console = await ConsoleHost.StartAsync(
                static app => app.MapDelete("/registry/sessions/self", static () => Results.NoContent()), role: role);
            using var visitor = await console.SignedInAsync();
            using var login = await visitor.GetAsync("/login");
            var proof = ConsoleHost.Proof(await login.Content.ReadAsStringAsync());
            using var answer = await visitor.PostAsync("/logout", new FormUrlEncodedContent([new("__RequestVerificationToken", proof)]));
            Assert.Equal(role is not null, console.Services.Requests.Contains("DELETE /registry/sessions/self"));
        }
    }

    [Fact]
    public async Task a_session_that_was_ended_leads_to_the_sign_in_and_a_new_role_shows_its_buttons()
    {
        var time = new ManualTime();
        // Later than any clock of a machine on which this runs: the visitor's cookies end by that one.
        time.Advance(TimeSpan.FromDays(36_500));
        var (role, scopes, ended) = ("viewer", "\"pipeline:read\"", false);
        await using var console = await ConsoleHost.StartAsync(
            static app => SettingsPageTests.Map(app), time: time, self: () => ended
                ? FakeAuxo.Problem(401, "access/unauthenticated", "no") : FakeAuxo.Json(ConsoleHost.Token("alice", scopes, role: role)));
        using var visitor = await console.SignedInAsync();
        Assert.DoesNotContain("Access tokens", await visitor.GetStringAsync("/settings"), StringComparison.Ordinal);
        (role, scopes) = ("admin", "\"admin\"");
        time.Advance(TimeSpan.FromSeconds(10));
        Assert.Contains("Access tokens", await visitor.GetStringAsync("/settings"), StringComparison.Ordinal);
        ended = true;
        time.Advance(TimeSpan.FromSeconds(10));
        using var answer = await visitor.GetAsync("/queue");
        Assert.Equal("/login?ReturnUrl=%2Fqueue&ended=1", answer.Headers.Location!.PathAndQuery);
    }

    [Fact]
    public async Task a_challenge_is_asked_for_the_address_that_was_asked()
    {
        await using var console = await ConsoleHost.StartAsync(
            static app => app.MapPost("/registry/sessions/challenges", static () => FakeAuxo.Json(
                """{"challenge":"AAAA","address":"ci.lan","expiresAt":"2026-11-23T12:05:00Z"}""")),
            settings: ("Auxo:Console:Hosts", "ci.lan"));
        using var visitor = console.Visitor();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/login/challenges");
        request.Headers.Host = "ci.lan";
        using var answer = await visitor.SendAsync(request);
        Assert.Contains("\"AAAA\"", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Contains(console.Services.Requests, static r => r.StartsWith("POST /registry/sessions/challenges", StringComparison.Ordinal)
            && r.Contains("\"ci.lan\"", StringComparison.Ordinal));
    }

    [Fact]
    public async Task a_signature_that_fits_gives_a_link_and_one_that_does_not_gives_the_reason()
    {
        var fits = true;
        await using var console = await ConsoleHost.StartAsync(app => app.MapPost("/registry/sessions", () => fits
            ? FakeAuxo.Json(Session("alice", "viewer"), 201)
            : FakeAuxo.Problem(401, "session/unknown-key", "No person here has the key.")));
        using var visitor = console.Visitor();
        using var answer = await visitor.PostAsync("/login/keys", JsonContent.Create(new { challenge = "AAAA", signature = "armour" }));
        var link = (string)JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["url"]!;
        using var opened = await visitor.GetAsync(link);
        Assert.Equal("/", opened.Headers.Location!.ToString());
        fits = false;
        using var refused = await visitor.PostAsync("/login/keys", JsonContent.Create(new { challenge = "AAAA", signature = "armour" }));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
        Assert.Contains("No person here has the key.", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    /// <summary>A session that was just made; its token is the one that the services take.</summary>
    private static string Session(string name, string role)
        => $$"""{"token":{{ConsoleHost.Token(name, role: role)}},"text":"{{FakeAuxo.Token}}"}""";

    private static Task<HttpResponseMessage> PostAsync(HttpClient visitor, string path, string token)
        => SendAsync(visitor, path, "login", ("Token", token));

    private static async Task<HttpResponseMessage> SendAsync(
        HttpClient visitor, string path, string form, params (string Name, string Value)[] fields)
    {
        using var page = await visitor.GetAsync(path);
        var proof = ConsoleHost.Proof(await page.Content.ReadAsStringAsync());
        return await visitor.PostAsync(path, new FormUrlEncodedContent(
            [new("_handler", form), new("__RequestVerificationToken", proof),
                .. fields.Select(static f => KeyValuePair.Create(f.Name, f.Value))]));
    }
}
