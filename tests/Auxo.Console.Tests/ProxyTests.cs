using System.Net;

using Auxo.Console.Serving;
using Auxo.ServiceDefaults;

namespace Auxo.Console.Tests;

/// <summary>What a proxy may say, and who is believed.</summary>
public sealed class ProxyTests
{
    private static readonly (string, string) Address = ("Auxo:Console:PublicUrl", "https://ci.example.org");

    [Fact]
    public async Task a_proxy_that_is_trusted_says_that_the_reader_came_by_tls_under_another_name()
    {
        await using var console = await ConsoleHost.StartAsync(
            settings: [Address, ("Auxo:Console:TrustedProxies", "10.0.0.0/8, 127.0.0.1")]);
        using var answer = await AskAsync(console, "https", "ci.example.org");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.True(answer.Headers.Contains("Strict-Transport-Security"));
        Assert.Contains("; secure", Assert.Single(answer.Headers.GetValues("Set-Cookie")), StringComparison.Ordinal);
        using var unknown = await AskAsync(console, "https", "rebound.example");
        Assert.Equal(HttpStatusCode.BadRequest, unknown.StatusCode);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData(",")]
    [InlineData("10.0.0.0/8")]
    public async Task what_anybody_else_says_is_not_looked_at(string trusted)
    {
        await using var console = await ConsoleHost.StartAsync(settings: [Address, ("Auxo:Console:TrustedProxies", trusted)]);
        using var answer = await AskAsync(console, "https", "rebound.example");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.False(answer.Headers.Contains("Strict-Transport-Security"));
        Assert.DoesNotContain("; secure", Assert.Single(answer.Headers.GetValues("Set-Cookie")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("10.0.0.2", "10.0.0.2/32")]
    [InlineData("::1, 192.168.0.0/16", "::1/128 192.168.0.0/16")]
    [InlineData("", "")]
    public void addresses_and_networks_are_read(string setting, string networks)
        => Assert.Equal(networks, string.Join(' ', TrustedProxies.Networks(setting)));

    [Theory]
    [InlineData("proxy.lan")]
    [InlineData("10.0.0.0/33")]
    public void anything_else_is_refused(string setting)
        => Assert.Contains(
            setting, Assert.Throws<RefusedStartException>(() => TrustedProxies.Networks(setting)).Message, StringComparison.Ordinal);

    [Fact]
    public async Task a_link_that_signs_in_begins_with_the_public_address()
    {
        await using var console = await ConsoleHost.StartAsync(settings: Address);
        Assert.StartsWith("https://ci.example.org/login/once/", (await console.LinkAsync()).ToString(), StringComparison.Ordinal);
    }

    private static async Task<HttpResponseMessage> AskAsync(ConsoleHost console, string proto, string host)
    {
        using var visitor = console.Visitor();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/login");
        request.Headers.Add("X-Forwarded-Proto", proto);
        request.Headers.Add("X-Forwarded-Host", host);
        request.Headers.Add("X-Forwarded-For", "203.0.113.9");
        return await visitor.SendAsync(request);
    }
}
