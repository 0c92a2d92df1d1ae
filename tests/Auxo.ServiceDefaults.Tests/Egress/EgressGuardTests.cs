using System.Net;
using System.Net.Sockets;
using System.Text;

using Auxo.ServiceDefaults.Egress;

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Auxo.ServiceDefaults.Tests.Egress;

/// <summary>The guard on real sockets.</summary>
public sealed class EgressGuardTests
{
    private static readonly EgressPolicy Loopback = EgressPolicy.Parse("127.0.0.0/8, ::1");
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData("http://127.0.0.1/")]
    [InlineData("http://127.1/")]
    [InlineData("http://2130706433/")]
    [InlineData("http://0x7f000001/")]
    [InlineData("http://0177.0.0.1/")]
    [InlineData("http://[::1]:8080/")]
    [InlineData("http://[::ffff:169.254.169.254]/latest/meta-data/")]
    [InlineData("https://169.254.169.254/")]
    [InlineData("http://[fe80::1%25eth0]/")]
    [InlineData("ftp://example.org/")]
    [InlineData("file:///etc/passwd")]
    [InlineData("gopher://example.org/")]
    [InlineData("javascript:alert(1)")]
    [InlineData("//example.org/")]
    [InlineData("example.org")]
    [InlineData("http:///path")]
    [InlineData("http://user:password@example.org/")]
    [InlineData("http://example.org:22/")]
    [InlineData("http://example.org:25/")]
    [InlineData("http://example.org/a b")]
    [InlineData("http://example.org/\r\nHost: inside")]
    [InlineData("")]
    [InlineData(null)]
    public void a_url_that_cannot_be_right_is_refused_before_any_call(string? url)
        => Assert.Throws<EgressDeniedException>(() => new EgressGuard(new EgressPolicy()).Parse(url));

    [Theory]
    [InlineData("https://hooks.example.org/services/T/B/X?a=b")]
    [InlineData("http://example.org:8080/")]
    [InlineData("https://bücher.example/")]
    [InlineData("https://[2606:4700:4700::1111]/dns-query")]
    public void a_public_url_is_accepted(string url) => Assert.NotNull(new EgressGuard(new EgressPolicy()).Parse(url));

    [Fact]
    public async Task a_name_that_points_inside_is_not_called()
    {
        await using var receiver = await ReceiverAsync(static _ => Task.CompletedTask);
        var refused = await Assert.ThrowsAsync<HttpRequestException>(
            () => GetAsync(new EgressGuard(new EgressPolicy(), Answers("127.0.0.1")), receiver, "innocent.example"));

        Assert.Contains("innocent.example (127.0.0.1) is loopback", EgressDeniedException.In(refused)!.Message, StringComparison.Ordinal);
        Assert.Equal(0, receiver.Requests);
    }

    [Theory]
    [InlineData("1.1.1.1", "127.0.0.1")]
    [InlineData("127.0.0.1", "1.1.1.1")]
    [InlineData("2606:4700:4700::1111", "169.254.169.254")]
    public async Task one_bad_address_spoils_the_whole_answer(params string[] addresses)
        => await Assert.ThrowsAsync<EgressDeniedException>(
            () => new EgressGuard(new EgressPolicy(), Answers(addresses)).ResolveAsync("mixed.example", CancellationToken.None));

    [Fact]
    public async Task the_call_goes_to_the_address_that_was_checked_although_the_name_has_changed_since()
    {
        await using var receiver = await ReceiverAsync(static http => http.Response.WriteAsync(http.Request.Host.Host));
        var asked = 0;
        var guard = new EgressGuard(
            Loopback, (_, _) => Task.FromResult(new[] { IPAddress.Parse(++asked == 1 ? "127.0.0.1" : "10.0.0.1") }));

        Assert.Equal("turncoat.example", (await GetAsync(guard, receiver, "turncoat.example")).Excerpt);
        Assert.Equal(1, asked);
    }

    [Fact]
    public async Task a_redirect_is_an_answer_and_is_not_followed()
    {
        await using var receiver = await ReceiverAsync(static http =>
        {
            http.Response.Redirect("http://169.254.169.254/latest/meta-data/");
            return Task.CompletedTask;
        });

        Assert.Equal(HttpStatusCode.Redirect, (await GetAsync(new EgressGuard(Loopback), receiver)).Status);
        Assert.Equal(1, receiver.Requests);
    }

    [Fact]
    public async Task an_answer_without_end_costs_a_few_kilobytes()
    {
        await using var receiver = await ReceiverAsync(static async http =>
        {
            while (!http.RequestAborted.IsCancellationRequested) await http.Response.Body.WriteAsync(
                Encoding.UTF8.GetBytes(new string('x', 65536)), http.RequestAborted);
        });

        var answer = await GetAsync(new EgressGuard(Loopback), receiver);

        Assert.Equal((HttpStatusCode.OK, GuardedExchange.MaxExcerptBytes), (answer.Status, answer.Excerpt.Length));
    }

    [Fact]
    public async Task a_body_that_drips_ends_with_the_limit_and_its_status_counts()
    {
        await using var receiver = await ReceiverAsync(static async http =>
        {
            await http.Response.WriteAsync("thank", http.RequestAborted);
            await http.Response.Body.FlushAsync(http.RequestAborted);
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, http.RequestAborted);
        });

        var answer = await GetAsync(new EgressGuard(Loopback), receiver, limit: TimeSpan.FromSeconds(3));

        Assert.Equal((HttpStatusCode.OK, "thank"), (answer.Status, answer.Excerpt));
    }

    [Fact]
    public async Task silence_ends_with_the_limit()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var client = new EgressGuard(Loopback).CreateClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, $"http://{listener.LocalEndpoint}/");

        var late = await Assert.ThrowsAsync<TimeoutException>(
            () => GuardedExchange.SendAsync(client, request, TimeSpan.FromMilliseconds(300), TimeProvider.System, CancellationToken.None));

        Assert.Equal("no answer within 0.3 s", late.Message);
    }

    [Fact]
    public async Task an_excerpt_can_be_stored_and_shown_whatever_the_bytes()
    {
        await using var receiver = await ReceiverAsync(
            static async http => await http.Response.Body.WriteAsync("a\0b\u001b[31m\né"u8.ToArray().AsMemory()[..^1]));

        Assert.Equal("a b [31m\n", (await GetAsync(new EgressGuard(Loopback), receiver)).Excerpt);
    }

    private static Func<string, CancellationToken, Task<IPAddress[]>> Answers(params string[] addresses)
        => (_, _) => Task.FromResult(addresses.Select(IPAddress.Parse).ToArray());

    private static async Task<GuardedAnswer> GetAsync(
        EgressGuard guard, Receiver receiver, string host = "127.0.0.1", TimeSpan? limit = null)
    {
        using var client = guard.CreateClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, guard.Parse($"http://{host}:{receiver.Port}/"));
        return await GuardedExchange.SendAsync(client, request, limit ?? Long, TimeProvider.System, CancellationToken.None);
    }

    private static async Task<Receiver> ReceiverAsync(RequestDelegate answer)
    {
        var receiver = new Receiver(
            WebApplication.CreateSlimBuilder(["--urls=http://127.0.0.1:0", "--Logging:LogLevel:Default=None"]).Build());
        await receiver.StartAsync(answer);
        return receiver;
    }

    private sealed class Receiver(WebApplication app) : IAsyncDisposable
    {
        private int _requests;

        public int Port => new Uri(app.Urls.First()).Port;

        public int Requests => Volatile.Read(ref _requests);

        public Task StartAsync(RequestDelegate answer)
        {
            app.Run(http =>
            {
                Interlocked.Increment(ref _requests);
                return answer(http);
            });
            return app.StartAsync();
        }

        public ValueTask DisposeAsync() => app.DisposeAsync();
    }
}
