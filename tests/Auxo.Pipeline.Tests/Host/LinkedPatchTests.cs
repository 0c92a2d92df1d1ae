using System.Net.Http.Json;
using System.Text.Json.Nodes;

using Auxo.Contracts;
using Auxo.Pipeline.Tests.Joining;
using Auxo.Testing;

namespace Auxo.Pipeline.Tests.Host;

/// <summary>Patches that need others are built together with them.</summary>
public sealed class LinkedPatchTests(PostgresFixture postgres) : IAsyncLifetime
{
    private static readonly Did Stranger = Did.Parse("did:key:z6MkqGC3nWZhYieEVTVDKW5v588CiGfsDSmRVG9ZwwWTvLSK");
    private readonly string _home = Directory.CreateTempSubdirectory("auxo-home-").FullName;
    private GitRepository _repository = null!;
    private Told _told = null!;
    private PipelineHost _host = null!;
    private CommitId _main;

    public async ValueTask InitializeAsync()
    {
        _repository = await GitRepository.CreateAsync();
        _told = new Told(_repository);
        _main = await _repository.CommitAsync(
            (".auxo/ci.yaml", "steps: [{ name: both, run: 'cat a.txt b.txt' }]\n"), ("README.md", "# Demo\n"));
        _host = await PipelineHost.StartAsync(await postgres.CreateDatabaseAsync(), _home);
        await _host.SendAsync(_told.Tracked());
        await _host.SendAsync(_told.Advanced(_main));
        await _host.Queues.QuietAsync("pipeline");
    }

    [Fact]
    public async Task the_steps_find_both_and_the_pass_is_none_of_the_patch_alone()
    {
        var needed = await _repository.OnTopAsync(_main, "a.txt", "needed\n");
        var head = await _repository.OnTopAsync(_main, "b.txt", "own\n");
        await OpenAsync(head, Link(needed));
        var id = Id(head, needed);
        Assert.Equal(("passed", head.Value), Of(await _host.FinishedAsync(id)));
        var log = await _host.LogAsync(id, "both");
        Assert.Contains("needed", log, StringComparison.Ordinal);
        Assert.Contains("own", log, StringComparison.Ordinal);
        var gate = await GateAsync(head);
        Assert.False((bool)gate["passed"]!);
        Assert.EndsWith("together with the patches that it needs, not of it alone", (string)gate["reason"]!, StringComparison.Ordinal);
        await _host.Queues.SentAllAsync("pipeline");
        Assert.Contains(
            await _host.Queues.MessagesAsync<PostPatchComment>("ingest"),
            m => m.Markdown.Contains(
                $"built together with what it needs: patch {Link(needed).PatchId.Short} at", StringComparison.Ordinal));

        // The same message once more is the same build, and one that is run again has the same files.
        await OpenAsync(head, Link(needed));
        await _host.Queues.QuietAsync("pipeline");
        var (status, again) = await _host.PostAsync($"/builds/{id}/rerun");
        Assert.Equal(202, status);
        Assert.Equal(2, (int)again["attempt"]!);
        Assert.Equal("passed", Of(await _host.FinishedAsync(PipelineHost.IdOf(again))).Outcome);
    }

    [Fact]
    public async Task a_new_commit_of_what_is_needed_is_another_build_and_a_patch_that_contains_it_is_built_as_ever()
    {
        var (old, head) = (await _repository.OnTopAsync(_main, "c.txt", "no a\n"), await _repository.OnTopAsync(_main, "b.txt", "own\n"));
        await OpenAsync(head, Link(old));
        Assert.Equal("failed", Of(await _host.FinishedAsync(Id(head, old))).Outcome);
        var needed = await _repository.OnTopAsync(old, "a.txt", "needed\n");
        await RelinkAsync(head, Link(needed) with { PatchId = Link(old).PatchId });
        Assert.Equal("passed", Of(await _host.FinishedAsync(Id(head, needed))).Outcome);

        var stacked = await _repository.OnTopAsync(needed, "b.txt", "on top\n");
        await OpenAsync(stacked, Link(needed));
        Assert.Equal("passed", Of(await _host.FinishedAsync(Id(stacked, needed))).Outcome);
        Assert.True((bool)(await GateAsync(stacked))["passed"]!);
    }

    [Fact]
    public async Task what_a_stranger_wrote_holds_all_of_it_until_somebody_has_approved_exactly_that()
    {
        var evil = await _repository.OnTopAsync(_main, ".auxo/ci.yaml", "steps: [{ name: evil, run: 'cat /etc/passwd' }]\n");
        var needed = await _repository.OnTopAsync(evil, "a.txt", "needed\n");
        var head = await _repository.OnTopAsync(_main, "b.txt", "own\n");
        await OpenAsync(head, Link(needed, Trust.Stranger));
        var id = Id(head, needed);
        var held = await _host.InStateAsync(id, "awaiting_approval");
        Assert.Equal("stranger", (string)held["trust"]!);
        Assert.DoesNotContain("evil", held.ToJsonString(), StringComparison.Ordinal);
        var (status, _) = await _host.PostAsync($"/builds/{id}/approve");
        Assert.Equal(200, status);
        Assert.Equal("passed", Of(await _host.FinishedAsync(id)).Outcome);

        // Approved was that commit of his, and no later one; nor is the patch's own commit approved by it.
        var newer = await _repository.OnTopAsync(needed, "a.txt", "something else\n");
        await RelinkAsync(head, Link(newer, Trust.Stranger));
        Assert.Equal("stranger", (string)(await _host.InStateAsync(Id(head, newer), "awaiting_approval"))["trust"]!);
        await _host.SendAsync(_told.Revised(head, Trust.Stranger, _main));
        await _host.InStateAsync(_told.BuildOf(head), "awaiting_approval");
    }

    [Fact]
    public async Task another_machine_has_the_same_files()
    {
        await using var runner = await TestRunner.StartAsync(_host);
        var far = await _repository.OnTopAsync(
            _main, ".auxo/ci.yaml", "runner: far\nsteps: [{ name: both, run: 'cat a.txt b.txt' }]\n");
        var needed = await _repository.OnTopAsync(far, "a.txt", "needed\n");
        var head = await _repository.OnTopAsync(far, "b.txt", "own\n");
        await OpenAsync(head, Link(needed));
        Assert.Equal("passed", Of(await _host.FinishedAsync(Id(head, needed))).Outcome);
        Assert.EndsWith("needed\nown\n", await _host.LogAsync(Id(head, needed), "both"), StringComparison.Ordinal);
        await runner.SaidAsync(": done");
    }

    [Fact]
    public async Task what_cannot_be_joined_is_said()
    {
        var (one, two) = (await _repository.OnTopAsync(_main, "a.txt", "1\n"), await _repository.OnTopAsync(_main, "a.txt", "2\n"));
        await OpenAsync(two, Link(one));
        var build = await _host.FinishedAsync(Id(two, one));
        Assert.Equal("errored", Of(build).Outcome);
        Assert.Contains(
            $"with patch {Link(one).PatchId.Short} change the same lines of a.txt", (string)build["reason"]!, StringComparison.Ordinal);

        var gone = CommitId.Parse(new string('1', 40));
        await OpenAsync(one, Link(gone));
        Assert.Contains(
            "could not be joined with the patches that it needs", (string)(await _host.FinishedAsync(Id(one, gone)))["reason"]!,
            StringComparison.Ordinal);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        await _repository.DisposeAsync();
        Directory.Delete(_home, recursive: true);
    }

    private static NeededPatch Link(CommitId head, Trust trust = Trust.Trusted)
        => new(PatchId.Parse(head.Value), head, trust == Trust.Trusted ? Told.Alice : Stranger, trust);

    private Task OpenAsync(CommitId head, NeededPatch linked)
    {
        var told = _told.Opened(head, canonical: _main);
        return _host.SendAsync(told with { Revision = told.Revision with { Linked = [linked] } });
    }

    private Task RelinkAsync(CommitId head, NeededPatch linked)
    {
        var told = _told.Opened(head, canonical: _main);
        return _host.SendAsync(new PatchRelinked(
            told.Rid, told.RepositoryName, told.Revision with { Linked = [linked] }, told.Source, told.SeenAt));
    }

    private Guid Id(CommitId head, CommitId needed) => BuildId.For(_told.Rid, head, BuildTrigger.Patch, $"{_told.Patch}+{needed}", 1);

    private static (string Outcome, string Commit) Of(JsonNode build) => ((string)build["outcome"]!, (string)build["commit"]!);

    private async Task<JsonNode> GateAsync(CommitId head)
        => (await _host.Client.GetFromJsonAsync<JsonNode>($"/gate?rid={_told.Rid}&commit={head}", TestContext.Current.CancellationToken))!;
}
