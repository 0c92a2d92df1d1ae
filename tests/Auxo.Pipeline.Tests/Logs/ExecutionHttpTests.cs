using System.Net;
using System.Net.Http.Headers;
using System.Net.ServerSentEvents;
using System.Text;

using Auxo.Pipeline.Artifacts;
using Auxo.Pipeline.Execution;
using Auxo.Pipeline.Logs;
using Auxo.Pipeline.Tests.Execution;
using Auxo.ServiceDefaults;
using Auxo.ServiceDefaults.Access;
using Auxo.ServiceDefaults.Storage;
using Auxo.Testing;

using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

using Npgsql;

namespace Auxo.Pipeline.Tests.Logs;

/// <summary>Logs and artifacts over HTTP: a real service, real tokens.</summary>
public sealed class ExecutionHttpTests(PostgresFixture postgres) : IAsyncLifetime
{
    private readonly Bench _bench = new();
    private readonly Guid _build = Guid.NewGuid();
    private WebApplication _app = null!;
    private HttpClient _http = null!;

    public async ValueTask InitializeAsync()
    {
        var database = await postgres.CreateDatabaseAsync();
        await SchemaMigration.ApplyAsync(Pipeline.Configuration.Model, database, CancellationToken.None);
        var builder = WebApplication.CreateSlimBuilder(
            ["--Logging:Console:LogLevel:Default=None", "--urls=http://127.0.0.1:0", $"--AUXO_HOME={_bench.Layout.Home}",
                $"--ConnectionStrings:auxo={database}"]);
        builder.AddServiceDefaults("pipeline");
        builder.Services.AddSingleton(NpgsqlDataSource.Create(database));
        builder.Services.AddExecution(builder.Configuration);
        _app = builder.Build();
        _app.MapDefaultEndpoints();
        _app.MapLogs();
        _app.MapArtifacts();
        await using var source = NpgsqlDataSource.Create(database);
        await AccessToken.ApplySchemaAsync(source, CancellationToken.None);
        var token = await AccessToken.CreateAsync(source, "reader", ["pipeline:read"], null, CancellationToken.None);
        await _app.StartAsync();
        _http = new HttpClient
        {
            BaseAddress = new Uri(_app.Urls.First()), DefaultRequestHeaders =
                { Authorization = new AuthenticationHeaderValue("Bearer", token) },
        };
    }

    [Fact]
    public async Task an_open_log_is_read_whole_by_range_and_by_its_tail_and_nothing_keeps_it()
    {
        var log = await Logs.OpenAsync(_build, "test", CancellationToken.None);
        await log.WriteAsync("0123456789"u8.ToArray());
        using var whole = await GetAsync("test");
        Assert.Equal(("0123456789", "no-store", "open"), (await whole.Content.ReadAsStringAsync(),
            whole.Headers.CacheControl!.ToString(), whole.Headers.GetValues("Auxo-Log-State").Single()));
        Assert.Equal("text/plain; charset=utf-8", whole.Content.Headers.ContentType!.ToString());
        Assert.Null(whole.Headers.ETag);

        using var tail = await GetAsync("test", new RangeHeaderValue(null, 3));
        Assert.Equal((HttpStatusCode.PartialContent, "789"), (tail.StatusCode, await tail.Content.ReadAsStringAsync()));
        using var rest = await GetAsync("test", new RangeHeaderValue(8, null));
        Assert.Equal("89", await rest.Content.ReadAsStringAsync());
        using var beyond = await GetAsync("test", new RangeHeaderValue(10, null));
        Assert.Equal(HttpStatusCode.RequestedRangeNotSatisfiable, beyond.StatusCode);
        await log.CompleteAsync();
    }

    [Fact]
    public async Task a_complete_log_has_a_tag_to_resume_by()
    {
        var log = await Logs.OpenAsync(_build, "a step/of mine", CancellationToken.None);
        log.WriteLine("hello");
        await log.CompleteAsync();
        using var whole = await GetAsync(LogName.Of("a step/of mine"));
        Assert.Equal("complete", whole.Headers.GetValues("Auxo-Log-State").Single());
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/builds/{_build}/logs/{LogName.Of("a step/of mine")}")
        {
            Headers = { Range = new RangeHeaderValue(2, 3), IfRange = new RangeConditionHeaderValue(whole.Headers.ETag!) },
        };
        using var part = await _http.SendAsync(request);
        Assert.Equal((HttpStatusCode.PartialContent, "ll"), (part.StatusCode, await part.Content.ReadAsStringAsync()));
    }

    [Fact]
    public async Task events_come_while_the_step_prints_resume_by_id_and_end()
    {
        var log = await Logs.OpenAsync(_build, "test", CancellationToken.None);
        log.WriteLine("one");
        await using var first = await EventsAsync(null);
        Assert.Equal(("message", "one\n", "4"), await NextAsync(first));
        log.WriteLine("two");
        Assert.Equal(("message", "two\n", "8"), await NextAsync(first));

        await using var second = await EventsAsync("4");
        Assert.Equal(("message", "two\n", "8"), await NextAsync(second));
        await log.WriteAsync(new byte[] { 0xFF, (byte)'\r', (byte)'x' });
        Assert.Equal(("message", "\uFFFD\nx", "11"), await NextAsync(second));
        await log.CompleteAsync();
        Assert.Equal(("end", "11", "11"), await NextAsync(second));
        Assert.False(await second.MoveNextAsync());

        await using var late = await EventsAsync("11");
        Assert.Equal(("end", "11", "11"), await NextAsync(late));
        using var wrong = new HttpRequestMessage(HttpMethod.Get, $"/builds/{_build}/logs/test/events")
        {
            Headers = { { "Last-Event-ID", "999" } },
        };
        using var answer = await _http.SendAsync(wrong);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    [Theory]
    [InlineData("test")]
    [InlineData("..%2F..%2Fetc%2Fpasswd")]
    public async Task a_log_that_is_not_there_is_not_found(string step)
    {
        using var log = await GetAsync(step);
        Assert.Equal(HttpStatusCode.NotFound, log.StatusCode);
        using var events = await GetAsync(step + "/events");
        Assert.Equal(HttpStatusCode.NotFound, events.StatusCode);
    }

    [Fact]
    public async Task without_a_token_nothing_is_read()
    {
        using var anonymous = new HttpClient { BaseAddress = _http.BaseAddress };
        foreach (var path in (string[])["logs/test", "logs/test/events", "artifacts/x"])
            Assert.Equal(HttpStatusCode.Unauthorized, (await anonymous.GetAsync($"/builds/{_build}/{path}")).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await anonymous.GetAsync($"/blobs/sha256:{new string('0', 64)}")).StatusCode);
    }

    [Fact]
    public async Task an_artifact_is_a_download_by_name_and_by_digest()
    {
        var commit = _bench.Commit(("out/page one.html", "<script>"), ("x", "y"));
        await using var workspace = await _bench.Workspaces.PrepareAsync(_bench.Source, commit, _build, CancellationToken.None);
        var (artifacts, _) = await _app.Services.GetRequiredService<ArtifactStore>()
            .CollectAsync(_build, workspace, ["out/*"], mask: null, CancellationToken.None);
        using var page = await _http.GetAsync($"/builds/{_build}/artifacts/out/page%20one.html");
        Assert.Equal("<script>", await page.Content.ReadAsStringAsync());
        Assert.Equal($"\"{artifacts[0].Digest}\"", page.Headers.ETag!.Tag);
        Assert.Equal("attachment", page.Content.Headers.ContentDisposition!.DispositionType);
        Assert.Equal("nosniff", page.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.Equal("<script>", await _http.GetStringAsync($"/blobs/{artifacts[0].Digest}"));
        foreach (var path in (string[])[$"/builds/{_build}/artifacts/x", $"/builds/{_build}/artifacts/..%2F..%2Fx", "/blobs/sha256:00"])
            Assert.Equal(HttpStatusCode.NotFound, (await _http.GetAsync(path)).StatusCode);
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _app.DisposeAsync();
        _bench.Dispose();
    }

    private LogStore Logs => _app.Services.GetRequiredService<LogStore>();

    private async Task<HttpResponseMessage> GetAsync(string step, RangeHeaderValue? range = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/builds/{_build}/logs/{step}") { Headers = { Range = range } };
        return await _http.SendAsync(request);
    }

    private async Task<IAsyncEnumerator<SseItem<string>>> EventsAsync(string? lastEventId)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/builds/{_build}/logs/test/events");
        if (lastEventId is not null) request.Headers.Add("Last-Event-ID", lastEventId);
        var answer = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal("text/event-stream", answer.Content.Headers.ContentType!.MediaType);
        return SseParser.Create(await answer.Content.ReadAsStreamAsync(), static (_, data) => Encoding.UTF8.GetString(data))
            .EnumerateAsync().GetAsyncEnumerator();
    }

    private static async Task<(string Type, string Data, string? Id)> NextAsync(IAsyncEnumerator<SseItem<string>> events)
    {
        Assert.True(await events.MoveNextAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(20)));
        return (events.Current.EventType, events.Current.Data, events.Current.EventId);
    }
}
