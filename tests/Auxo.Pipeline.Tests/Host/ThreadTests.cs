using System.Net.Http.Headers;
using System.Net.ServerSentEvents;
using System.Text.Json.Nodes;

using Auxo.Contracts;
using Auxo.Pipeline.Builds;
using Auxo.Pipeline.Running;
using Auxo.Testing;

using Marten;

using Microsoft.Extensions.DependencyInjection;

namespace Auxo.Pipeline.Tests.Host;

/// <summary>Messages in, verdicts out: the whole service on a real PostgreSQL, with real steps where this machine has a sandbox.</summary>
public sealed class ThreadTests(PostgresFixture postgres) : IAsyncLifetime
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
    }

    [Fact]
    public async Task a_large_build_leaves_a_tree_for_the_next_one_to_begin_with()
    {
        var files = Enumerable.Range(0, 80).Select(static i => ($"file-{i}.md", $"# {i}\n")).ToArray();
        const string counts = "steps:\n  - name: count\n    run: |\n      test \"$(ls | wc -l)\" = 80\n      echo rubbish > rubbish\n";
        foreach (var text in (string[])["# first\n", "# other\n", "# third\n"])
        {
            var head = await _repository.CommitAsync([.. files[1..], ("file-0.md", text), (".auxo/ci.yaml", counts)]);
            await _host.SendAsync(_told.Opened(head));
            Assert.Equal("passed", (string)(await _host.FinishedAsync(_told.BuildOf(head)))["outcome"]!);
            var spares = Path.Combine(_home, "run", "spares");
            var spare = await Eventually.ValueAsync(
                () => Task.FromResult(Directory.Exists(spares) ? Directory.EnumerateDirectories(spares, "*.git").SingleOrDefault() : null),
                "a spare tree is ready");
            Assert.Equal(text, await File.ReadAllTextAsync(Path.Combine(spare, "tree", "file-0.md")));
        }
    }

    [Fact]
    public async Task a_patch_gets_its_checks_its_steps_and_one_verdict()
    {
        var head = await CommitAsync(("*run.sh", "#!/bin/sh\necho hello\n"), (
            ".auxo/ci.yaml", "steps:\n  - name: hello\n    run: ./run.sh\n  - name: again\n    run: test -f run.sh\n"));
        await _host.SendAsync(_told.Opened(head));
        var build = await _host.FinishedAsync(_told.BuildOf(head));
        Assert.Equal(("passed", 1), ((string)build["outcome"]!, (int)build["attempt"]!));
        Assert.Equal(
            ["syntax finished", "shellcheck finished", "secrets finished", "sast finished", "permissions finished",
                "documentation finished", "structure finished", "dependencies finished", "hello finished", "again finished"],
            build["steps"]!.AsArray().Select(step => $"{step!["step"]} {step["state"]}"));
        Assert.Contains("hello\n", await _host.LogAsync(_told.BuildOf(head), "hello"), StringComparison.Ordinal);

        var sent = await _host.SentAsync();
        Assert.Equal(["build_queued", "build_started", "post_patch_comment", "build_finished"], sent.Select(s => s.Name));
        Assert.All(sent, s => Assert.Equal($"build/{_told.BuildOf(head)}", s.Group));
        var comment = sent[2].Body;
        Assert.Equal((true, 2, _told.Patch.Value, head.Value), (
            (bool)comment["final"]!, (int)comment["seq"]!, (string)comment["patchId"]!, (string)comment["revisionId"]!));
        Assert.Contains("✅ **Passed**", (string)comment["markdown"]!, StringComparison.Ordinal);
        Assert.Equal("passed", (string)sent[3].Body["outcome"]!, ignoreCase: true);
    }

    [Fact]
    public async Task steps_that_need_not_wait_for_each_other_run_side_by_side()
    {
        // Each of the two waits for what the other makes.
        var head = await CommitAsync((".auxo/ci.yaml", """
            steps:
              - { name: left, run: "touch left; until [ -f right ]; do sleep 0.01; done", timeout: 60s }
              - { name: right, needs: [], run: "touch right; until [ -f left ]; do sleep 0.01; done", timeout: 60s }
              - { name: join, needs: [left, right], run: "test -f left -a -f right" }
            """));
        await _host.SendAsync(_told.Opened(head));
        var build = await _host.FinishedAsync(_told.BuildOf(head));
        Assert.Equal("passed", (string)build["outcome"]!);
        Assert.Equal(["left", "right"], Step(build, "join")["needs"]!.AsArray().Select(static need => (string)need!));
    }

    [Fact]
    public async Task a_step_is_tried_again_its_failure_may_be_ignored_and_it_may_be_meant_for_other_builds()
    {
        var canonical = await CommitAsync();
        var head = await _repository.CommitOnTopAsync(("README.md", "# Demo\n"), (".auxo/ci.yaml", """
            steps:
              - { name: flaky, run: "test -f once || { touch once; exit 75; }", retry: { on: ["75"] } }
              - { name: optional, run: "exit 3", on-failure: ignore }
              - { name: after, run: "echo after" }
              - { name: deploy, run: "false", if: { event: push, branch: main } }
              - { name: only-docs, run: "false", if: { paths: "docs/**" }, needs: [] }
              - { name: tell, run: "false", if: { needs: failed } }
            """), ("src/a.c", "int a;\n"));
        await _host.SendAsync(_told.Opened(head, canonical: canonical));
        var build = await _host.FinishedAsync(_told.BuildOf(head));
        Assert.Equal(("passed", null), ((string)build["outcome"]!, (string?)build["reason"]));
        Assert.Equal(("passed", "after 2 tries"), ((string)Step(build, "flaky")["outcome"]!, (string)Step(build, "flaky")["summary"]!));
        Assert.Equal(("failed", false), ((string)Step(build, "optional")["outcome"]!, (bool)Step(build, "optional")["blocks"]!));
        Assert.Equal(
            ["passed: ", "skipped: only for push", "skipped: no changed file is docs/**",
                "skipped: not run, since nothing that it needs failed"],
            ((string[])["after", "deploy", "only-docs", "tell"]).Select(
                name => $"{(string)Step(build, name)["outcome"]!}: {(string)Step(build, name)["summary"]!}"));
        Assert.Contains("it is tried again (2 of 2)", await _host.LogAsync(_told.BuildOf(head), "flaky"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task the_same_fact_twice_is_one_build()
    {
        var head = await CommitAsync();
        await _host.SendAsync(_told.Opened(head));
        await _host.SendAsync(_told.Opened(head));
        await _host.FinishedAsync(_told.BuildOf(head));
        await EmptyQueueAsync();
        Assert.Equal(["build_queued", "build_started", "post_patch_comment", "build_finished"],
            (await _host.SentAsync()).Select(s => s.Name));
        Assert.Equal(1L, await _host.ScalarAsync<long>("select count(*) from pipeline.builds"));
    }

    [Fact]
    public async Task a_newer_revision_stops_the_build_of_the_older_one_and_only_the_newer_speaks()
    {
        var (older, marker) = await SleepingAsync();
        await _host.SendAsync(_told.Opened(older));
        await _host.PrintedAsync(_told.BuildOf(older), "sleep", "asleep");
        var newer = await CommitAsync();
        await _host.SendAsync(_told.Revised(newer));

        Assert.Equal("passed", (string)(await _host.FinishedAsync(_told.BuildOf(newer)))["outcome"]!);
        var old = await _host.FinishedAsync(_told.BuildOf(older));
        Assert.Equal(("superseded", $"superseded by {newer.Short}"), ((string)old["outcome"]!, (string)old["reason"]!));
        await SandboxProcesses.GoneAsync(marker);
        var comments = (await _host.SentAsync()).Where(s => s.Name == "post_patch_comment").ToList();
        Assert.Equal(_told.BuildOf(newer).ToString(), (string)Assert.Single(comments).Body["buildId"]!);
    }

    [Fact]
    public async Task a_comment_that_says_running_is_replaced_when_the_build_is_superseded()
    {
        await _host.DisposeAsync();
        _host = await PipelineHost.StartAsync(
            await postgres.CreateDatabaseAsync(), _home, PipelineHost.Runner with { InterimAfter = TimeSpan.Zero });
        var (older, _) = await SleepingAsync();
        await _host.SendAsync(_told.Opened(older));
        await Eventually.TrueAsync(async () => (await CommentsAsync()).Count == 1, "a build that takes its time says so on the patch");
        Assert.Equal((1, false), ((int)(await CommentsAsync())[0]["seq"]!, (bool)(await CommentsAsync())[0]["final"]!));
        var newer = await CommitAsync();
        await _host.SendAsync(_told.Revised(newer));
        await _host.FinishedAsync(_told.BuildOf(newer));
        var ofOlder = (await CommentsAsync()).Where(c => (string)c["buildId"]! == _told.BuildOf(older).ToString()).ToList();
        Assert.Equal([1, 2], ofOlder.Select(c => (int)c["seq"]!));
        Assert.Contains("**Superseded**", (string)ofOlder[1]["markdown"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task what_runs_when_its_patch_is_merged_may_finish_and_what_waits_is_dropped()
    {
        var (running, _) = await SleepingAsync();
        await _host.SendAsync(_told.Opened(running));
        await _host.PrintedAsync(_told.BuildOf(running), "sleep", "asleep");
        await _host.SendAsync(_told.Merged(running));
        await EmptyQueueAsync();
        Assert.Equal("running", (string)(await _host.BuildAsync(_told.BuildOf(running)))["state"]!);

        var main = await CommitAsync((".auxo/ci.yaml", "steps:\n  - name: a\n    run: true\n"));
        var other = new Told(_repository);
        var waiting = await CommitAsync(("stranger.txt", "hello\n"));
        await _host.SendAsync(other.Opened(waiting, Trust.Stranger, main));
        await _host.InStateAsync(other.BuildOf(waiting), "awaiting_approval");
        await _host.SendAsync(other.Merged(waiting));
        var dropped = await _host.FinishedAsync(other.BuildOf(waiting));
        Assert.Equal(("superseded", "the patch was merged"), ((string)dropped["outcome"]!, (string)dropped["reason"]!));
        Assert.Equal([1, 2], (await CommentsAsync())
            .Where(c => (string)c["buildId"]! == other.BuildOf(waiting).ToString()).Select(c => (int)c["seq"]!));
    }

    [Fact]
    public async Task an_archived_patch_ends_its_build_and_all_processes_of_it()
    {
        var (head, marker) = await SleepingAsync();
        await _host.SendAsync(_told.Opened(head));
        await _host.PrintedAsync(_told.BuildOf(head), "sleep", "asleep");
        await _host.SendAsync(_told.Archived());
        var build = await _host.FinishedAsync(_told.BuildOf(head));
        Assert.Equal(("cancelled", "the patch was archived"), ((string)build["outcome"]!, (string)build["reason"]!));
        await SandboxProcesses.GoneAsync(marker);
        Assert.Empty(await CommentsAsync());
    }

    [Fact]
    public async Task a_build_that_was_ended_in_the_moment_before_it_began_is_left_alone()
    {
        var ct = TestContext.Current.CancellationToken;
        var (head, marker) = await SleepingAsync();
        var id = _told.BuildOf(head);
        await _host.SendAsync(_told.Opened(head));
        await _host.PrintedAsync(id, "sleep", "asleep");
        await _host.SendAsync(_told.Archived());
        await _host.FinishedAsync(id);
        await SandboxProcesses.GoneAsync(marker);
        await EmptyQueueAsync();
        await using var session = _host.Services.GetRequiredService<IDocumentStore>().QuerySession();
        var (before, queued) = (await session.Events.FetchStreamStateAsync(Build.StreamKey(id), ct),
            await session.Events.AggregateStreamAsync<Build>(Build.StreamKey(id), version: 1, token: ct));

        // The runner has it as it was queued, and has not heard of its end.
        var execution = _host.Services.GetRequiredService<BuildExecution>();
        Assert.True(await execution.RunAsync(id, queued, BuildPlace.Here, CancellationToken.None, ct));
        await SandboxProcesses.GoneAsync(marker);
        Assert.Equal(before!.Version, (await session.Events.FetchStreamStateAsync(Build.StreamKey(id), ct))!.Version);
    }

    [Fact]
    public async Task a_broken_pipeline_file_is_reported_on_the_patch_with_line_and_column()
    {
        var head = await CommitAsync((".auxo/ci.yaml", "steps:\n  - name: a\n    runn: true\n"));
        await _host.SendAsync(_told.Opened(head));
        Assert.Equal("failed", (string)(await _host.FinishedAsync(_told.BuildOf(head)))["outcome"]!);
        var comment = (string)(await CommentsAsync()).Single()["markdown"]!;
        Assert.Contains(".auxo/ci.yaml:3", comment, StringComparison.Ordinal);
        Assert.Contains("column 5", comment, StringComparison.Ordinal);
        Assert.Contains("runn", comment, StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_log_is_read_and_followed_while_its_step_runs_and_followed_again_from_where_one_was()
    {
        var head = await CommitAsync(
            (".auxo/ci.yaml",
                "steps:\n  - name: wait\n    run: |\n      echo first\n      until [ -e go ]; do sleep 0.05; done\n      echo second\n"));
        var id = _told.BuildOf(head);
        await _host.SendAsync(_told.Opened(head));
        await _host.PrintedAsync(id, "wait", "\nfirst\n");
        using (var tail = new HttpRequestMessage(HttpMethod.Get, $"/builds/{id}/logs/wait")
        {
            Headers = { Range = new RangeHeaderValue(null, 6) },
        })
        using (var answer = await _host.Client.SendAsync(tail))
            Assert.Equal((206, "first\n", "open"), (
                (int)answer.StatusCode, await answer.Content.ReadAsStringAsync(), answer.Headers.GetValues("Auxo-Log-State").Single()));

        string seen;
        await using (var first = await FollowAsync(id, null))
        {
            Assert.True(await first.MoveNextAsync());
            Assert.EndsWith("first\n", first.Current.Data, StringComparison.Ordinal);
            seen = first.Current.EventId!;
        }

        await using var again = await FollowAsync(id, seen);
        await File.WriteAllTextAsync(Path.Combine(_home, "run", "workspaces", id.ToString("N"), "tree", "go"), "");
        Assert.True(await again.MoveNextAsync());
        Assert.Equal("second\n", again.Current.Data);
        Assert.True(await again.MoveNextAsync());
        Assert.Equal("end", again.Current.EventType);
        Assert.Equal("passed", (string)(await _host.FinishedAsync(id))["outcome"]!);
    }

    [Fact]
    public async Task an_untracked_repository_drops_what_waits_and_starts_nothing_new()
    {
        var main = await CommitAsync((".auxo/ci.yaml", "steps:\n  - name: a\n    run: true\n"));
        var waiting = await CommitAsync(("new.txt", "new\n"));
        await _host.SendAsync(_told.Tracked());
        await _host.SendAsync(_told.Opened(waiting, Trust.Stranger, main));
        await _host.InStateAsync(_told.BuildOf(waiting), "awaiting_approval");
        await _host.SendAsync(_told.Untracked());
        var build = await _host.FinishedAsync(_told.BuildOf(waiting));
        Assert.Equal(("cancelled", "the repository is no longer tracked"), ((string)build["outcome"]!, (string)build["reason"]!));

        var late = await CommitAsync(("late.txt", "late\n"));
        await _host.SendAsync(_told.Revised(late));
        await _host.SendAsync(_told.Advanced(main));
        await EmptyQueueAsync();
        Assert.Equal(1L, await _host.ScalarAsync<long>("select count(*) from pipeline.builds"));
        Assert.Equal((409, "auxo:repository/untracked"), await ProblemAsync($"/builds/{_told.BuildOf(waiting)}/rerun"));
        Assert.Equal((404, "auxo:repository/unknown"), await ProblemAsync("/builds", new { rid = _told.Rid.Value, commit = main.Value }));

        // Groups have no order between them: what was seen after the untracking is built, whether or not it is known yet that
        // the repository is followed again.
        await _host.SendAsync(_told.Tracked());
        await _host.SendAsync(_told.Revised(late) with { SeenAt = _told.Untracked().At.AddDays(1) });
        await _host.FinishedAsync(_told.BuildOf(late));
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        await _repository.DisposeAsync();
        Directory.Delete(_home, recursive: true);
    }

    private async Task<IAsyncEnumerator<SseItem<string>>> FollowAsync(Guid id, string? lastEventId)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/builds/{id}/logs/wait/events");
        if (lastEventId is not null) request.Headers.Add("Last-Event-ID", lastEventId);
        var answer = await _host.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        return SseParser.Create(await answer.Content.ReadAsStreamAsync()).EnumerateAsync().GetAsyncEnumerator();
    }

    private async Task<(int, string)> ProblemAsync(string path, object? body = null)
    {
        var (status, problem) = await _host.PostAsync(path, body);
        return (status, (string)problem["type"]!);
    }

    private async Task<IReadOnlyList<JsonNode>> CommentsAsync()
        => [.. (await _host.SentAsync()).Where(s => s.Name == "post_patch_comment").Select(s => s.Body)];

    private static JsonNode Step(JsonNode build, string name)
        => build["steps"]!.AsArray().Single(step => (string)step!["step"]! == name)!;

    private Task EmptyQueueAsync() => _host.Queues.QuietAsync("pipeline");

    private Task<CommitId> CommitAsync(params (string, string)[] files) => _repository.CommitAsync([("README.md", "# Demo\n"), .. files]);

    private async Task<(CommitId Commit, string Marker)> SleepingAsync()
    {
        var marker = SandboxProcesses.Marker();
        return (await CommitAsync((".auxo/ci.yaml",
            $"steps:\n  - name: sleep\n    run: |\n      echo asleep\n      (sleep {marker} &)\n      sleep {marker}\n")), marker);
    }
}
