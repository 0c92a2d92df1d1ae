using System.Net.Http.Json;
using System.Text.Json.Nodes;

using Auxo.Contracts;
using Auxo.Testing;

namespace Auxo.Pipeline.Tests.Host;

/// <summary>Merges of what has passed, and of what has not.</summary>
public sealed class MergeTests(PostgresFixture postgres) : IAsyncLifetime
{
    private readonly string _home = Directory.CreateTempSubdirectory("auxo-home-").FullName;
    private GitRepository _repository = null!;
    private Told _told = null!;
    private PipelineHost _host = null!;

    public async ValueTask InitializeAsync()
    {
        _repository = await GitRepository.CreateAsync();
        _told = new Told(_repository);
        _host = await PipelineHost.StartAsync(await postgres.CreateDatabaseAsync(), _home);
        await _host.SendAsync(_told.Tracked());
        await _host.Queues.QuietAsync("pipeline");
    }

    [Fact]
    public async Task a_merge_of_what_has_passed_is_kept_and_alarms_nobody()
    {
        var head = await BuiltAsync("true");
        Assert.True((bool)(await GateAsync(head))["passed"]!);
        await _host.SendAsync(Merged(head));
        var merge = await MergedAsync(unpassed: false);
        Assert.Equal((true, head.Value, _told.BuildOf(head).ToString()),
            ((bool)merge["passed"]!, (string)merge["commit"]!, (string)merge["buildId"]!));
        Assert.Empty(await MergesAsync(unpassed: true));
        Assert.Empty(await ToldAsync());
    }

    [Fact]
    public async Task a_merge_of_what_has_failed_is_found_once_and_told()
    {
        var head = await BuiltAsync("false");
        await _host.SendAsync(Merged(head));
        await _host.SendAsync(Merged(head));
        await _host.Queues.QuietAsync("pipeline");
        var merge = await MergedAsync(unpassed: true);
        Assert.EndsWith($" of {head.Short} has failed", (string)merge["reason"]!, StringComparison.Ordinal);
        // What is sent twice is one notification: notify knows it by what happened.
        Assert.All(await ToldAsync(), told => Assert.Equal(("demo", head, Told.Alice), (told.RepositoryName, told.Commit, told.By)));
        Assert.NotEmpty(await ToldAsync());
    }

    [Fact]
    public async Task a_merge_of_what_was_never_built_is_found_too()
    {
        var head = await _repository.CommitAsync(("README.md", "# Demo\n"));
        var gate = await GateAsync(head);
        Assert.Equal((false, $"no build of {head.Short} has ended with a verdict", "main"),
            ((bool)gate["passed"]!, (string)gate["reason"]!, (string)gate["branch"]!));
        await _host.SendAsync(Merged(head));
        await MergedAsync(unpassed: true);
    }

    [Fact]
    public async Task a_merge_that_somebody_answered_for_says_who_and_why_and_is_told_all_the_same()
    {
        var head = await BuiltAsync("false");
        using var kept = await OverrideAsync(_host.Client, head, "the mirror is away\nand this mends it");
        var answer = (await kept.Content.ReadFromJsonAsync<JsonNode>(TestContext.Current.CancellationToken))!;
        Assert.Equal((200, "the mirror is away and this mends it"), ((int)kept.StatusCode, (string?)answer["reason"]));
        Assert.EndsWith("has failed", (string)answer["verdict"]!, StringComparison.Ordinal);
        await _host.SendAsync(Merged(head));
        var merge = await MergedAsync(unpassed: true);
        Assert.EndsWith(
            $"has failed; overridden by {(string)answer["by"]!}: the mirror is away and this mends it", (string)merge["reason"]!,
            StringComparison.Ordinal);
        Assert.Contains(await ToldAsync(), static told => told.Reason.Contains("overridden by", StringComparison.Ordinal));
    }

    [Fact]
    public async Task a_merge_past_its_owners_is_kept_and_told_although_it_has_passed()
    {
        var head = await BuiltAsync("true");
        using var kept = await OverrideAsync(_host.Client, head, "bob is away", owners: "a.cs needs an accept of @bob\n");
        var answer = (await kept.Content.ReadFromJsonAsync<JsonNode>(TestContext.Current.CancellationToken))!;
        Assert.Equal(200, (int)kept.StatusCode);
        Assert.EndsWith("has passed", (string)answer["verdict"]!, StringComparison.Ordinal);
        await _host.SendAsync(Merged(head));
        var merge = await MergedAsync(unpassed: true);
        Assert.EndsWith(
            $"has passed, but a.cs needs an accept of @bob; overridden by {(string)answer["by"]!}: bob is away", (string)merge["reason"]!,
            StringComparison.Ordinal);
        Assert.Contains(await ToldAsync(), static told => told.Owners == "a.cs needs an accept of @bob");
    }

    [Fact]
    public async Task an_override_of_another_result_or_of_what_has_passed_does_not_count()
    {
        var failed = await BuiltAsync("false");
        using (var other = await OverrideAsync(_host.Client, failed, "now", commit: new string('1', 40)))
            Assert.Equal(200, (int)other.StatusCode);
        await _host.SendAsync(Merged(failed));
        var merge = await MergedAsync(unpassed: true);
        Assert.EndsWith("has failed", (string)merge["reason"]!, StringComparison.Ordinal);

        using (var no = await OverrideAsync(_host.Client, failed, " ")) Assert.Equal(422, (int)no.StatusCode);
        using (var longer = await OverrideAsync(_host.Client, failed, new string('x', 501))) Assert.Equal(422, (int)longer.StatusCode);
        using (var anonymous = await OverrideAsync(_host.Anonymous, failed, "now")) Assert.Equal(401, (int)anonymous.StatusCode);
        var passed = await BuiltAsync("true");
        using var needless = await OverrideAsync(_host.Client, passed, "now");
        Assert.Equal(409, (int)needless.StatusCode);
    }

    [Fact]
    public async Task the_gate_is_asked_of_commits_of_a_repository_that_is_tracked()
    {
        var commit = new string('1', 40);
        Assert.Equal(404, await StatusAsync(_host.Client, $"/gate?rid=rad:z42hL2jL4XNk6K8oHQaSWfMgCL7ji&commit={commit}"));
        Assert.Equal(422, await StatusAsync(_host.Client, $"/gate?rid={_told.Rid}"));
        Assert.Equal(401, await StatusAsync(_host.Anonymous, $"/gate?rid={_told.Rid}&commit={commit}"));
        Assert.Equal(401, await StatusAsync(_host.Anonymous, "/merges"));

        static async Task<int> StatusAsync(HttpClient client, string path)
        {
            using var answer = await client.GetAsync(path, TestContext.Current.CancellationToken);
            return (int)answer.StatusCode;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        await _repository.DisposeAsync();
        Directory.Delete(_home, recursive: true);
    }

    private async Task<CommitId> BuiltAsync(string run)
    {
        var head = await _repository.CommitAsync(
            (".auxo/ci.yaml", $"steps: [{{ name: step, run: '{run}' }}]\n"), ("README.md", "# Demo\n"));
        await _host.SendAsync(_told.Opened(head));
        await _host.FinishedAsync(_told.BuildOf(head));
        return head;
    }

    private Task<HttpResponseMessage> OverrideAsync(
        HttpClient client, CommitId head, string reason, string? commit = null, string? owners = null)
        => client.PostAsJsonAsync(
            "/gate/overrides",
            new { rid = _told.Rid.Value, patchId = Merged(head).PatchId.Value, commits = (string[])[commit ?? head.Value], reason, owners },
            TestContext.Current.CancellationToken);

    private PatchMerged Merged(CommitId head)
        => _told.Merged(head) with { SeenAt = TimeProvider.System.GetUtcNow() };

    private async Task<IReadOnlyList<MergedWithoutPass>> ToldAsync()
    {
        await _host.Queues.SentAllAsync("pipeline");
        return await _host.Queues.MessagesAsync<MergedWithoutPass>("notify");
    }

    private async Task<JsonNode> GateAsync(CommitId head)
        => (await _host.Client.GetFromJsonAsync<JsonNode>($"/gate?rid={_told.Rid}&commit={head}", TestContext.Current.CancellationToken))!;

    private async Task<JsonNode> MergedAsync(bool unpassed)
    {
        await Eventually.TrueAsync(async () => (await MergesAsync(unpassed)).Count == 1, "the merge is recorded");
        return (await MergesAsync(unpassed))[0]!;
    }

    private async Task<JsonArray> MergesAsync(bool unpassed)
        => (await _host.Client.GetFromJsonAsync<JsonNode>(
            $"/merges?rid={_told.Rid}&unpassed={unpassed}", TestContext.Current.CancellationToken))!["items"]!.AsArray();
}
