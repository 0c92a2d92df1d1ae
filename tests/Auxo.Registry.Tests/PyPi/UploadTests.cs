using System.Net;
using System.Net.Sockets;
using System.Text;

using Auxo.Registry.Blobs;
using Auxo.ServiceDefaults.Access;
using Auxo.Testing;

using Blake2 = NSec.Cryptography;

namespace Auxo.Registry.Tests.PyPi;

public sealed class UploadTests(PostgresFixture postgres) : IAsyncLifetime
{
    private static readonly (string FileName, byte[] Content) Wheel = Distributions.Wheel("Auxo.Demo", "1.0.0");
    private readonly string _home = Directory.CreateTempSubdirectory("auxo-registry-").FullName;
    private RegistryHost _host = null!;

    public async ValueTask InitializeAsync()
    {
        _host = await RegistryHost.StartAsync(await postgres.CreateDatabaseAsync(), _home);
        await _host.DefineAsync("py", format: "pypi");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task what_was_uploaded_is_got_byte_for_byte_with_its_metadata_beside_it(bool contentFirst)
    {
        var blake2 = Convert.ToHexStringLower(Blake2.HashAlgorithm.Blake2b_256.Hash(Wheel.Content));
        using var answer = await _host.UploadAsync(Wheel, contentFirst: contentFirst, fields: ("blake2_256_digest", blake2));
        Assert.Equal((HttpStatusCode.OK, ""), (answer.StatusCode, await answer.Content.ReadAsStringAsync()));
        Assert.Equal(Wheel.Content, await _host.Client.GetByteArrayAsync($"/pypi/py/files/auxo-demo/{Wheel.FileName}"));
        Assert.Equal(Distributions.Metadata("Auxo.Demo", "1.0.0"),
            await _host.Client.GetStringAsync($"/pypi/py/files/auxo-demo/{Wheel.FileName}.metadata"));
        Assert.Equal(2, _host.OnDisk().Whole.Count);
        Assert.Empty(_host.OnDisk().Unfinished);
    }

    [Fact]
    public async Task the_same_file_again_is_well_and_another_one_of_that_name_is_not()
    {
        (await _host.UploadAsync(Wheel)).Dispose();
        using var same = await _host.UploadAsync(Wheel);
        Assert.Equal(HttpStatusCode.OK, same.StatusCode);
        using var other = await _host.UploadAsync(Distributions.Wheel("Auxo.Demo", "1.0.0", salt: 1));
        Assert.Equal(HttpStatusCode.BadRequest, other.StatusCode);
        Assert.StartsWith("File already exists", await other.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.StartsWith("File already exists", other.ReasonPhrase, StringComparison.Ordinal);
        Assert.Equal(Wheel.Content, await _host.Client.GetByteArrayAsync($"/pypi/py/files/auxo-demo/{Wheel.FileName}"));
    }

    [Fact]
    public async Task of_many_at_once_with_other_bytes_exactly_one_wins()
    {
        var all = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => _host.UploadAsync(Distributions.Wheel("demo", "1.0", salt: i))));
        Assert.Single(all, a => a.StatusCode == HttpStatusCode.OK);
        Assert.Equal(7, all.Count(static a => a.StatusCode == HttpStatusCode.BadRequest));
    }

    [Fact]
    public async Task files_of_one_release_come_one_after_the_other_in_any_spelling_of_its_version()
    {
        foreach (var file in ((string, byte[])[])[
            Distributions.Source("demo", "1.0.0"), Distributions.Wheel("demo", "1.0"),
                Distributions.Wheel("demo", "1.0", tags: "cp311-abi3-linux_x86_64")])
        {
            using var answer = await _host.UploadAsync(file);
            Assert.True(answer.IsSuccessStatusCode, answer.ReasonPhrase);
        }

        Assert.Equal("1.0.0", await _host.ScalarAsync<string>("select string_agg(version, ',') from registry.package_versions"));
        using var twin = await _host.UploadAsync(Distributions.Source("demo", "1.0"));
        Assert.StartsWith("File already exists", twin.ReasonPhrase, StringComparison.Ordinal);
    }

    [Fact]
    public async Task what_does_not_fit_its_form_is_refused_and_leaves_nothing()
    {
        foreach (var (field, value) in ((string, string?)[])[
            ("sha256_digest", "0000"), ("md5_digest", "0000"), ("blake2_256_digest", "0000"), ("name", "other"),
            ("name", "\u0430uxo-demo"), ("name", null), ("version", "1.0.1"), ("version", "new"), ("version", null),
            ("filetype", "sdist"), ("filetype", "bdist_egg"), (":action", "submit"), (":action", null), ("protocol_version", "2")])
        {
            using var answer = await _host.UploadAsync(Wheel, fields: (field, value));
            Assert.True(answer.StatusCode == HttpStatusCode.BadRequest, $"{field} {value}");
            Assert.NotEqual("Bad Request", answer.ReasonPhrase);
            AssertNothingIsKept();
        }
    }

    [Fact]
    public async Task names_of_files_that_are_no_distributions_are_refused()
    {
        foreach (var name in (string[])[
            "../auxo_demo-1.0.0-py3-none-any.whl", "auxo_demo-1.0.0-py3-none-any.whl.exe", "auxo_demo-1.0.0.zip",
            "auxo_demo-1.0.0-py3-none-any.whl.metadata", "?"])
        {
            using var answer = await _host.UploadAsync((name, Wheel.Content), fields: [("name", "auxo.demo"), ("version", "1.0.0")]);
            Assert.True(answer.StatusCode == HttpStatusCode.BadRequest, name);
            AssertNothingIsKept();
        }
    }

    [Fact]
    public async Task a_file_that_is_no_wheel_or_of_another_project_is_refused()
    {
        using var text = await _host.UploadAsync(("demo-1.0-py3-none-any.whl", "no wheel"u8.ToArray()));
        Assert.Contains("damaged", text.ReasonPhrase, StringComparison.Ordinal);
        using var renamed = await _host.UploadAsync(("demo-1.0-py3-none-any.whl", Wheel.Content));
        Assert.Equal(HttpStatusCode.BadRequest, renamed.StatusCode);
        AssertNothingIsKept();
    }

    [Fact]
    public async Task what_is_no_form_is_refused()
    {
        using var json = await _host.Client.PostAsync("/pypi/py/legacy/", new StringContent("{}", Encoding.UTF8, "application/json"));
        Assert.Equal(HttpStatusCode.BadRequest, json.StatusCode);
        var form = await Uploads.Form(Wheel, contentFirst: false).ReadAsByteArrayAsync();
        foreach (var length in (int[])[0, 10, 500, form.Length - 300, form.Length - 20])
        {
            using var content = new ByteArrayContent(form[..length]);
            content.Headers.TryAddWithoutValidation(
                "Content-Type", $"multipart/form-data; boundary={Encoding.ASCII.GetString(form, 2, Array.IndexOf(form, (byte)'\r') - 2)}");
            using var cut = await _host.Client.PostAsync("/pypi/py/legacy/", content);
            Assert.Equal(HttpStatusCode.BadRequest, cut.StatusCode);
        }

        using var twice = new MultipartFormDataContent();
        foreach (var _ in (int[])[1, 2]) twice.Add(new StringContent("demo"), "name");
        using var doubled = await _host.Client.PostAsync("/pypi/py/legacy/", twice);
        Assert.Contains("twice", doubled.ReasonPhrase, StringComparison.Ordinal);
        using var huge = await _host.UploadAsync(Wheel, fields: ("description", new string('x', 9 << 20)));
        Assert.Equal(HttpStatusCode.BadRequest, huge.StatusCode);
        AssertNothingIsKept();
    }

    [Fact]
    public async Task an_upload_that_is_cut_leaves_nothing()
    {
        using (var socket = new TcpClient())
        {
            await socket.ConnectAsync(_host.Address.Host, _host.Address.Port);
            await socket.GetStream().WriteAsync(Encoding.ASCII.GetBytes(
                $"POST /pypi/py/legacy/ HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {_host.Token}\r\nContent-Length: 5000000\r\n"
                    + "Content-Type: multipart/form-data; boundary=b\r\n\r\n--b\r\n"
                    + "Content-Disposition: form-data; name=\"content\"; filename=\"demo-1.0-py3-none-any.whl\"\r\n\r\n"));
            await socket.GetStream().WriteAsync(new byte[2_000_000]);
            await Eventually.TrueAsync(() => Task.FromResult(_host.OnDisk().Unfinished.Count == 1), "the upload has begun");
            socket.LingerState = new LingerOption(enable: true, 0);
        }

        await Eventually.TrueAsync(() => Task.FromResult(_host.OnDisk().Unfinished.Count == 0), "what was received is gone");
        Assert.Empty(_host.OnDisk().Whole);
    }

    [Fact]
    public async Task a_quota_holds_and_other_formats_take_no_distributions()
    {
        await _host.DefineAsync("small", quota: 100, format: "pypi");
        using var full = await _host.UploadAsync(Wheel, "small");
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, full.StatusCode);
        await _host.DefineAsync("files");
        foreach (var wrong in (string[])["files", "nowhere", "py@2026-01-01"])
        {
            using var answer = await _host.UploadAsync(Wheel, wrong);
            Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        }

        AssertNothingIsKept();
    }

    [Fact]
    public async Task a_removed_release_never_comes_back_and_its_bytes_go()
    {
        var source = Distributions.Source("demo", "1.0");
        (await _host.UploadAsync(source)).Dispose();
        using var removed = await _host.SendAsync(HttpMethod.Delete, "/pypi/py/projects/Demo/1.0.0");
        Assert.Equal(HttpStatusCode.NoContent, removed.StatusCode);
        using var gone = await _host.SendAsync(HttpMethod.Delete, "/pypi/py/projects/demo/1.0");
        Assert.Equal((HttpStatusCode.NotFound, "package/not-found"), await gone.ProblemAsync());
        foreach (var file in ((string, byte[])[])[source, Distributions.Source("demo", "1.0", Distributions.Metadata("demo", "1.0", ""))])
        {
            using var again = await _host.UploadAsync(file);
            Assert.Equal(HttpStatusCode.BadRequest, again.StatusCode);
            Assert.Contains("was removed", again.ReasonPhrase, StringComparison.Ordinal);
        }

        await _host.ExecuteAsync("update registry.blobs set pinned_until = '-infinity'");
        await _host.Get<BlobSweep>().RunAsync(orphans: true, CancellationToken.None);
        Assert.Empty(_host.OnDisk().Whole);
        using var got = await _host.GetAsync("/pypi/py/simple/demo/");
        Assert.Equal(HttpStatusCode.NotFound, got.StatusCode);
    }

    [Fact]
    public async Task a_token_uploads_what_its_scopes_name()
    {
        async Task<HttpStatusCode> TryAsync(string version, params string[] scopes)
        {
            var token = await AccessToken.CreateAsync(_host.Database, $"t {Guid.NewGuid()}", scopes, null, CancellationToken.None);
            return (await Eventually.ValueAsync(async () =>
            {
                // A new token is known within a second.
                var answer = await _host.UploadAsync(Distributions.Wheel("Auxo.Demo", version), token: token);
                return answer.StatusCode == HttpStatusCode.Unauthorized ? null : answer;
            }, "the token is known")).StatusCode;
        }

        Assert.Equal(HttpStatusCode.OK, await TryAsync("1", "registry:write"));
        Assert.Equal(HttpStatusCode.OK, await TryAsync("2", "registry:write:py"));
        Assert.Equal(HttpStatusCode.OK, await TryAsync("3", "registry:write:py/auxo-*"));
        Assert.Equal(HttpStatusCode.Forbidden, await TryAsync("4", "registry:write:py/other-*"));
        Assert.Equal(HttpStatusCode.Forbidden, await TryAsync("5", "registry:write:other", "registry:write:other/*", "registry:read"));
        using var stranger = await _host.UploadAsync(Wheel, token: "wrong");
        Assert.Equal(HttpStatusCode.Unauthorized, stranger.StatusCode);
        Assert.Equal(3L, await _host.ScalarAsync<long>("select count(*) from registry.package_versions"));
    }

    private void AssertNothingIsKept()
    {
        Assert.Empty(_host.OnDisk().Whole);
        Assert.Empty(_host.OnDisk().Unfinished);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        Directory.Delete(_home, recursive: true);
    }
}
