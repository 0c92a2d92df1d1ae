using System.Net;

using Auxo.Registry.Oci.Uploads;
using Auxo.Testing;

using Microsoft.Extensions.DependencyInjection;

namespace Auxo.Registry.Tests.Oci;

/// <summary>What is under way counts against the quota, and what nobody goes on with gives way.</summary>
public sealed class UploadRoomTests(PostgresFixture postgres) : IAsyncLifetime
{
    private const int Quota = 1_000_000;
    private readonly string _home = Directory.CreateTempSubdirectory("auxo-registry-").FullName;
    private readonly ManualTime _time = new();
    private string _database = "";
    private RegistryHost _host = null!;

    public async ValueTask InitializeAsync()
    {
        _database = await postgres.CreateDatabaseAsync();
        _host = await StartAsync();
        await _host.DefineAsync("app", quota: Quota, format: "oci");
    }

    [Fact]
    public async Task whoever_comes_first_has_the_room_also_after_a_restart()
    {
        var (first, second) = (await _host.BeginAsync("app/web"), await _host.BeginAsync("app/api"));
        Assert.Equal(HttpStatusCode.Accepted, await PatchAsync(first, 600_000));
        using (var refused = await _host.SendContentAsync(HttpMethod.Patch, second, new byte[600_000]))
        {
            Assert.Contains("Uploads that are under way have 600000 bytes of it", await refused.Content.ReadAsStringAsync(),
                StringComparison.Ordinal);
            Assert.Equal((HttpStatusCode.RequestEntityTooLarge, "DENIED"), await refused.ErrorAsync());
        }

        Assert.Equal(HttpStatusCode.Accepted, await PatchAsync(second, 400_000));
        using (var whole = await _host.PostAsync(
            $"/v2/app/web/blobs/uploads/?digest={Images.DigestOf(new byte[1])}", new byte[1]))
            Assert.Equal(HttpStatusCode.RequestEntityTooLarge, whole.StatusCode);

        await _host.DisposeAsync();
        _host = await StartAsync();
        var third = await _host.BeginAsync("app/web");
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, await PatchAsync(third, 1));
        (await _host.SendAsync(HttpMethod.Delete, second)).EnsureSuccessStatusCode().Dispose();
        Assert.Equal(HttpStatusCode.Accepted, await PatchAsync(third, 400_000));

        // What has become a content counts once.
        using var end = await _host.SendContentAsync(
            HttpMethod.Put, $"{first}?digest={Images.DigestOf(new byte[600_000])}", []);
        Assert.Equal(HttpStatusCode.Created, end.StatusCode);
        Assert.Equal(600_000L, await _host.ScalarAsync<long>("select used_bytes from registry.repositories"));
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, await PatchAsync(third, 1));
    }

    [Fact]
    public async Task of_two_that_do_not_say_how_long_they_are_one_gets_the_room()
    {
        var uploads = new[] { await _host.BeginAsync("app/web"), await _host.BeginAsync("app/api") };
        var answers = await Task.WhenAll(uploads.Select(async upload =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Patch, upload) { Content = new OfNoLength(600_000) };
            using var answer = await _host.Client.SendAsync(request, TestContext.Current.CancellationToken);
            return answer.StatusCode;
        }));
        Assert.Equal([HttpStatusCode.Accepted, HttpStatusCode.RequestEntityTooLarge], answers.Order());
        Assert.InRange(OnDisk(), 600_000, Quota);
    }

    [Fact]
    public async Task what_nobody_goes_on_with_gives_way_when_its_room_is_needed_and_not_before()
    {
        var (left, later) = (await _host.BeginAsync("app/web"), await _host.BeginAsync("app/web"));
        Assert.Equal(HttpStatusCode.Accepted, await PatchAsync(left, 600_000));
        _time.Advance(TimeSpan.FromMinutes(31));
        Assert.Equal(HttpStatusCode.Accepted, await PatchAsync(later, 300_000));
        // One for whom all of it were not enough takes it from nobody.
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, await PatchAsync(later, 5_000_000));
        Assert.Equal(HttpStatusCode.NoContent, await ShowAsync(left));

        Assert.Equal(HttpStatusCode.Accepted, await PatchAsync(later, 300_000));
        Assert.Equal(HttpStatusCode.NotFound, await ShowAsync(left));
        Assert.Equal(600_000, OnDisk());
    }

    [Fact]
    public async Task a_repository_has_at_most_so_many_uploads_at_once()
    {
        await _host.ExecuteAsync("""
            insert into registry.oci_uploads (id, repository, image, received_bytes, changed_at, started_by)
            select gen_random_uuid(), 'app', 'web', 0, $1, 'test' from generate_series(2, $2)
            """, _time.GetUtcNow(), UploadRoom.MostOpen);
        await _host.BeginAsync("app/web");
        using (var many = await _host.PostAsync("/v2/app/web/blobs/uploads/"))
            Assert.Equal((HttpStatusCode.TooManyRequests, "TOOMANYREQUESTS"), await many.ErrorAsync());
        await _host.DefineAsync("other", format: "oci");
        await _host.BeginAsync("other");

        _time.Advance(TimeSpan.FromMinutes(31));
        await _host.BeginAsync("app/web");
        Assert.Equal(1000L, await _host.ScalarAsync<long>("select count(*) from registry.oci_uploads where repository = 'app'"));
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    private Task<RegistryHost> StartAsync()
        => RegistryHost.StartAsync(_database, _home, services => services.AddSingleton<TimeProvider>(_time));

    private async Task<HttpStatusCode> PatchAsync(string upload, int bytes)
    {
        using var answer = await _host.SendContentAsync(HttpMethod.Patch, upload, new byte[bytes]);
        return answer.StatusCode;
    }

    private async Task<HttpStatusCode> ShowAsync(string upload)
    {
        using var answer = await _host.GetAsync(upload);
        return answer.StatusCode;
    }

    private long OnDisk()
        => new DirectoryInfo(Path.Combine(_home, "blobs", "registry", "uploads")).EnumerateFiles().Sum(static f => f.Length);

    private sealed class OfNoLength(int bytes) : HttpContent
    {
        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
            => await stream.WriteAsync(new byte[bytes]);

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
