using System.Text.Json.Nodes;

using Auxo.Contracts;
using Auxo.Git;
using Auxo.Testing;

namespace Auxo.Pipeline.Tests.Host;

/// <summary>What people do with builds over HTTP.</summary>
public sealed class ByHandTests(PostgresFixture postgres) : IAsyncLifetime
{
    private const string OneStep = "steps:\n  - name: step\n    run: echo own\n";
    private readonly string _home = Directory.CreateTempSubdirectory("auxo-home-").FullName;
    private GitRepository _repository = null!;
    private Told _told = null!;
    private PipelineHost _host = null!;

    public async ValueTask InitializeAsync()
    {
        _repository = await GitRepository.CreateAsync();
        _told = new Told(_repository);
        _host = await PipelineHost.StartAsync(await postgres.CreateDatabaseAsync(), _home);
    }

    [Fact]
    public async Task cancelling_a_step_that_sleeps_answers_at_once_and_leaves_no_process()
    {
        var marker = SandboxProcesses.Marker();
        var head = await CommitAsync(
            (".auxo/ci.yaml",
                "steps:\n  - name: sleep\n    run: |\n      trap '' TERM\n      echo asleep\n      (setsid sleep "
                    + $"{marker} &)\n      sleep {marker}\n  - name: never\n    run: true\n"));
        await _host.SendAsync(_told.Opened(head));
        var id = _told.BuildOf(head);
        await _host.PrintedAsync(id, "sleep", "asleep");

        var (status, build) = await _host.PostAsync($"/builds/{id}/cancel", client: _host.Writer);
        Assert.Equal((200, "finished", "cancelled"), (status, (string)build["state"]!, (string)build["outcome"]!));
        Assert.StartsWith("cancelled by writer", (string)build["reason"]!, StringComparison.Ordinal);
        await SandboxProcesses.GoneAsync(marker);
        Assert.Equal(409, (await _host.PostAsync($"/builds/{id}/cancel")).Status);
        await Eventually.TrueAsync(async () => await LogStateAsync(id, "sleep") == "complete", "the log of the step is complete");
        Assert.Equal(["build_queued", "build_started", "post_patch_comment", "build_finished"],
            (await _host.SentAsync()).Select(s => s.Name));
    }

    [Fact]
    public async Task running_again_is_the_next_attempt_with_a_verdict_of_its_own()
    {
        var head = await CommitAsync((".auxo/ci.yaml", OneStep));
        await _host.SendAsync(_told.Opened(head));
        await _host.FinishedAsync(_told.BuildOf(head));
        var (status, again) = await _host.PostAsync($"/builds/{_told.BuildOf(head)}/rerun");
        Assert.Equal((202, 2, _told.BuildOf(head, attempt: 2).ToString()), (status, (int)again["attempt"]!, (string)again["id"]!));
        Assert.Equal("passed", (string)(await _host.FinishedAsync(_told.BuildOf(head, attempt: 2)))["outcome"]!);
        var comments = (await _host.SentAsync()).Where(s => s.Name == "post_patch_comment").Select(s => (string)s.Body["buildId"]!);
        Assert.Equal([_told.BuildOf(head).ToString(), _told.BuildOf(head, attempt: 2).ToString()], comments);
    }

    [Fact]
    public async Task what_ends_a_build_belongs_to_the_push_that_began_it()
    {
        const string trace = "4bf92f3577b34da6a3ce929d0e0e4736";
        var head = await CommitAsync(
            (".auxo/ci.yaml", $"steps:\n  - name: sleep\n    run: echo asleep; sleep {SandboxProcesses.Marker()}\n"));
        await _host.Queues.SendAsync("pipeline", _told.Opened(head), trace: trace);
        await _host.PrintedAsync(_told.BuildOf(head), "sleep", "asleep");
        Assert.Equal(200, (await _host.PostAsync($"/builds/{_told.BuildOf(head)}/cancel")).Status);
        await _host.Queues.SentAllAsync("pipeline");
        Assert.All(await _host.Queues.EnvelopesAsync("metrics", "ingest"), e => Assert.Equal(trace, e.CorrelationId));
        Assert.Equal(trace, await _host.ScalarAsync<string>("select distinct correlation_id from pipeline.mt_events"));
        Assert.Equal(trace, await _host.ScalarAsync<string>("select trace_id from pipeline.builds"));
    }

    [Fact]
    public async Task a_build_that_runs_is_not_run_again()
    {
        var head = await CommitAsync(
            (".auxo/ci.yaml", $"steps:\n  - name: sleep\n    run: echo asleep; sleep {SandboxProcesses.Marker()}\n"));
        await _host.SendAsync(_told.Opened(head));
        await _host.PrintedAsync(_told.BuildOf(head), "sleep", "asleep");
        var (status, problem) = await _host.PostAsync($"/builds/{_told.BuildOf(head)}/rerun");
        Assert.Equal((409, "auxo:build/not-finished"), (status, (string)problem["type"]!));
    }

    [Fact]
    public async Task a_strangers_steps_are_the_canonical_ones_and_run_after_approval_of_that_commit_also_when_run_again()
    {
        var main = await CommitAsync((".auxo/ci.yaml", "steps:\n  - name: step\n    run: echo canonical\n    network: true\n"));
        var head = await CommitAsync((".auxo/ci.yaml", "steps:\n  - name: step\n    run: echo evil\n"));
        await _host.SendAsync(_told.Opened(head, Trust.Stranger, main));
        var id = _told.BuildOf(head);
        var waiting = await _host.InStateAsync(id, "awaiting_approval");
        Assert.Equal("waiting", (string)waiting["steps"]!.AsArray()[^1]!["state"]!);
        Assert.Contains("auxo ci approve", (string)(await _host.SentAsync())[^1].Body["markdown"]!, StringComparison.Ordinal);

        Assert.Equal(403, (await _host.PostAsync($"/builds/{id}/approve", client: _host.Reader)).Status);
        Assert.Equal(200, (await _host.PostAsync($"/builds/{id}/approve")).Status);
        Assert.Equal("passed", (string)(await _host.FinishedAsync(id))["outcome"]!);
        var log = await _host.LogAsync(id, "step");
        Assert.Contains("canonical\n", log, StringComparison.Ordinal);
        Assert.Contains("the step has no network: its author is not trusted\n", log, StringComparison.Ordinal);
        Assert.Equal(["build_queued", "build_started", "post_patch_comment", "post_patch_comment", "build_finished"],
            (await _host.SentAsync()).Select(s => s.Name));

        await _host.PostAsync($"/builds/{id}/rerun");
        Assert.Equal("passed", (string)(await _host.FinishedAsync(_told.BuildOf(head, attempt: 2)))["outcome"]!);
        var next = await CommitAsync(("more.txt", "more\n"), (".auxo/ci.yaml", OneStep));
        await _host.SendAsync(_told.Revised(next, Trust.Stranger, main));
        await _host.InStateAsync(_told.BuildOf(next), "awaiting_approval");
    }

    [Fact]
    public async Task the_patch_of_who_is_trusted_no_longer_is_a_strangers_when_it_is_run_again()
    {
        var main = await CommitAsync((".auxo/ci.yaml", "steps:\n  - name: step\n    run: echo canonical\n"));
        var head = await CommitAsync((".auxo/ci.yaml", OneStep));
        await _host.SendAsync(_told.Tracked());
        await _host.SendAsync(_told.Opened(head, Trust.Trusted, main));
        await _host.FinishedAsync(_told.BuildOf(head));

        // The later word counts, whichever comes first.
        await _host.SendAsync(_told.Changed(Trust.Stranger, day: 2));
        await KnownAsync("Stranger");
        await _host.SendAsync(_told.Changed(Trust.Trusted, day: 1));
        var rerun = (await _host.PostAsync($"/builds/{_told.BuildOf(head)}/rerun")).Body;
        Assert.Equal("stranger", (string)rerun["trust"]!, ignoreCase: true);
        var waiting = await _host.InStateAsync(_told.BuildOf(head, attempt: 2), "awaiting_approval");
        Assert.Equal("waiting", (string)waiting["steps"]!.AsArray()[^1]!["state"]!);
        var named = (await _host.PostAsync("/builds", new { rid = _told.Rid, commit = head, @ref = "by name" })).Body;
        Assert.Equal("stranger", (string)named["trust"]!, ignoreCase: true);

        await _host.SendAsync(_told.Changed(Trust.Trusted, day: 3));
        await KnownAsync("Trusted");
        await _host.PostAsync($"/builds/{_told.BuildOf(head, attempt: 2)}/cancel");
        Assert.Equal("trusted", (string)(await _host.PostAsync($"/builds/{_told.BuildOf(head)}/rerun")).Body["trust"]!, ignoreCase: true);

        Task KnownAsync(string trust) => Eventually.TrueAsync(
            async () => await _host.ScalarAsync<long>($"select count(*) from pipeline.trust where trust = '{trust}'") == 1, trust);
    }

    [Fact]
    public async Task a_path_is_built_by_hand_as_often_as_one_asks()
    {
        var head = await CommitAsync((".auxo/ci.yaml", OneStep));
        var request = new { source = _repository.Path, commit = "main" };
        var first = (await _host.PostAsync("/builds", request)).Body;
        var second = (await _host.PostAsync("/builds", request with { source = Path.Combine(_repository.Path, "refs") })).Body;
        Assert.Equal((string)first["rid"]!, (string)second["rid"]!);
        Assert.Equal((head.Value, Rid.ForPlainGit(_repository.Path).Value, 1), (
            (string)first["commit"]!, (string)first["rid"]!, (int)first["attempt"]!));
        Assert.Equal(2, (int)second["attempt"]!);
        Assert.Equal("passed", (string)(await _host.FinishedAsync(PipelineHost.IdOf(second)))["outcome"]!);
        Assert.Equal("passed", (string)(await _host.FinishedAsync(PipelineHost.IdOf(first)))["outcome"]!);
        Assert.DoesNotContain(await _host.SentAsync(), s => s.Name == "post_patch_comment");
    }

    [Fact]
    public async Task a_visitor_sees_a_build_of_a_public_repository_without_folders_and_accounts()
    {
        await CommitAsync((".auxo/ci.yaml", OneStep));
        await OpenAsync();

        var id = PipelineHost.IdOf((await _host.PostAsync("/builds", new { source = _repository.Path, commit = "main" })).Body);
        await _host.FinishedAsync(id);
        Assert.Contains(_repository.Path, await _host.Client.GetStringAsync($"/builds/{id}"), StringComparison.Ordinal);
        var seen = await _host.Anonymous.GetStringAsync($"/builds/{id}");
        Assert.DoesNotContain(_repository.Path, seen, StringComparison.Ordinal);
        Assert.Null(JsonNode.Parse(seen)!["requestedBy"]);
        using var log = await _host.Anonymous.GetAsync($"/builds/{id}/logs/one");
        Assert.NotEqual(System.Net.HttpStatusCode.Unauthorized, log.StatusCode);
        using var all = await _host.Anonymous.GetAsync("/builds");
        Assert.Equal(System.Net.HttpStatusCode.Unauthorized, all.StatusCode);
    }

    [Fact]
    public async Task a_visitor_does_not_see_who_cancelled_a_build()
    {
        await CommitAsync(
            (".auxo/ci.yaml", $"steps:\n  - name: sleep\n    run: echo asleep; sleep {SandboxProcesses.Marker()}\n"));
        await OpenAsync();
        var id = PipelineHost.IdOf((await _host.PostAsync("/builds", new { source = _repository.Path, commit = "main" })).Body);
        await _host.PrintedAsync(id, "sleep", "asleep");
        await _host.PostAsync($"/builds/{id}/cancel", client: _host.Writer);

        var list = $"/builds?rid={Uri.EscapeDataString(Rid.ForPlainGit(_repository.Path).Value)}";
        foreach (var path in (string[])[$"/builds/{id}", list])
        {
            Assert.Contains("cancelled by writer", await _host.Client.GetStringAsync(path), StringComparison.Ordinal);
            var seen = await _host.Anonymous.GetStringAsync(path);
            Assert.DoesNotContain("writer", seen, StringComparison.Ordinal);
            Assert.Contains("\"reason\":\"cancelled\"", seen, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("""{"commit":"main"}""", 400, "auxo:build/no-repository")]
    [InlineData("""{"rid":"rad:z3gqcJUoA1n9HaHKufZs5FCSGazv5","source":"/x","commit":"main"}""", 400, "auxo:build/no-repository")]
    [InlineData("""{"rid":"rad:z3gqcJUoA1n9HaHKufZs5FCSGazv5","commit":"main"}""", 404, "auxo:repository/unknown")]
    [InlineData("""{"source":"/nowhere/at/all","commit":"main"}""", 422, "auxo:repository/not-git")]
    [InlineData("""{"source":"relative","commit":"main"}""", 422, "auxo:repository/not-git")]
    [InlineData("""{"source":"SOURCE","commit":"no-such"}""", 422, "auxo:build/no-such-commit")]
    [InlineData("""{"source":"SOURCE","commit":"--all"}""", 422, "auxo:build/no-such-commit")]
    [InlineData("""{"source":"SOURCE","commit":"main\nHEAD"}""", 422, "auxo:build/no-such-commit")]
    [InlineData("""{"source":"SOURCE"}""", 422, "auxo:build/no-such-commit")]
    [InlineData("""{"source":"SHA256","commit":"main"}""", 422, "auxo:repository/unreadable")]
    public async Task a_wish_that_cannot_be_met_says_what_to_do(string body, int status, string type)
    {
        await CommitAsync();
        var other = Path.Combine(_home, "sha256");
        await GitCommand.RunAsync(_home, ["init", "-q", "--object-format=sha256", other], CancellationToken.None);
        using var content = new StringContent(
            body.Replace("SOURCE", _repository.Path, StringComparison.Ordinal).Replace("SHA256", other, StringComparison.Ordinal),
            System.Text.Encoding.UTF8, "application/json");
        using var answer = await _host.Client.PostAsync("/builds", content);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(status == (int)answer.StatusCode, text);
        Assert.Equal(type, (string)JsonNode.Parse(text)!["type"]!);
        Assert.Equal(0L, await _host.ScalarAsync<long>("select count(*) from pipeline.builds"));
    }

    [Fact]
    public async Task a_commit_that_is_named_by_hand_is_a_strangers_unless_a_trusted_key_stands_behind_it()
    {
        var main = await CommitAsync((".auxo/ci.yaml", "steps:\n  - name: step\n    run: echo canonical\n"));
        var delegates = await CommitAsync((".auxo/ci.yaml", OneStep), ("delegate.txt", "mine\n"));
        var after = await CommitAsync((".auxo/ci.yaml", OneStep), ("after.txt", "who wrote this?\n"));
        await _host.SendAsync(_told.Tracked());
        await _host.SendAsync(_told.Advanced(main));
        await _host.SendAsync(_told.Opened(delegates));
        await _host.FinishedAsync(_told.BuildOf(delegates));

        Assert.Equal(("trusted", "passed", "own"), await AskAsync(delegates, "by a delegate's patch"));
        Assert.Equal(("trusted", "passed", "canonical"), await AskAsync(main, "by the canonical head"));
        var stranger = (await _host.PostAsync("/builds", new { rid = _told.Rid, commit = after, @ref = "nobody's" })).Body;
        Assert.Equal("stranger", (string)stranger["trust"]!, ignoreCase: true);
        await _host.InStateAsync(PipelineHost.IdOf(stranger), "awaiting_approval");

        var (status, problem) = await _host.PostAsync("/builds", new { rid = _told.Rid, commit = after, trusted = true }, _host.Writer);
        Assert.Equal((403, "auxo:build/not-yours-to-trust"), (status, (string)problem["type"]!));
        Assert.Equal(("trusted", "passed", "own"), await AskAsync(after, "the administrator's word", trusted: true));
        Assert.Equal("stranger", (string)(await _host.PostAsync("/builds", new { rid = _told.Rid, commit = after, @ref = "again" }))
            .Body["trust"]!, ignoreCase: true);
    }

    [Fact]
    public async Task an_ancestor_of_a_trusted_commit_is_trusted_and_a_child_is_not()
    {
        await _host.SendAsync(_told.Tracked());
        var commits = new List<CommitId>();
        for (var i = 0; i < 3; i++) commits.Add(await _repository.CommitOnTopAsync(("README.md", $"# {i}\n")));
        await _host.SendAsync(_told.Advanced(commits[1]));
        await Eventually.TrueAsync(async () => await _host.ScalarAsync<long>("select count(*) from pipeline.builds") == 1, "main is built");
        string[] trust = ["trusted", "trusted", "stranger"];
        for (var i = 0; i < 3; i++)
            Assert.Equal(trust[i], (string)(await _host.PostAsync("/builds", new { rid = _told.Rid, commit = commits[i] }))
                .Body["trust"]!, ignoreCase: true);
    }

    [Fact]
    public async Task a_folder_of_radicles_that_is_not_tracked_is_not_built_by_path()
    {
        var head = await CommitAsync();
        await GitCommand.RunAsync(_repository.Path, ["update-ref", "refs/rad/id", head.Value], CancellationToken.None);
        Assert.Equal(422, (await _host.PostAsync("/builds", new { source = _repository.Path, commit = "main" })).Status);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        await _repository.DisposeAsync();
        Directory.Delete(_home, recursive: true);
    }

    /// <summary>Lets everybody read the repository; the service looks when it is first asked for something.</summary>
    private async Task OpenAsync()
    {
        await using var open = _host.Database.CreateCommand("insert into access.public_repositories values ($1, now(), 'test')");
        open.Parameters.AddWithValue(Rid.ForPlainGit(_repository.Path).Value);
        await open.ExecuteNonQueryAsync();
    }

    private async Task<(string Trust, string Outcome, string Printed)> AskAsync(CommitId commit, string name, bool trusted = false)
    {
        var (status, asked) = await _host.PostAsync("/builds", new { rid = _told.Rid, commit, @ref = name, trusted });
        Assert.True(status == 202, asked.ToJsonString());
        var build = await _host.FinishedAsync(PipelineHost.IdOf(asked));
        var log = (await _host.LogAsync(PipelineHost.IdOf(asked), "step")).TrimEnd('\n').Split('\n');
        return (((string)build["trust"]!).ToLowerInvariant(), (string)build["outcome"]!, log[^1]);
    }

    private async Task<string> LogStateAsync(Guid id, string step)
    {
        using var answer = await _host.Client.GetAsync($"/builds/{id}/logs/{step}");
        return answer.Headers.GetValues("Auxo-Log-State").Single();
    }

    private Task<CommitId> CommitAsync(params (string, string)[] files) => _repository.CommitAsync([("README.md", "# Demo\n"), .. files]);
}
