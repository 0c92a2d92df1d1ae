using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

using Auxo.Registry.Blobs;
using Auxo.ServiceDefaults.Access;
using Auxo.Testing;

namespace Auxo.Registry.Tests.Files;

public sealed class FileTests(PostgresFixture postgres) : IAsyncLifetime
{
    private readonly string _home = Directory.CreateTempSubdirectory("auxo-registry-").FullName;
    private string _database = null!;
    private RegistryHost _host = null!;

    public async ValueTask InitializeAsync()
    {
        _host = await RegistryHost.StartAsync(_database = await postgres.CreateDatabaseAsync(), _home);
        await _host.DefineAsync("files");
    }

    [Fact]
    public async Task what_was_put_is_got_byte_for_byte_also_after_a_restart()
    {
        var content = RandomNumberGenerator.GetBytes(9_000_001);
        var digest = "sha256:" + Convert.ToHexStringLower(SHA256.HashData(content));
        using (var put = await _host.PutAsync("/raw/files/v1/app.bin", content, ("Content-Type", "application/x-app")))
        {
            Assert.Equal(HttpStatusCode.Created, put.StatusCode);
            Assert.Equal($"\"{digest}\"", put.Headers.ETag!.Tag);
            Assert.Equal("/raw/files/v1/app.bin", put.Headers.Location!.ToString());
            var answer = await put.Content.ReadFromJsonAsync<JsonNode>();
            Assert.Equal((digest, content.Length, "v1/app.bin"), (
                (string)answer!["digest"]!, (int)answer["sizeBytes"]!, (string)answer["path"]!));
        }

        await _host.DisposeAsync();
        _host = await RegistryHost.StartAsync(_database, _home);
        using var got = await _host.GetAsync("/raw/files/v1/app.bin");
        Assert.Equal("application/x-app", got.Content.Headers.ContentType!.ToString());
        Assert.Equal(content, await got.Content.ReadAsByteArrayAsync());
        Assert.Equal("attachment", got.Content.Headers.ContentDisposition!.DispositionType);
        Assert.Equal("nosniff", got.Headers.GetValues("X-Content-Type-Options").Single());

        using var head = await _host.SendAsync(HttpMethod.Head, "/raw/files/v1/app.bin");
        Assert.Equal((HttpStatusCode.OK, content.Length, ""), (
            head.StatusCode, (int)head.Content.Headers.ContentLength!, await head.Content.ReadAsStringAsync()));
        Assert.Equal(1L, await _host.ScalarAsync<long>("select file_count from registry.repositories where name = 'files'"));
        Assert.Equal((long)content.Length, await _host.ScalarAsync<long>(
            "select used_bytes from registry.repositories where name = 'files'"));
    }

    [Fact]
    public async Task an_empty_file_is_a_file()
    {
        (await _host.PutAsync("/raw/files/empty", "")).Dispose();
        using var got = await _host.GetAsync("/raw/files/empty");
        Assert.Equal((HttpStatusCode.OK, 0L), (got.StatusCode, got.Content.Headers.ContentLength));
        using var range = await _host.GetAsync("/raw/files/empty", ("Range", "bytes=0-"));
        Assert.Equal(HttpStatusCode.RequestedRangeNotSatisfiable, range.StatusCode);
    }

    [Theory]
    [InlineData("bytes=0-3", HttpStatusCode.PartialContent, "0123", "bytes 0-3/10")]
    [InlineData("bytes=7-", HttpStatusCode.PartialContent, "789", "bytes 7-9/10")]
    [InlineData("bytes=-2", HttpStatusCode.PartialContent, "89", "bytes 8-9/10")]
    [InlineData("bytes=-99", HttpStatusCode.PartialContent, "0123456789", "bytes 0-9/10")]
    [InlineData("bytes=5-99", HttpStatusCode.PartialContent, "56789", "bytes 5-9/10")]
    [InlineData("bytes=10-", HttpStatusCode.RequestedRangeNotSatisfiable, "", "bytes */10")]
    [InlineData("bytes=-0", HttpStatusCode.RequestedRangeNotSatisfiable, "", "bytes */10")]
    [InlineData("bytes=3-1", HttpStatusCode.OK, "0123456789", null)]
    [InlineData("lines=0-1", HttpStatusCode.OK, "0123456789", null)]
    [InlineData("bytes=99999999999999999999-", HttpStatusCode.OK, "0123456789", null)]
    public async Task ranges_are_what_rfc_9110_says(string range, HttpStatusCode status, string body, string? contentRange)
    {
        (await _host.PutAsync("/raw/files/digits", "0123456789")).Dispose();
        using var answer = await _host.GetAsync("/raw/files/digits", ("Range", range));
        Assert.Equal((status, contentRange), (answer.StatusCode, answer.Content.Headers.ContentRange?.ToString()));
        if (answer.IsSuccessStatusCode) Assert.Equal(body, await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task several_ranges_come_as_parts()
    {
        (await _host.PutAsync("/raw/files/digits", "0123456789")).Dispose();
        using var answer = await _host.GetAsync("/raw/files/digits", ("Range", "bytes=0-1,8-,50-60"));
        Assert.Equal(HttpStatusCode.PartialContent, answer.StatusCode);
        var boundary = answer.Content.Headers.ContentType!.Parameters.Single(p => p.Name == "boundary").Value;
        var head = "Content-Type: application/octet-stream\r\nContent-Range: bytes";
        Assert.Equal($"\r\n--{boundary}\r\n{head} 0-1/10\r\n\r\n01\r\n--{boundary}\r\n{head} 8-9/10\r\n\r\n89\r\n--{boundary}--\r\n",
            await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task a_download_goes_on_only_if_it_is_still_the_same_file()
    {
        (await _host.PutAsync("/raw/files/x", "0123456789")).Dispose();
        var tag = Tag("0123456789");
        using var same = await _host.GetAsync("/raw/files/x", ("Range", "bytes=4-"), ("If-Range", tag));
        Assert.Equal("456789", await same.Content.ReadAsStringAsync());
        (await _host.PutAsync("/raw/files/x", "abcdefghij")).Dispose();
        using var other = await _host.GetAsync("/raw/files/x", ("Range", "bytes=4-"), ("If-Range", tag));
        Assert.Equal((HttpStatusCode.OK, "abcdefghij"), (other.StatusCode, await other.Content.ReadAsStringAsync()));
    }

    [Fact]
    public async Task whoever_was_answered_reads_what_was_written_however_often_it_was_read_before()
    {
        for (var i = 0; i < 50; i++)
        {
            (await _host.PutAsync("/raw/files/x", $"content {i}")).Dispose();
            var reads = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => _host.Client.GetStringAsync("/raw/files/x")));
            Assert.All(reads, read => Assert.Equal($"content {i}", read));
        }

        // The same while others read without a pause: what they read goes forward only.
        using var stop = new CancellationTokenSource();
        var readers = Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            for (var last = 49; !stop.IsCancellationRequested;)
            {
                var read = int.Parse((await _host.Client.GetStringAsync("/raw/files/x"))["content ".Length..]);
                Assert.InRange(read, last, 200);
                last = read;
            }
        })).ToList();
        for (var i = 50; i < 150; i++)
        {
            (await _host.PutAsync("/raw/files/x", $"content {i}")).Dispose();
            Assert.Equal($"content {i}", await _host.Client.GetStringAsync("/raw/files/x"));
        }

        await stop.CancelAsync();
        await Task.WhenAll(readers);
        (await _host.SendAsync(HttpMethod.Delete, "/raw/files/x")).Dispose();
        using var gone = await _host.GetAsync("/raw/files/x");
        Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);
    }

    [Fact]
    public async Task conditions_of_reading()
    {
        (await _host.PutAsync("/raw/files/x", "one")).Dispose();
        using var unchanged = await _host.GetAsync("/raw/files/x", ("If-None-Match", $"\"other\", W/{Tag("one")}"));
        Assert.Equal(HttpStatusCode.NotModified, unchanged.StatusCode);
        using var changed = await _host.GetAsync("/raw/files/x", ("If-None-Match", Tag("two")));
        Assert.Equal("one", await changed.Content.ReadAsStringAsync());
        using var wrong = await _host.GetAsync("/raw/files/x", ("If-Match", Tag("two")));
        Assert.Equal(HttpStatusCode.PreconditionFailed, wrong.StatusCode);
        using var since = await _host.GetAsync("/raw/files/x", ("If-Modified-Since", "Sun, 01 Jan 2040 00:00:00 GMT"));
        Assert.Equal(HttpStatusCode.NotModified, since.StatusCode);
    }

    [Fact]
    public async Task conditions_of_writing_let_one_of_two_writers_win()
    {
        using var created = await _host.PutAsync("/raw/files/x", "one", ("If-None-Match", "*"));
        Assert.Equal(HttpStatusCode.Created, created.StatusCode);
        using var again = await _host.PutAsync("/raw/files/x", "two", ("If-None-Match", "*"));
        Assert.Equal((HttpStatusCode.PreconditionFailed, "file/precondition-failed"), await again.ProblemAsync());
        using var replaced = await _host.PutAsync("/raw/files/x", "two", ("If-Match", Tag("one")));
        Assert.Equal(HttpStatusCode.OK, replaced.StatusCode);
        using var late = await _host.PutAsync("/raw/files/x", "three", ("If-Match", Tag("one")));
        Assert.Equal(HttpStatusCode.PreconditionFailed, late.StatusCode);
        using var none = await _host.PutAsync("/raw/files/y", "three", ("If-Match", "*"));
        Assert.Equal(HttpStatusCode.PreconditionFailed, none.StatusCode);
        using var unreadable = await _host.PutAsync("/raw/files/y", "three", ("If-Match", "no quotes"));
        Assert.Equal(HttpStatusCode.BadRequest, unreadable.StatusCode);
        using var deleted = await _host.SendAsync(HttpMethod.Delete, "/raw/files/x", ("If-Match", Tag("one")));
        Assert.Equal(HttpStatusCode.PreconditionFailed, deleted.StatusCode);

        var all = await Task.WhenAll(
            Enumerable.Range(0, 16).Select(i => _host.PutAsync("/raw/files/race", $"writer {i}", ("If-None-Match", "*"))));
        Assert.Single(all, a => a.StatusCode == HttpStatusCode.Created);
        Assert.Equal(15, all.Count(static a => a.StatusCode == HttpStatusCode.PreconditionFailed));
        Assert.Equal(2L, await _host.ScalarAsync<long>("select file_count from registry.repositories where name = 'files'"));
    }

    [Theory]
    [InlineData("Content-Digest", "sha-256=:uU0nuZNNPgilLlLX2n2r+sSE7+N6U4DukIj3rOLvzek=:", true)]
    [InlineData("Repr-Digest", "md5=:xxxx:, sha-256=:uU0nuZNNPgilLlLX2n2r+sSE7+N6U4DukIj3rOLvzek=:", true)]
    [InlineData("Digest", "SHA-256=uU0nuZNNPgilLlLX2n2r+sSE7+N6U4DukIj3rOLvzek=", true)]
    [InlineData("X-Checksum-Sha256", "B94D27B9934D3E08A52E52D7DA7DABFAC484EFE37A5380EE9088F7ACE2EFCDE9", true)]
    [InlineData(
        "Content-Digest", "sha-512=:MJ7MSJwS1utMxA9QyQLytNDtd+5RGnx6m808qG1M2G+YndNbxf9JlnDaNCVbRbDP2DDoH2Bdz33FVC6TrpzXbw==:", true)]
    [InlineData("Content-Digest", "sha-256=:AAAAuZNNPgilLlLX2n2r+sSE7+N6U4DukIj3rOLvzek=:", false)]
    [InlineData(
        "Content-Digest", "sha-512=:AAAASJwS1utMxA9QyQLytNDtd+5RGnx6m808qG1M2G+YndNbxf9JlnDaNCVbRbDP2DDoH2Bdz33FVC6TrpzXbw==:", false)]
    [InlineData("Digest", "sha-256=AAAAuZNNPgilLlLX2n2r+sSE7+N6U4DukIj3rOLvzek=", false)]
    [InlineData("X-Checksum-Sha256", "0000000000000000000000000000000000000000000000000000000000000000", false)]
    [InlineData("X-Checksum-Sha256", "not hex", false)]
    [InlineData("Content-Digest", "sha-256=uU0nuZNNPgilLlLX2n2r+sSE7+N6U4DukIj3rOLvzek=", false)]
    public async Task a_promised_digest_must_be_kept(string header, string value, bool kept)
    {
        using var answer = await _host.PutAsync("/raw/files/x", "hello world", (header, value));
        Assert.Equal(kept ? HttpStatusCode.Created : HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal(kept ? 1 : 0, _host.OnDisk().Whole.Count);
        Assert.Empty(_host.OnDisk().Unfinished);
    }

    [Fact]
    public async Task an_upload_that_is_cut_leaves_nothing()
    {
        using (var socket = new TcpClient())
        {
            await socket.ConnectAsync(_host.Address.Host, _host.Address.Port);
            var head = $"PUT /raw/files/cut HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {_host.Token}\r\nContent-Length: 5000000\r\n\r\n";
            await socket.GetStream().WriteAsync(Encoding.ASCII.GetBytes(head));
            await socket.GetStream().WriteAsync(new byte[2_000_000]);
            await Eventually.TrueAsync(() => Task.FromResult(_host.OnDisk().Unfinished.Count == 1), "the upload has begun");
            socket.LingerState = new LingerOption(enable: true, 0);
        }

        await Eventually.TrueAsync(() => Task.FromResult(_host.OnDisk().Unfinished.Count == 0), "what was received is gone");
        Assert.Empty(_host.OnDisk().Whole);
        using var got = await _host.GetAsync("/raw/files/cut");
        Assert.Equal((HttpStatusCode.NotFound, "file/not-found"), await got.ProblemAsync());
    }

    [Fact]
    public async Task a_quota_holds_for_what_is_announced_and_for_what_is_not()
    {
        await _host.DefineAsync("small", quota: 1000);
        (await _host.PutAsync("/raw/small/a", new byte[600])).Dispose();
        using var announced = await _host.PutAsync("/raw/small/b", new byte[500]);
        Assert.Equal((HttpStatusCode.RequestEntityTooLarge, "repository/quota-exceeded"), await announced.ProblemAsync());

        using var request = new HttpRequestMessage(HttpMethod.Put, "/raw/small/b")
        {
            Content = new StreamContent(new MemoryStream(new byte[500])),
        };
        request.Headers.TransferEncodingChunked = true;
        using var chunked = await _host.Client.SendAsync(request);
        Assert.Equal((HttpStatusCode.RequestEntityTooLarge, "upload/too-large"), await chunked.ProblemAsync());
        Assert.Empty(_host.OnDisk().Unfinished);

        // In the place of what is there, it fits.
        using var replaced = await _host.PutAsync("/raw/small/a", new byte[1000]);
        Assert.Equal(HttpStatusCode.OK, replaced.StatusCode);
        (await _host.SendAsync(HttpMethod.Delete, "/raw/small/a")).Dispose();

        var all = await Task.WhenAll(
            Enumerable.Range(0, 10).Select(i => _host.PutAsync($"/raw/small/{i}", RandomNumberGenerator.GetBytes(300))));
        Assert.Equal(3, all.Count(static a => a.StatusCode == HttpStatusCode.Created));
        Assert.Equal(900L, await _host.ScalarAsync<long>("select used_bytes from registry.repositories where name = 'small'"));
    }

    [Fact]
    public async Task files_of_an_immutable_repository_are_never_replaced()
    {
        await _host.DefineAsync("releases", immutable: true);
        (await _host.PutAsync("/raw/releases/1.0/app", "one")).Dispose();
        using var again = await _host.PutAsync("/raw/releases/1.0/app", "two");
        Assert.Equal((HttpStatusCode.Conflict, "file/immutable"), await again.ProblemAsync());
    }

    [Fact]
    public async Task a_file_ends_and_its_content_with_the_last_of_its_names()
    {
        (await _host.PutAsync("/raw/files/a", "same")).Dispose();
        (await _host.PutAsync("/raw/files/b", "same")).Dispose();
        Assert.Single(_host.OnDisk().Whole);
        using var deleted = await _host.SendAsync(HttpMethod.Delete, "/raw/files/a");
        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        using var twice = await _host.SendAsync(HttpMethod.Delete, "/raw/files/a");
        Assert.Equal(HttpStatusCode.NotFound, twice.StatusCode);
        await _host.ExecuteAsync("update registry.blobs set pinned_until = '-infinity'");
        Assert.Equal(0, (await _host.Get<BlobSweep>().RunAsync(orphans: true, CancellationToken.None)).Removed);
        (await _host.SendAsync(HttpMethod.Delete, "/raw/files/b")).Dispose();
        Assert.Equal(new SweepResult(1, 4, Skipped: false), await _host.Get<BlobSweep>().RunAsync(orphans: true, CancellationToken.None));
        Assert.Empty(_host.OnDisk().Whole);
        using var reborn = await _host.PutAsync("/raw/files/a", "same");
        Assert.Equal(HttpStatusCode.Created, reborn.StatusCode);
        Assert.Equal("same", await _host.Client.GetStringAsync("/raw/files/a"));
        Assert.Equal(3L, await _host.ScalarAsync<long>("select version from registry.mt_streams where id = 'file/files/a'"));
    }

    [Fact]
    public async Task lists_are_paged_by_name_and_prefix()
    {
        foreach (var name in (string[])["b/2", "a", "b/1", "b_", "B", "c%20d"]) (await _host.PutAsync($"/raw/files/{name}", name))
            .Dispose();
        async Task<(string Names, string? Next)> ListAsync(string query)
        {
            var page = await _host.Client.GetFromJsonAsync<JsonNode>($"/raw/files{query}");
            return (string.Join(", ", page!["items"]!.AsArray().Select(static i => (string)i!["path"]!)), (string?)page["next"]);
        }

        Assert.Equal(("B, a, b/1, b/2, b_, c d", null), await ListAsync(""));
        Assert.Equal(("b/1, b/2", null), await ListAsync("?prefix=b/"));
        Assert.Equal(("B, a", "a"), await ListAsync("?limit=2"));
        Assert.Equal(("b/1, b/2", "b/2"), await ListAsync("?limit=2&after=a"));
        Assert.Equal(("b_, c d", null), await ListAsync("?limit=2&after=b/2"));
        using var wrong = await _host.GetAsync("/raw/files?limit=5000");
        Assert.Equal((HttpStatusCode.BadRequest, "request/invalid-limit"), await wrong.ProblemAsync());
        using var unknown = await _host.GetAsync("/raw/nowhere");
        Assert.Equal((HttpStatusCode.NotFound, "repository/not-found"), await unknown.ProblemAsync());
    }

    [Fact]
    public async Task a_token_reaches_as_far_as_its_scopes()
    {
        await _host.DefineAsync("other");
        (await _host.PutAsync("/raw/files/x", "x")).Dispose();
        async Task<HttpStatusCode> TryAsync(HttpMethod method, string path, params string[] scopes)
        {
            var token = await AccessToken.CreateAsync(_host.Database, "t", scopes, null, CancellationToken.None);
            using var request = new HttpRequestMessage(method, path) { Content = method == HttpMethod.Put ? new StringContent("y") : null };
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
            return (await Eventually.ValueAsync(async () =>
            {
                // A new token is known within a second.
                using var again = new HttpRequestMessage(method, path)
                {
                    Content = method == HttpMethod.Put ? new StringContent("y") : null,
                };
                again.Headers.Authorization = request.Headers.Authorization;
                var answer = await _host.Client.SendAsync(again);
                return answer.StatusCode == HttpStatusCode.Unauthorized ? null : answer;
            }, "the token is known")).StatusCode;
        }

        Assert.Equal(HttpStatusCode.OK, await TryAsync(HttpMethod.Get, "/raw/files/x", "registry:read"));
        Assert.Equal(HttpStatusCode.OK, await TryAsync(HttpMethod.Get, "/raw/files/x", "registry:read:files"));
        Assert.Equal(HttpStatusCode.Forbidden, await TryAsync(
            HttpMethod.Get, "/raw/files/x", "registry:read:other", "registry:write", "pipeline:read"));
        Assert.Equal(HttpStatusCode.OK, await TryAsync(HttpMethod.Put, "/raw/files/x", "registry:write:files"));
        Assert.Equal(HttpStatusCode.Forbidden, await TryAsync(HttpMethod.Put, "/raw/other/x", "registry:write:files", "registry:read"));
        Assert.Equal(HttpStatusCode.Forbidden, await TryAsync(HttpMethod.Put, "/repositories/new", "registry:write", "registry:read"));
    }

    [Fact]
    public async Task repositories_are_defined_changed_and_removed_when_empty()
    {
        foreach (var name in (string[])["Bad..Name", "new%0A"])
        {
            using var bad = await _host.Client.PutAsJsonAsync("/repositories/" + name, new { });
            Assert.Equal((HttpStatusCode.BadRequest, "repository/invalid-name"), await bad.ProblemAsync());
        }

        // No client of images could ask for it.
        using var dots = await _host.Client.PutAsJsonAsync("/repositories/a..b", new { format = "oci" });
        Assert.Equal((HttpStatusCode.BadRequest, "repository/invalid-name"), await dots.ProblemAsync());

        using var made = await _host.Client.PutAsJsonAsync("/repositories/new", new { quotaBytes = 5000 });
        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        using var changed = await _host.Client.PutAsJsonAsync("/repositories/new", new { immutable = true });
        var now = await changed.Content.ReadFromJsonAsync<JsonNode>();
        Assert.Equal((HttpStatusCode.OK, 5000, true), (changed.StatusCode, (int)now!["quotaBytes"]!, (bool)now["immutable"]!));
        (await _host.PutAsync("/raw/new/x", "x")).Dispose();
        using var full = await _host.SendAsync(HttpMethod.Delete, "/repositories/new");
        Assert.Equal((HttpStatusCode.Conflict, "repository/not-empty"), await full.ProblemAsync());
        (await _host.SendAsync(HttpMethod.Delete, "/raw/new/x")).Dispose();
        using var gone = await _host.SendAsync(HttpMethod.Delete, "/repositories/new");
        Assert.Equal(HttpStatusCode.NoContent, gone.StatusCode);
        using var put = await _host.PutAsync("/raw/new/x", "x");
        Assert.Equal((HttpStatusCode.NotFound, "repository/not-found"), await put.ProblemAsync());
    }

    [Fact]
    public async Task a_disk_that_is_nearly_full_takes_nothing_more()
    {
        await _host.DisposeAsync();
        _host = await RegistryHost.StartAsync(_database, _home, ("Auxo:Disk:MinFreeBytes", (1L << 60).ToString()));
        using var answer = await _host.PutAsync("/raw/files/x", "x");
        Assert.Equal((HttpStatusCode.InsufficientStorage, "disk/full"), await answer.ProblemAsync());
        Assert.Empty(_host.OnDisk().Whole);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        Directory.Delete(_home, recursive: true);
    }

    private static string Tag(string content) => $"\"sha256:{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(content)))}\"";
}
