using System.Net;
using System.Text;
using System.Text.Json.Nodes;

using Auxo.Testing.Radicle;
using Auxo.Testing;

namespace Auxo.Ingest.Tests.Receiving;

/// <summary>
/// Webhooks as bytes on a socket: what is accepted, what is refused, and that refusing tells nobody what is tracked here.
/// </summary>
public sealed class ReceiveHookTests(PostgresFixture postgres) : IAsyncLifetime
{
    private readonly string _home = Directory.CreateTempSubdirectory("auxo-home-").FullName;
    private readonly RadicleTestKey _alice = new("alice");
    private readonly RadicleTestKey _bob = new("bob");
    private RadicleStorage _storage = null!;
    private IngestHost _host = null!;
    private string _secret = "";
    private byte[] _body = [];

    public async ValueTask InitializeAsync()
    {
        _storage = await RadicleStorage.CreateAsync(Path.Combine(_home, "storage"), "demo", _alice, Files("README.md"));
        _host = await IngestHost.StartAsync(await postgres.CreateDatabaseAsync(), _home, listen: true);
        _secret = await _host.TrackAsync(_storage.Rid);
        var (patch, head) = _storage.OpenPatch(_bob, "Hooked", Files("a.txt"));
        _body = IngestHost.PatchBody(_storage.Rid, patch, head);
    }

    [Theory]
    [InlineData("/hooks/radicle")]
    [InlineData("/")]
    public async Task a_signed_webhook_is_accepted_stored_and_becomes_a_fact(string path)
    {
        using var request = IngestHost.Hook(_body, _secret, path: path);
        Assert.Equal((202, "accepted"), await SendAsync(request));
        Assert.Equal(1L, await _host.ScalarAsync<long>("select count(*) from ingest.receipts where signed"));
        await _host.ScanAsync(_storage.Rid);
        Assert.Single(await _host.SentAsync(), s => s.Name == "patch_opened");
    }

    [Fact]
    public async Task a_replayed_webhook_is_recognised_and_changes_nothing()
    {
        for (var i = 0; i < 3; i++)
        {
            using var request = IngestHost.Hook(_body, _secret);
            Assert.Equal((202, i == 0 ? "accepted" : "duplicate"), await SendAsync(request));
        }

        await _host.ScanAsync(_storage.Rid);
        Assert.Equal(1L, await _host.ScalarAsync<long>("select count(*) from ingest.receipts"));
        Assert.Single(await _host.SentAsync(), s => s.Name == "patch_opened");
    }

    [Fact]
    public async Task an_unknown_repository_and_a_wrong_signature_get_the_same_answer()
    {
        using var wrong = IngestHost.Hook(_body, "another secret, of some length");
        using var unknown = IngestHost.Hook(
            IngestHost.PatchBody("rad:z42hL2jL4XNk6K8oHQaSWfMgCL7ji", new string('a', 40), new string('b', 40)), _secret);
        var answers = new List<string>();
        foreach (var request in (HttpRequestMessage[])[wrong, unknown])
        {
            using var answer = await _host.Anonymous.SendAsync(request);
            Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
            var problem = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!.AsObject();
            problem.Remove("traceId");
            answers.Add(problem.ToJsonString());
        }

        Assert.Single(answers.Distinct(StringComparer.Ordinal));
        Assert.Contains("auxo repo", answers[0], StringComparison.Ordinal);
        Assert.Equal(0L, await _host.ScalarAsync<long>("select count(*) from ingest.receipts"));
    }

    [Fact]
    public async Task both_headers_must_be_right_and_none_may_come_twice()
    {
        using var both = IngestHost.Hook(_body, _secret);
        both.Headers.Add("x-radicle-signature", IngestHost.Sign(_body, _secret)["sha256=".Length..]);
        Assert.Equal(202, (await SendAsync(both)).Status);

        using var oneWrong = IngestHost.Hook(_body, _secret);
        oneWrong.Headers.Add("x-radicle-signature", new string('0', 64));
        Assert.Equal(401, (await SendAsync(oneWrong)).Status);

        // .NET's client joins values of one header with a comma, so the bytes are written by hand.
        var signature = $"X-Hub-Signature-256: {IngestHost.Sign(_body, _secret)}\r\n";
        Assert.StartsWith("HTTP/1.1 400", await RawAsync(signature + signature), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 202", await RawAsync(signature), StringComparison.Ordinal);
    }

    [Fact]
    public async Task an_unsigned_call_from_this_machine_is_only_a_hint_to_look_and_through_a_proxy_not_even_that()
    {
        using var hint = IngestHost.Hook(_body, null);
        Assert.Equal((202, "looking"), await SendAsync(hint));
        await _host.ScanAsync(_storage.Rid);
        Assert.Single(await _host.SentAsync(), s => s.Name == "patch_opened");
        Assert.Equal(0L, await _host.ScalarAsync<long>("select count(*) from ingest.receipts"));

        using var proxied = IngestHost.Hook(_body, null);
        proxied.Headers.Add("X-Forwarded-For", "203.0.113.7");
        Assert.Equal(401, (await SendAsync(proxied)).Status);

        // What is tracked here is nobody's to learn, not on this machine either.
        using var unknown = IngestHost.Hook(
            IngestHost.PatchBody("rad:z42hL2jL4XNk6K8oHQaSWfMgCL7ji", new string('a', 40), new string('b', 40)), null);
        Assert.Equal((202, "looking"), await SendAsync(unknown));
    }

    [Fact]
    public async Task bad_bodies_are_refused_with_a_reason_and_the_service_lives_on()
    {
        var rid = _storage.Rid;
        (byte[] Body, int Status)[] bad =
        [
            ("not json"u8.ToArray(), 400),
            (""u8.ToArray(), 400),
            (Encoding.UTF8.GetBytes($$"""{"repository":{"id":"{{rid}}"},"x":{{new string('[', 5000)}}{{new string(']', 5000)}} }"""), 400),
            ([.. Encoding.UTF8.GetBytes($$"""{"repository":{"id":"{{rid}}"},"x":" """), 0xFF, 0xFE, .. "\"}"u8], 400),
            (Encoding.UTF8.GetBytes($$"""{"repository":{"id":"{{rid}}"},"branch":"half a \ud800 character"}"""), 400),
            (Encoding.UTF8.GetBytes($$"""{"repository":{"id":"{{rid}}"},"x":"{{new string('x', 1 << 20)}}"}"""), 413),
        ];
        foreach (var (body, status) in bad)
        {
            using var request = IngestHost.Hook(body, _secret);
            Assert.Equal(status, (await SendAsync(request)).Status);
            using var chunked = IngestHost.Hook(body, _secret);
            chunked.Headers.TransferEncodingChunked = true;
            Assert.Equal(status, (await SendAsync(chunked)).Status);
        }

        using var good = IngestHost.Hook(_body, _secret);
        Assert.Equal(202, (await SendAsync(good)).Status);
    }

    [Fact]
    public async Task unknown_types_are_ignored_with_success_and_those_of_other_tools_are_understood()
    {
        using var issue = IngestHost.Hook(_body, _secret, type: "issue");
        Assert.Equal((200, "ignored"), await SendAsync(issue));
        using var forged = IngestHost.Hook(_body, "another secret, of some length", type: "issue");
        Assert.Equal(401, (await SendAsync(forged)).Status);
        using var boxci = IngestHost.Hook(_body, _secret, type: "patch_created");
        Assert.Equal((202, "accepted"), await SendAsync(boxci));
    }

    [Fact]
    public async Task a_commit_that_does_not_exist_is_shown_as_such_and_is_no_fact()
    {
        var nowhere = new string('c', 40);
        using var request = IngestHost.Hook(IngestHost.PatchBody(_storage.Rid, new string('d', 40), nowhere), _secret);
        Assert.Equal(202, (await SendAsync(request)).Status);
        await _host.ScanAsync(_storage.Rid);
        var shown = Assert.Single(await _host.ItemsAsync($"/repositories/{_storage.Rid}/refs"), r => (string?)r!["commit"] == nowhere)!;
        Assert.Null(shown["fact"]);
        Assert.Contains("not in the storage", (string)shown["reason"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_new_secret_ends_the_old_one()
    {
        using var answer = await _host.Client.PostAsync($"/repositories/{_storage.Rid}/secret", null);
        var secret = (string)JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["secret"]!;
        using var old = IngestHost.Hook(_body, _secret);
        Assert.Equal(401, (await SendAsync(old)).Status);
        using var now = IngestHost.Hook(_body, secret);
        Assert.Equal(202, (await SendAsync(now)).Status);
    }

    [Fact]
    public async Task everything_else_needs_a_token()
    {
        foreach (var path in (string[])["/repositories", "/node", "/outbox", $"/patches?rid={_storage.Rid}",
            $"/repositories/{_storage.Rid}/refs", "/describe", "/queues"])
        {
            using var answer = await _host.Anonymous.GetAsync(path);
            Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        }

        using var track = await _host.Anonymous.PostAsync(
            "/repositories", new StringContent("""{"location":"/"}""", Encoding.UTF8, "application/json"));
        Assert.Equal(HttpStatusCode.Unauthorized, track.StatusCode);
    }

    private async Task<(int Status, string? State)> SendAsync(HttpRequestMessage request)
    {
        using var answer = await _host.Anonymous.SendAsync(request);
        var json = JsonNode.Parse(await answer.Content.ReadAsStringAsync());
        if ((int)answer.StatusCode >= 400) Assert.False(string.IsNullOrWhiteSpace((string?)json!["detail"]));
        return ((int)answer.StatusCode, json!["status"]?.GetValueKind() == System.Text.Json.JsonValueKind.String
            ? (string)json["status"]!
            : null);
    }

    private async Task<string> RawAsync(string headers)
    {
        using var tcp = new System.Net.Sockets.TcpClient();
        await tcp.ConnectAsync(_host.Anonymous.BaseAddress!.Host, _host.Anonymous.BaseAddress.Port);
        await using var stream = tcp.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(
            "POST /hooks/radicle HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nx-radicle-event-type: "
                + $"patch\r\nContent-Length: {_body.Length}\r\n{headers}\r\n"));
        await stream.WriteAsync(_body);
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync();
    }

    private static Dictionary<string, string> Files(string path) => new(StringComparer.Ordinal) { [path] = path };

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        Directory.Delete(_home, recursive: true);
        _alice.Dispose();
        _bob.Dispose();
    }
}
