using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json.Nodes;

using Auxo.Contracts;
using Auxo.Radicle;
using Auxo.Registry.Publishing;
using Auxo.Registry.Tests.People;
using Auxo.Testing;

using Microsoft.Extensions.DependencyInjection;

namespace Auxo.Registry.Tests.Artifacts;

public sealed class PublishTests(PostgresFixture postgres) : IAsyncLifetime
{
    private readonly string _home = Directory.CreateTempSubdirectory("auxo-registry-").FullName;
    private PipelineStandIn _pipeline = null!;
    private RegistryHost _host = null!;

    public async ValueTask InitializeAsync()
    {
        _pipeline = await PipelineStandIn.StartAsync();
        Directory.CreateDirectory(Path.Combine(_home, "run"));
        await File.WriteAllTextAsync(Path.Combine(_home, "run", "registry.token"), PipelineStandIn.Token + "\n");
        _host = await RegistryHost.StartAsync(
            await postgres.CreateDatabaseAsync(), _home, ("services:pipeline:http:0", _pipeline.Address),
            ("Auxo:PublicUrl", "https://ci.example.org"), ("Auxo:Registry:KeepNewest", "1"));
    }

    [Fact]
    public async Task what_a_passed_build_kept_can_be_fetched_with_its_origin()
    {
        var content = RandomNumberGenerator.GetBytes(100_000);
        var finished = Builds.Finished(
            1, [_pipeline.Keep("out/app.bin", content), _pipeline.Keep("läs mig.txt", "hi"u8.ToArray()),
                _pipeline.Keep("out/copy.bin", content)]);
        await TellAsync(Builds.Advanced(1), finished);
        var id = finished.Subject.BuildId;
        await PublishedAsync(id);

        Assert.Equal(2, _pipeline.Asked.Count);
        using var got = await _host.GetAsync($"/artifacts/{Builds.Rid}/{id}/files/out/app.bin");
        Assert.Equal(content, await got.Content.ReadAsByteArrayAsync());
        Assert.Equal($"\"{finished.Artifacts[0].Digest}\"", got.Headers.ETag!.Tag);
        Assert.Contains(got.Headers.CacheControl!.Extensions, static e => e.Name == "immutable");
        Assert.Equal("hi", await _host.Client.GetStringAsync($"/artifacts/{Builds.Rid}/latest/files/l%C3%A4s%20mig.txt"));
        using var part = await _host.GetAsync($"/artifacts/{Builds.Rid}/{Builds.Commit(1)}/files/out/app.bin", ("Range", "bytes=99990-"));
        Assert.Equal((HttpStatusCode.PartialContent, 10L), (part.StatusCode, part.Content.Headers.ContentLength));

        var version = await _host.Client.GetFromJsonAsync<JsonNode>($"/artifacts/{Builds.Rid}/latest");
        Assert.Equal((id.ToString(), "published", true), (
            (string)version!["buildId"]!, (string)version["state"]!, (bool)version["latest"]!));
        Assert.Equal("hi", await _host.Client.GetStringAsync(
            (string)version["files"]!.AsArray().Single(static f => ((string)f!["name"]!).StartsWith('l'))!["url"]!));
        using var provenance = await _host.GetAsync((string)version["provenance"]!);
        Assert.Equal(Provenance.MediaType, provenance.Content.Headers.ContentType!.ToString());
        Assert.Equal(3, JsonNode.Parse(await provenance.Content.ReadAsStringAsync())!["subject"]!.AsArray().Count);

        var sent = Assert.Single(await _host.SentAsync());
        Assert.Equal(("build", Builds.Rid.Value, "latest", $"https://ci.example.org/artifacts/{Builds.Rid}/{id}"),
            (sent.Ecosystem, sent.Name, sent.Channel, sent.Url?.ToString()));
        Assert.Equal(3, sent.Files.Count);
        using var none = await _host.GetAsync($"/artifacts/{Builds.Rid}/{id}/files/nothing");
        Assert.Equal((HttpStatusCode.NotFound, "artifact/not-found"), await none.ProblemAsync());
        using var nowhere = await _host.GetAsync($"/artifacts/{Builds.Rid}/{Builds.Commit(7)}");
        Assert.Equal((HttpStatusCode.NotFound, "artifact/no-version"), await nowhere.ProblemAsync());
    }

    [Fact]
    public async Task the_command_line_is_answered_as_recorded()
    {
        var finished = Builds.Finished(1, [_pipeline.Keep("out/app.bin", [1, 2, 3])]);
        await TellAsync(Builds.Advanced(1), finished);
        await PublishedAsync(finished.Subject.BuildId);
        await _host.DefineAsync("files");
        await _host.DefineAsync("npm", format: "npm", upstream: "https://registry.example");
        using (await _host.PutAsync("/raw/files/app.bin", "raw")) { }
        const string key = "did:key:z6MkqeogXoHTADzDq1yapEfHVezZwSB8TQ1kb5nYPYVuDwU6";
        using (await _host.AddPersonAsync("alice", "developer", "correct horse battery", key)) { }
        await _host.SignInAsync("alice", "correct horse battery");

        foreach (var (route, path) in ((string, string)[])[
            ("artifacts", "/artifacts"), ("artifacts/{rid}/{version}", $"/artifacts/{Builds.Rid}/latest"), ("tokens", "/tokens"),
            ("tokens/self", "/tokens/self"), ("people", "/people"), ("repositories", "/repositories"), ("raw/{repository}", "/raw/files"),
            ("mirrors", "/mirrors"), ("queues", "/queues"), ("describe", "/describe"),
            ("timeline", $"/timeline?build={finished.Subject.BuildId}")])
            RecordedAnswers.Match("registry", route, (await _host.Client.GetFromJsonAsync<JsonNode>(path))!);
    }

    [Fact]
    public async Task the_end_of_a_build_reported_twice_is_published_once()
    {
        var finished = Builds.Finished(1, [_pipeline.Keep("a", [1])]);
        await TellAsync(finished);
        await PublishedAsync(finished.Subject.BuildId);
        await TellAsync(finished);
        Assert.Single(_pipeline.Asked);
        Assert.Single(await _host.SentAsync());
    }

    [Fact]
    public async Task latest_is_the_newest_head_that_has_files_and_versions_never_change()
    {
        var builds = Enumerable.Range(1, 3).Select(n => Builds.Finished(n, [_pipeline.Keep("a", [(byte)n])])).ToList();
        await TellAsync(Builds.Advanced(1), Builds.Advanced(2), Builds.Advanced(3));
        await TellAsync(builds[1]);
        await PublishedAsync(builds[1].Subject.BuildId);
        // An older head that is published later, the newest one by hand, and a patch with the newest head's commit.
        foreach (var later in (BuildFinished[])[
            builds[0], Builds.Finished(3, [_pipeline.Keep("a", [33])], trigger: BuildTrigger.Manual),
            Builds.Finished(3, [_pipeline.Keep("a", [34])], trigger: BuildTrigger.Patch)])
        {
            await TellAsync(later);
            await PublishedAsync(later.Subject.BuildId);
        }

        Assert.Equal([2], await _host.Client.GetByteArrayAsync($"/artifacts/{Builds.Rid}/latest/files/a"));
        await TellAsync(builds[2]);
        await PublishedAsync(builds[2].Subject.BuildId);
        Assert.Equal([3], await _host.Client.GetByteArrayAsync($"/artifacts/{Builds.Rid}/latest/files/a"));
        // A commit means what was first published of it.
        Assert.Equal([33], await _host.Client.GetByteArrayAsync($"/artifacts/{Builds.Rid}/{Builds.Commit(3)}/files/a"));
        await TellAsync(Builds.Advanced(1));
        await Eventually.TrueAsync(async ()
            => (await _host.Client.GetByteArrayAsync($"/artifacts/{Builds.Rid}/latest/files/a"))[0] == 1, "the branch was set back");
        Assert.Equal(3, (await _host.SentAsync()).Count(static s => s.Channel is null));

        var list = await _host.Client.GetFromJsonAsync<JsonNode>($"/artifacts?rid={Builds.Rid}&ref=main&limit=2");
        Assert.Equal(2, list!["items"]!.AsArray().Count);
        var next = await _host.Client.GetFromJsonAsync<JsonNode>($"/artifacts?rid={Builds.Rid}&ref=main&limit=5&after={list["next"]}");
        Assert.Equal(2, next!["items"]!.AsArray().Count);
        Assert.Null(next["next"]);
        var one = await _host.Client.GetFromJsonAsync<JsonNode>($"/artifacts?build={builds[0].Subject.BuildId.ToString()[..7]}");
        Assert.True((bool)Assert.Single(one!["items"]!.AsArray())!["latest"]!);
    }

    [Fact]
    public async Task a_pipeline_that_is_down_or_breaks_off_is_asked_again()
    {
        var calls = 0;
        _pipeline.Fault = async http =>
        {
            switch (Interlocked.Increment(ref calls))
            {
                case 1:
                    http.Response.StatusCode = 503;
                    return true;
                case 2:
                    http.Response.ContentLength = 4;
                    await http.Response.Body.WriteAsync(new byte[2]);
                    await http.Response.Body.FlushAsync();
                    http.Abort();
                    return true;
                default:
                    return false;
            }
        };
        var finished = Builds.Finished(1, [_pipeline.Keep("a", [1, 2, 3, 4])]);
        await TellAsync(finished);
        await PublishedAsync(finished.Subject.BuildId);
        Assert.Equal(3, calls);
        Assert.Empty(_host.OnDisk().Unfinished);
    }

    [Fact]
    public async Task a_pipeline_that_does_not_answer_in_time_is_asked_again()
    {
        await _host.DisposeAsync();
        _host = await RegistryHost.StartAsync(
            await postgres.CreateDatabaseAsync(), _home,
            static s => s.AddHttpClient(PipelineBlobs.Client).ConfigureHttpClient(static c => c.Timeout = TimeSpan.FromSeconds(1)),
            ("services:pipeline:http:0", _pipeline.Address));
        var calls = 0;
        _pipeline.Fault = async http =>
        {
            if (Interlocked.Increment(ref calls) > 1) return false;
            var left = new TaskCompletionSource();
            await using var leaves = http.RequestAborted.Register(left.SetResult);
            await left.Task;
            return true;
        };
        var finished = Builds.Finished(1, [_pipeline.Keep("a", [1, 2, 3, 4])]);
        await TellAsync(finished);
        await PublishedAsync(finished.Subject.BuildId);
        Assert.InRange(await _host.ScalarAsync<int>("select attempts from registry.publications"), 1, int.MaxValue);
    }

    [Fact]
    public async Task other_bytes_than_promised_are_never_published()
    {
        _pipeline.Fault = async http =>
        {
            await http.Response.Body.WriteAsync("evil"u8.ToArray());
            return true;
        };
        var finished = Builds.Finished(1, [_pipeline.Keep("a", [1, 2, 3, 4])]);
        await TellAsync(finished);
        await Eventually.TrueAsync(
            async () => await _host.ScalarAsync<int>("select attempts from registry.publications") > 0, "it was tried");
        Assert.Contains("something else", await _host.ScalarAsync<string>("select reason from registry.publications"),
            StringComparison.Ordinal);
        Assert.Empty(_host.OnDisk().Whole);
        using var answer = await _host.GetAsync($"/artifacts/{Builds.Rid}/{finished.Subject.BuildId}/files/a");
        Assert.Equal((HttpStatusCode.Conflict, "artifact/not-yet"), await answer.ProblemAsync());
    }

    [Fact]
    public async Task what_the_pipeline_has_no_more_is_given_up_visibly()
    {
        var artifact = _pipeline.Keep("a", [1]);
        _pipeline.Lose(artifact);
        var finished = Builds.Finished(1, [artifact]);
        await TellAsync(finished);
        await Eventually.TrueAsync(async () =>
        {
            await _host.ExecuteAsync("update registry.publications set not_before = null where attempts > 0");
            _host.Get<PublishWorker>().Wake();
            return await _host.ScalarAsync<string>("select state from registry.publications") == "failed";
        }, "it is given up");
        Assert.Equal(PublishWorker.MostGone, _pipeline.Asked.Count);
        using var answer = await _host.GetAsync($"/artifacts/{Builds.Rid}/{finished.Subject.BuildId}/files/a");
        Assert.Equal((HttpStatusCode.Gone, "artifact/gone"), await answer.ProblemAsync());
    }

    [Fact]
    public async Task cleaning_up_frees_what_nobody_needs_and_remembers_that_it_was()
    {
        var builds = Enumerable.Range(1, 3)
            .Select(n => Builds.Finished(n, [_pipeline.Keep("a", [(byte)n]), _pipeline.Keep("same", [9, 9])])).ToList();
        foreach (var build in builds)
        {
            await TellAsync(Builds.Advanced(int.Parse(build.Subject.Commit.Value)), build);
            await PublishedAsync(build.Subject.BuildId);
        }

        using (var nothing = await _host.Client.PostAsync(new Uri("/artifacts/cleanup", UriKind.Relative), null))
            Assert.Empty((await nothing.Content.ReadFromJsonAsync<JsonNode>())!["items"]!.AsArray());
        await _host.ExecuteAsync(
            "update registry.publications set published_at = published_at - interval '100 days'; update registry.blobs "
                + "set pinned_until = '-infinity'");
        await _host.ExecuteAsync("update registry.publications set downloaded_at = now() where commit_id = $1", Builds.Commit(2).Value);
        var preview = await _host.Client.GetFromJsonAsync<JsonNode>("/artifacts/cleanup");
        Assert.Equal(builds[0].Subject.BuildId.ToString(), (string)Assert.Single(preview!["items"]!.AsArray())!["buildId"]!);
        using var done = await _host.Client.PostAsync(new Uri("/artifacts/cleanup", UriKind.Relative), null);
        Assert.Equal(preview.ToJsonString(), (await done.Content.ReadFromJsonAsync<JsonNode>())!.ToJsonString());
        using var gone = await _host.GetAsync($"/artifacts/{Builds.Rid}/{builds[0].Subject.BuildId}/files/a");
        Assert.Equal((HttpStatusCode.Gone, "artifact/gone"), await gone.ProblemAsync());
        Assert.Equal([9, 9], await _host.Client.GetByteArrayAsync($"/artifacts/{Builds.Rid}/latest/files/same"));
        Assert.Equal(3, _host.OnDisk().Whole.Count);
        using var provenance = await _host.GetAsync($"/artifacts/{Builds.Rid}/{builds[0].Subject.BuildId}/provenance");
        Assert.Equal(HttpStatusCode.OK, provenance.StatusCode);

        // The same, signed: whoever knows the key needs nobody else.
        var key = Did.Parse((string)(await _host.Client.GetFromJsonAsync<JsonNode>("/provenance/key"))!["key"]!);
        var envelope = await _host.Client.GetByteArrayAsync($"/artifacts/{Builds.Rid}/{builds[0].Subject.BuildId}/provenance/envelope");
        var opened = SignedStatement.Open(envelope, Provenance.MediaType, [key]);
        Assert.Equal(await provenance.Content.ReadAsByteArrayAsync(), opened!.Value.Payload);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(_home, "provenance.key")));
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        await _pipeline.DisposeAsync();
        Directory.Delete(_home, recursive: true);
    }

    private async Task TellAsync(params object[] messages)
    {
        foreach (var message in messages) await _host.Queues.SendAsync("registry", message);
        await _host.Queues.QuietAsync("registry");
    }

    private Task PublishedAsync(Guid build)
        => Eventually.TrueAsync(async ()
            => await _host.ScalarAsync<long>($"select count(*) from registry.publications where build_id = '{build}' "
                + "and state = 'published'") == 1, "it is published");
}
