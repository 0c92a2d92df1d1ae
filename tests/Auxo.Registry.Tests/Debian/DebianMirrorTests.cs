using System.Net;
using System.Text;

using Auxo.Registry.Mirrors;
using Auxo.Registry.Repositories;
using Auxo.Registry.Tests.Mirrors;
using Auxo.Testing;

using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Auxo.Registry.Tests.Debian;

/// <summary>What apt gets of a Debian repository through a mirror.</summary>
public sealed class DebianMirrorTests(PostgresFixture postgres) : IAsyncLifetime
{
    private readonly ManualTime _time = new();
    private readonly string _home = Directory.CreateTempSubdirectory("auxo-registry-").FullName;
    private UpstreamStandIn _upstream = null!;
    private RegistryHost _host = null!;

    public async ValueTask InitializeAsync()
    {
        _upstream = await UpstreamStandIn.StartAsync();
        _host = await RegistryHost.StartAsync(await postgres.CreateDatabaseAsync(), Path.Combine(_home, "auxo"),
            s => s.AddSingleton<TimeProvider>(_time), ("Auxo:Egress:Allow", "127.0.0.1"));
        await _host.DefineAsync("deb", format: "debian", upstream: _upstream.Address + "/");
    }

    [Theory]
    [InlineData(true, "dists/stable")]
    [InlineData(false, "dists/stable")]
    [InlineData(false, "dists/stable/updates")]
    [InlineData(true, "")]
    public async Task what_was_fetched_is_served_when_upstream_is_gone(bool byHash, string suite)
    {
        var archive = new DebianArchive { HasByHash = byHash, Suite = suite };
        var path = archive.Add("hello", "2.10-3+b1", "a package"u8.ToArray());
        archive.Serve(_upstream);
        var index = byHash ? archive.IndexByHash : archive.IndexPath;
        // Nothing says yet what a package has to be.
        using (var early = await _host.GetAsync($"/debian/deb/{path}"))
        {
            var (status, type) = await early.ProblemAsync();
            Assert.Equal((HttpStatusCode.NotFound, "file/not-found"), (status, type));
        }

        for (var round = 0; round < 2; round++)
        {
            Assert.Equal(archive.Files[archive.ReleasePath], await GetAsync(archive.ReleasePath));
            Assert.Equal(archive.Files[archive.IndexPath], await GetAsync(index));
            Assert.Equal(archive.Files[archive.IndexPath], await GetAsync(archive.IndexPath));
            Assert.Equal("a package"u8.ToArray(), await GetAsync(path.Replace("+", "%2b", StringComparison.Ordinal)));
            Assert.Equal("a package"u8.ToArray(), await GetAsync("./" + path));
            if (round == 0) await _upstream.DisposeAsync();
            _time.Advance(TimeSpan.FromHours(1));
        }

        Assert.Equal(1, _upstream.Asked.Count(a => a.Path.StartsWith($"/{path}", StringComparison.Ordinal)));
        using var stale = await _host.GetAsync($"/debian/deb/{archive.ReleasePath}");
        Assert.StartsWith("110", stale.Headers.NonValidated["Warning"].ToString(), StringComparison.Ordinal);
        using var unknown = await _host.GetAsync("/debian/deb/dists/other/InRelease");
        Assert.Equal((HttpStatusCode.BadGateway, "mirror/upstream-away"), await unknown.ProblemAsync());
    }

    [Fact]
    public async Task other_bytes_than_the_index_says_are_not_handed_out()
    {
        var archive = new DebianArchive();
        var path = archive.Add("hello", "1.0", "a package"u8.ToArray());
        archive.Serve(_upstream);
        await GetAsync(archive.ReleasePath);
        await GetAsync(archive.IndexPath);
        foreach (var wrong in (string[])["another..", "short", "a package that is longer"])
        {
            archive.Files[path] = Encoding.ASCII.GetBytes(wrong);
            using var answer = await _host.GetAsync($"/debian/deb/{path}");
            Assert.Equal(HttpStatusCode.BadGateway, answer.StatusCode);
        }

        archive.Files[path] = "a package"u8.ToArray();
        Assert.Equal("a package"u8.ToArray(), await GetAsync(path));

        var hash = new string('a', 64);
        archive.Files[$"dists/stable/main/binary-amd64/by-hash/SHA256/{hash}"] = "something"u8.ToArray();
        using var index = await _host.GetAsync($"/debian/deb/dists/stable/main/binary-amd64/by-hash/SHA256/{hash}");
        Assert.Equal((HttpStatusCode.BadGateway, "mirror/changed"), await index.ProblemAsync());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task an_upstream_that_moves_on_between_two_questions_is_followed(bool byHash)
    {
        var archive = new DebianArchive { HasByHash = byHash };
        archive.Add("hello", "1.0", "old"u8.ToArray());
        archive.Serve(_upstream);
        await GetAsync(archive.ReleasePath);
        var newer = archive.Add("hello", "1.1", "new"u8.ToArray());
        if (byHash) archive.Files.Keys.Where(k => k.Contains("by-hash", StringComparison.Ordinal) && k != archive.IndexByHash).ToList()
            .ForEach(k => archive.Files.Remove(k));
        // By its name, as clients without by-hash ask: the release that is here names one that is gone.
        Assert.Equal(archive.Files[archive.IndexPath], await GetAsync(archive.IndexPath));
        Assert.Equal("new"u8.ToArray(), await GetAsync(newer));
        Assert.Equal(archive.Files[archive.ReleasePath], await GetAsync(archive.ReleasePath));
    }

    [Fact]
    public async Task a_package_of_an_older_list_is_found_and_stays()
    {
        var archive = new DebianArchive();
        var old = archive.Add("hello", "1.0", "old"u8.ToArray());
        archive.Serve(_upstream);
        await GetAsync(archive.ReleasePath);
        await GetAsync(archive.IndexByHash);
        var later = new DebianArchive();
        var newer = later.Add("hello", "1.1", "new"u8.ToArray());
        later.Files[old] = "old"u8.ToArray();
        later.Serve(_upstream);
        _time.Advance(TimeSpan.FromHours(1));
        await GetAsync(later.ReleasePath);
        await GetAsync(later.IndexByHash);
        Assert.Equal("old"u8.ToArray(), await GetAsync(old));
        Assert.Equal("new"u8.ToArray(), await GetAsync(newer));
        later.Files.Remove(old);
        Assert.Equal("old"u8.ToArray(), await GetAsync(old));
    }

    [Fact]
    public async Task a_refresh_brings_the_indexes_that_are_used()
    {
        var archive = new DebianArchive();
        archive.Add("hello", "1.0", "old"u8.ToArray());
        archive.Serve(_upstream);
        await GetAsync(archive.ReleasePath);
        await GetAsync(archive.IndexByHash);
        archive.Add("hello", "1.1", "new"u8.ToArray());
        _time.Advance(TimeSpan.FromDays(1));
        var repository = (await RepositoryTable.FindAsync(_host.Database, "deb", CancellationToken.None))!;
        var result = await _host.Get<MirrorRefresh>().RunAsync(
            repository, _time.GetUtcNow().AddDays(1), TestContext.Current.CancellationToken);
        Assert.Equal(new RefreshResult(1, 1, 0, null), result);
        await _upstream.DisposeAsync();
        Assert.Equal(archive.Files[archive.ReleasePath], await GetAsync(archive.ReleasePath));
        Assert.Equal(archive.Files[archive.IndexPath], await GetAsync(archive.IndexByHash));
    }

    [Fact]
    public async Task a_signature_is_of_what_it_signs()
    {
        Func<HttpContext, Task> Answer(string round)
            => http => http.Response.WriteAsync(
                http.Request.Path.Value!.EndsWith(".gpg", StringComparison.Ordinal) ? $"sig {round}" : round);

        _upstream.Answer = Answer("1");
        Assert.Equal("1"u8.ToArray(), await GetAsync("dists/stable/Release"));
        Assert.Equal("sig 1"u8.ToArray(), await GetAsync("dists/stable/Release.gpg"));
        _upstream.Answer = Answer("2");
        _time.Advance(TimeSpan.FromMinutes(4));
        await _host.ExecuteAsync(
            "update registry.mirrored_documents set checked_at = checked_at - interval '1 hour' where key like '%Release'");
        Assert.Equal("2"u8.ToArray(), await GetAsync("dists/stable/Release"));
        Assert.Equal("sig 2"u8.ToArray(), await GetAsync("dists/stable/Release.gpg"));
    }

    [Theory]
    [InlineData("dists/../../etc/passwd", HttpStatusCode.BadRequest)]
    [InlineData("dists/%2e%2e/x", HttpStatusCode.BadRequest)]
    [InlineData("dists/%252e/x", HttpStatusCode.BadRequest)]
    [InlineData("a%2fb", HttpStatusCode.BadRequest)]
    [InlineData("p%D0%BEol/a.deb", HttpStatusCode.BadRequest)]
    [InlineData("a//b", HttpStatusCode.BadRequest)]
    [InlineData("dists/x/by-hash/SHA256/zz", HttpStatusCode.NotFound)]
    [InlineData("dists/x/main/binary-amd64/Packages.diff/Index", HttpStatusCode.NotFound)]
    [InlineData("pool/a.deb", HttpStatusCode.NotFound)]
    public async Task a_path_that_is_none_is_refused_and_upstream_not_asked(string path, HttpStatusCode status)
    {
        using var raw = new System.Net.Sockets.TcpClient();
        await raw.ConnectAsync(IPAddress.Loopback, _host.Address.Port, TestContext.Current.CancellationToken);
        await using var stream = raw.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(
            $"GET /debian/deb/{path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {_host.Token}\r\nConnection: close\r\n\r\n"));
        var answer = await new StreamReader(stream).ReadToEndAsync(TestContext.Current.CancellationToken);
        Assert.Matches($"^HTTP/1.1 ({(int)status}|404) ", answer);
        Assert.Empty(_upstream.Asked);
    }

    [Fact]
    public async Task a_very_long_name_is_refused()
    {
        using var answer = await _host.GetAsync($"/debian/deb/{new string('a', 1000)}");
        Assert.Equal((HttpStatusCode.BadRequest, "file/invalid-name"), await answer.ProblemAsync());
    }

    [Fact]
    public async Task an_index_that_is_broken_does_no_harm()
    {
        var archive = new DebianArchive();
        archive.Add("hello", "1.0", "x"u8.ToArray());
        var broken = new byte[] { 0x1F, 0x8B, 9, 9 };
        var hash = DebianArchive.Hash(broken);
        archive.Files[$"dists/stable/main/binary-amd64/by-hash/SHA256/{hash}"] = broken;
        archive.Serve(_upstream);
        await GetAsync($"dists/stable/main/binary-amd64/by-hash/SHA256/{hash}");
        using var none = await _host.GetAsync("/debian/deb/pool/main/h/hello/hello_1.0_amd64.deb");
        Assert.Equal((HttpStatusCode.NotFound, "file/not-found"), await none.ProblemAsync());
        await GetAsync(archive.ReleasePath);
        await GetAsync(archive.IndexByHash);
        Assert.Equal("x"u8.ToArray(), await GetAsync("pool/main/h/hello/hello_1.0_amd64.deb"));
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        await _upstream.DisposeAsync();
        Directory.Delete(_home, recursive: true);
    }

    private async Task<byte[]> GetAsync(string path)
    {
        using var answer = await _host.GetAsync($"/debian/deb/{path}");
        Assert.True(answer.IsSuccessStatusCode, $"{path}: {await answer.Content.ReadAsStringAsync()}");
        return await answer.Content.ReadAsByteArrayAsync();
    }
}
