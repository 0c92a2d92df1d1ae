using System.Security.Cryptography;
using System.Text;

using Auxo.Registry.Blobs;
using Auxo.Registry.Mirrors;
using Auxo.Registry.Repositories;
using Auxo.Testing;

using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Auxo.Registry.Tests.Mirrors;

/// <summary>What is fetched from upstream, kept, and handed out.</summary>
public sealed class MirrorTests(PostgresFixture postgres) : IAsyncLifetime
{
    private static readonly byte[] Content = Encoding.UTF8.GetBytes("what upstream has");
    private readonly ManualTime _time = new();
    private UpstreamStandIn _upstream = null!;
    private RegistryHost _host = null!;
    private RegistryRepository _repository = null!;

    private Mirror Mirror => _host.Get<Mirror>();

    public async ValueTask InitializeAsync()
    {
        _upstream = await UpstreamStandIn.StartAsync();
        _host = await StartAsync(("Auxo:Egress:Allow", "127.0.0.1"));
        _repository = await DefineAsync(_host);
    }

    [Fact]
    public async Task a_file_is_fetched_once_however_many_ask()
    {
        using var go = new SemaphoreSlim(0);
        _upstream.Answer = async http =>
        {
            await go.WaitAsync(http.RequestAborted);
            await http.Response.Body.WriteAsync(Content);
        };
        var asking = Enumerable.Range(0, 50).Select(_ => FileAsync()).ToList();
        await Eventually.TrueAsync(() => Task.FromResult(_upstream.Asked.Count > 0), "upstream is asked");
        go.Release(50);
        var files = await Task.WhenAll(asking);
        Assert.Equal(Digest.Of(SHA256.HashData(Content)), Assert.Single(files.Select(static f => f!.Content).Distinct()));
        Assert.Single(_upstream.Asked);

        // From now on upstream is not needed.
        await _upstream.DisposeAsync();
        Assert.Equal(files[0]!.Content, (await FileAsync())!.Content);
        Assert.Equal(Content.LongLength, await _host.ScalarAsync<long>("select mirrored_bytes from registry.repositories"));
    }

    [Fact]
    public async Task other_bytes_than_promised_are_neither_kept_nor_handed_out()
    {
        _upstream.Answer = static http => http.Response.Body.WriteAsync(Encoding.UTF8.GetBytes("something else")).AsTask();
        var promised = new ExpectedDigest(HashAlgorithmName.SHA512, SHA512.HashData(Content));
        await Assert.ThrowsAsync<UpstreamChangedException>(() => FileAsync(promised));
        Assert.Empty(_host.OnDisk().Whole);
        Assert.Empty(_host.OnDisk().Unfinished);

        _upstream.Answer = static http => http.Response.Body.WriteAsync(Content).AsTask();
        Assert.NotNull(await FileAsync(promised));
        // What it promised once is what it is.
        await Assert.ThrowsAsync<UpstreamChangedException>(
            () => FileAsync(new ExpectedDigest(HashAlgorithmName.SHA512, SHA512.HashData([1]))));
        Assert.NotNull(await FileAsync(new ExpectedDigest(HashAlgorithmName.SHA256, SHA256.HashData(Content))));
    }

    [Fact]
    public async Task a_document_is_asked_for_again_when_it_is_old_and_kept_when_upstream_is_away()
    {
        var (tag, status) = ("\"1\"", 200);
        _upstream.Answer = http =>
        {
            http.Response.StatusCode = status;
            if (status != 200) return Task.CompletedTask;
            http.Response.Headers.ETag = tag;
            if (http.Request.Headers.IfNoneMatch == tag)
            {
                http.Response.StatusCode = 304;
                return Task.CompletedTask;
            }

            return http.Response.WriteAsync(tag);
        };
        var first = await DocumentAsync();
        Assert.False(first.IsStale);
        await DocumentAsync();
        Assert.Single(_upstream.Asked);

        _time.Advance(TimeSpan.FromMinutes(6));
        Assert.Equal(first.Content, (await DocumentAsync()).Content);
        Assert.Equal("\"1\"", _upstream.Asked[1].Headers.IfNoneMatch);

        tag = "\"2\"";
        _time.Advance(TimeSpan.FromMinutes(6));
        var second = await DocumentAsync();
        Assert.NotEqual(first.Content, second.Content);
        Assert.Equal("\"2\"",
            Encoding.UTF8.GetString(await Mirror.ReadAsync(second.Content!.Value, TestContext.Current.CancellationToken)));

        // A broken upstream, and one that lost what it had.
        foreach (var broken in (int[])[503, 429, 404])
        {
            status = broken;
            _time.Advance(TimeSpan.FromMinutes(6));
            var stale = await DocumentAsync();
            Assert.Equal(second.Content, stale.Content);
            Assert.True(stale.IsStale);
        }

        await _upstream.DisposeAsync();
        _time.Advance(TimeSpan.FromMinutes(6));
        Assert.True((await DocumentAsync()).IsStale);
        Assert.Equal("nobody answers there", await _host.ScalarAsync<string>("select upstream_failure from registry.repositories"));
        await Assert.ThrowsAsync<UpstreamAwayException>(() => DocumentAsync("another"));
    }

    [Fact]
    public async Task what_is_no_such_document_does_not_take_the_place_of_the_one_that_is_kept()
    {
        var answer = """{"name":"left","versions":{}}""";
        _upstream.Answer = http => http.Response.WriteAsync(answer);
        var good = await PackageAsync();
        foreach (var rubbish in (string[])["<html>Please log in</html>", """{"name":"other","versions":{}}""", "{"])
        {
            answer = rubbish;
            _time.Advance(TimeSpan.FromMinutes(6));
            var stale = await PackageAsync();
            Assert.Equal((good.Content, true), (stale.Content, stale.IsStale));
        }

        Assert.Equal("what it sent for 'left' is not what was asked for",
            await _host.ScalarAsync<string>("select upstream_failure from registry.repositories"));
    }

    [Fact]
    public async Task an_address_that_leads_nowhere_does_not_keep_others_from_asking()
    {
        foreach (var elsewhere in (string[])[
            "http://169.254.169.254/latest", "file:///etc/passwd", "http://127.0.0.1:1/", "/circle"])
        {
            _upstream.Answer = http =>
            {
                http.Response.Headers.Location = elsewhere;
                http.Response.StatusCode = 302;
                return Task.CompletedTask;
            };
            await Assert.ThrowsAsync<UpstreamAwayException>(() => FileAsync(key: "circle"));
        }

        foreach (var address in (string[])["http://169.254.169.254/x", "file:///etc/passwd", "http://127.0.0.1:1/x"])
        {
            await Assert.ThrowsAsync<UpstreamAwayException>(
                () => Mirror.FileAsync(
                    _repository, "x", new Uri(address), null, 1000, TestContext.Current.CancellationToken));
        }

        _upstream.Answer = static async http =>
        {
            http.Response.Headers.ContentEncoding = "gzip";
            await http.Response.WriteAsync("no gzip");
        };
        await Assert.ThrowsAsync<UpstreamAwayException>(() => FileAsync(key: "damaged"));
        _upstream.Answer = static http => http.Response.Body.WriteAsync(Content).AsTask();
        Assert.NotNull(await FileAsync(key: "good"));
    }

    [Theory]
    [InlineData("""{"token":"a\r\nb"}""", "")]
    [InlineData("""{"token":""", "")]
    [InlineData("no gzip", "gzip")]
    [InlineData("no brotli", "br")]
    public async Task a_place_for_tokens_that_has_none_is_as_good_as_none(string answer, string encoding)
    {
        _upstream.Answer = async http =>
        {
            if (http.Request.Path == "/token")
            {
                if (encoding.Length > 0) http.Response.Headers.ContentEncoding = encoding;
                await http.Response.WriteAsync(answer);
                return;
            }

            http.Response.StatusCode = 401;
            http.Response.Headers.WWWAuthenticate = $"Bearer realm=\"{_upstream.Address}/token\"";
        };
        var refused = await Assert.ThrowsAsync<UpstreamAwayException>(() => FileAsync());
        Assert.Equal("it answered 401", refused.Reason);
    }

    [Fact]
    public async Task a_document_that_upstream_refuses_does_not_keep_the_others_old()
    {
        _upstream.Answer = static http => http.Response.WriteAsync("old");
        foreach (var key in (string[])["a", "b"])
        {
            await DocumentAsync(key);
            _time.Advance(TimeSpan.FromMinutes(6));
        }

        _upstream.Answer = static http =>
        {
            http.Response.StatusCode = http.Request.Path == "/a" ? 403 : 200;
            return http.Response.WriteAsync("new");
        };
        var refreshed = await RefreshAsync();
        Assert.Equal((2, 1, 1), (refreshed.Asked, refreshed.Changed, refreshed.Failed));
        Assert.Equal("it answered 403", refreshed.Failure);
    }

    [Fact]
    public async Task what_is_only_refreshed_is_let_go_in_the_end()
    {
        var answer = "old";
        _upstream.Answer = http => http.Response.WriteAsync(answer);
        await DocumentAsync();
        _time.Advance(TimeSpan.FromDays(89));
        answer = "new";
        await RefreshAsync();
        _time.Advance(TimeSpan.FromDays(2));
        Assert.Equal(0, (await RefreshAsync()).Asked);
    }

    [Fact]
    public async Task an_absence_is_believed_for_a_minute()
    {
        Assert.Null((await DocumentAsync()).Content);
        Assert.Null((await DocumentAsync()).Content);
        Assert.Single(_upstream.Asked);
        _time.Advance(TimeSpan.FromMinutes(2));
        _upstream.Answer = static http => http.Response.WriteAsync("new");
        Assert.NotNull((await DocumentAsync()).Content);
    }

    [Fact]
    public async Task after_a_failure_nobody_waits_for_upstream_for_a_while()
    {
        _upstream.Answer = static http =>
        {
            http.Response.StatusCode = 503;
            return Task.CompletedTask;
        };
        await Assert.ThrowsAsync<UpstreamAwayException>(() => FileAsync());
        await Assert.ThrowsAsync<UpstreamAwayException>(() => FileAsync());
        Assert.Single(_upstream.Asked);
        _time.Advance(TimeSpan.FromMinutes(1));
        await Assert.ThrowsAsync<UpstreamAwayException>(() => FileAsync());
        Assert.Equal(2, _upstream.Asked.Count);
    }

    [Fact]
    public async Task a_body_that_breaks_off_or_is_too_long_leaves_nothing()
    {
        _upstream.Answer = static async http =>
        {
            http.Response.ContentLength = 1000;
            await http.Response.Body.WriteAsync(Content);
            await http.Response.Body.FlushAsync();
            http.Abort();
        };
        await Assert.ThrowsAsync<UpstreamAwayException>(() => FileAsync());
        _time.Advance(TimeSpan.FromMinutes(1));
        _upstream.Answer = static http => http.Response.Body.WriteAsync(new byte[2000]).AsTask();
        await Assert.ThrowsAsync<UpstreamAwayException>(() => FileAsync());
        Assert.Empty(_host.OnDisk().Whole);
        Assert.Empty(_host.OnDisk().Unfinished);
    }

    [Fact]
    public async Task redirects_are_followed_but_not_in_circles_and_not_with_a_token()
    {
        await using var other = await UpstreamStandIn.StartAsync();
        other.Answer = static http => http.Response.Body.WriteAsync(Content).AsTask();
        _upstream.Answer = http =>
        {
            http.Response.Redirect(other.Address + "/elsewhere");
            return Task.CompletedTask;
        };
        var file = await Mirror.FileAsync(
            _repository, "file", new Uri(_upstream.Address + "/file"), null, 1000, TestContext.Current.CancellationToken,
            static request => request.Headers.Authorization = new("Bearer", "for upstream alone"));
        Assert.NotNull(file);
        Assert.Equal("Bearer for upstream alone", _upstream.Asked[0].Headers.Authorization);
        Assert.Equal("", other.Asked[0].Headers.Authorization.ToString());

        _upstream.Answer = static http =>
        {
            http.Response.Redirect(http.Request.Path);
            return Task.CompletedTask;
        };
        var circles = await Assert.ThrowsAsync<UpstreamAwayException>(() => FileAsync(key: "circle"));
        Assert.Equal("it redirects in circles", circles.Reason);
    }

    [Fact]
    public async Task a_mirror_that_is_full_lets_go_what_nobody_used_for_the_longest()
    {
        await _host.DefineAsync("npm", quota: 250, format: "npm");
        _repository = (await RepositoryTable.FindAsync(_host.Database, "npm", CancellationToken.None))!;
        _upstream.Answer = static http =>
            http.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(http.Request.Path.Value!.PadRight(100))).AsTask();
        foreach (var key in (string[])["a", "b"])
        {
            await FileAsync(key: key);
            _time.Advance(TimeSpan.FromDays(2));
        }

        await FileAsync(key: "a"); // b is the one that nobody used
        await FileAsync(key: "c");
        Assert.Equal(["a", "c"], await KeysAsync());
        Assert.Equal(200L, await _host.ScalarAsync<long>("select mirrored_bytes from registry.repositories where name = 'npm'"));
        await Assert.ThrowsAsync<UpstreamAwayException>(() => Mirror.FileAsync(
            _repository, "huge", new Uri(_upstream.Address + "/" + new string('x', 400)), null, 1000, CancellationToken.None));
    }

    [Fact]
    public async Task lists_take_room_too()
    {
        await _host.DefineAsync("npm", quota: 250, format: "npm");
        _repository = (await RepositoryTable.FindAsync(_host.Database, "npm", CancellationToken.None))!;
        _upstream.Answer = static http => http.Response.WriteAsync(http.Request.Path.Value!.PadRight(100));
        foreach (var key in (string[])["a", "b", "c"])
        {
            await DocumentAsync(key);
            _time.Advance(TimeSpan.FromDays(1));
        }

        Assert.Equal(["b", "c"], await KeysAsync("mirrored_documents"));
        await FileAsync(key: "file");
        Assert.Equal(["c"], await KeysAsync("mirrored_documents"));
        Assert.Equal(["file"], await KeysAsync());
        Assert.Equal(200L, await _host.ScalarAsync<long>("select mirrored_bytes from registry.repositories"));
    }

    [Fact]
    public async Task an_upstream_on_this_machine_is_not_asked_unless_it_is_allowed()
    {
        await using var host = await StartAsync();
        var repository = await DefineAsync(host);
        var refused = await Assert.ThrowsAsync<UpstreamAwayException>(() => host.Get<Mirror>().FileAsync(
            repository, "file", new Uri(_upstream.Address + "/file"), null, 1000, CancellationToken.None));
        Assert.Contains("Auxo__Egress__Allow", refused.Reason, StringComparison.Ordinal);
        Assert.Empty(_upstream.Asked);
    }

    [Theory]
    [InlineData("sha512-not base64", false)]
    [InlineData("", false)]
    [InlineData("sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk=", true)]
    [InlineData("sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk= sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=", true)]
    public void an_integrity_is_read_and_the_strongest_counts(string text, bool known)
    {
        var digest = ExpectedDigest.OfIntegrity(text);
        Assert.Equal(known, digest is not null);
        if (digest is not null) Assert.EndsWith(digest.ToString(), text, StringComparison.Ordinal);
    }

    [Fact]
    public void what_is_too_young_is_not_offered_unless_its_package_is_exempt()
    {
        var now = new DateTimeOffset(2026, 11, 30, 0, 0, 0, TimeSpan.Zero);
        var settings = new MirrorSettings("https://registry.example/", 3, ["@acme/*"], 7);
        Assert.True(Cooldown.For(settings, "left", null, now).Offers(now.AddDays(-3)));
        Assert.False(Cooldown.For(settings, "left", null, now).Offers(now.AddDays(-2)));
        Assert.True(Cooldown.For(settings, "left", null, now).Offers(null));
        Assert.True(Cooldown.For(settings, "@acme/left", null, now).Offers(now));
        Assert.False(Cooldown.For(settings, "@acme/left", now.AddDays(-10), now).Offers(now.AddDays(-9)));
        Assert.True(Cooldown.For(settings, "left", now.AddDays(10), now).Offers(now.AddDays(-3)));
        Assert.False(Cooldown.For(settings, "left", DateTimeOffset.MinValue.AddDays(1), now).Offers(now));
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        await _upstream.DisposeAsync();
    }

    private async Task<RegistryHost> StartAsync(params (string, string)[] settings)
        => await RegistryHost.StartAsync(
            await postgres.CreateDatabaseAsync(), Directory.CreateTempSubdirectory("auxo-registry-").FullName,
            s => s.AddSingleton<TimeProvider>(_time), settings);

    private async Task<RegistryRepository> DefineAsync(RegistryHost host)
    {
        await host.DefineAsync("npm", format: "npm", upstream: _upstream.Address);
        return (await RepositoryTable.FindAsync(host.Database, "npm", CancellationToken.None))!;
    }

    private Task<MirroredFile?> FileAsync(ExpectedDigest? expected = null, string key = "file")
        => Mirror.FileAsync(_repository, key, new Uri($"{_upstream.Address}/{key}"), expected, 1000, TestContext.Current.CancellationToken);

    private Task<MirroredDocument> DocumentAsync(string key = "document")
        => Mirror.DocumentAsync(
            _repository, key, new Uri($"{_upstream.Address}/{key}"), "text/plain", 1000, TestContext.Current.CancellationToken);

    private Task<RefreshResult> RefreshAsync()
        => _host.Get<MirrorRefresh>().RunAsync(_repository, _time.GetUtcNow(), TestContext.Current.CancellationToken);

    private Task<MirroredDocument> PackageAsync()
        => Mirror.DocumentAsync(
            _repository, "left", new Uri($"{_upstream.Address}/left"), "application/json", 1000,
            TestContext.Current.CancellationToken);

    private async Task<IReadOnlyList<string>> KeysAsync(string table = "mirrored_files")
    {
        var keys = new List<string>();
        await using var command = _host.Database.CreateCommand($"select key from registry.{table} order by key");
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync()) keys.Add(reader.GetString(0));
        return keys;
    }
}
