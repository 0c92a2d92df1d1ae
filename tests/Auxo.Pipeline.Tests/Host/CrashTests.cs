using System.Net.Http.Json;
using System.Text.RegularExpressions;

using Auxo.Instances;
using Auxo.Contracts;
using Auxo.Pipeline.Schedules;
using Auxo.ServiceDefaults.Access;
using Auxo.ServiceDefaults.Storage;
using Auxo.Testing;

using Microsoft.Extensions.DependencyInjection;

using Npgsql;

namespace Auxo.Pipeline.Tests.Host;

/// <summary>
/// The service dies, or its database does, and comes back: the build ends with one verdict, and nothing is done twice that has
/// a result.
/// </summary>
public sealed partial class CrashTests(PostgresFixture postgres) : IAsyncLifetime
{
    private const string TwoSteps =
        "steps:\n  - name: one\n    cache: { key: README.md, paths: made.txt }\n    run: echo one; echo made > made.txt\n"
            + "  - name: two\n    run: echo two; cat made.txt\n";

    /// <summary>Every named point of the service, and those of the libraries that a build comes by.</summary>
    private static readonly string[] Points =
    [
        "pipeline.build.queued", "pipeline.build.before_start", "pipeline.step.finished",
        "pipeline.build.before_finish", "pipeline.build.finished",
        "pipeline.schedule.decided", "pipeline.cache.written", "store.saving", "store.committed",
        .. RunnerCrashTests.Points,
    ];

    /// <summary>Where no build of a push comes by.</summary>
    private const string OfSchedules = "pipeline.schedule.decided";

    private readonly string _home = Directory.CreateTempSubdirectory("auxo-home-").FullName;
    private GitRepository _repository = null!;
    private Told _told = null!;
    private string _database = null!;

    public static TheoryData<string> AllPoints => [.. Points.Except([OfSchedules, .. RunnerCrashTests.Points], StringComparer.Ordinal)];

    public async ValueTask InitializeAsync()
    {
        _repository = await GitRepository.CreateAsync();
        _told = new Told(_repository);
        _database = await postgres.CreateDatabaseAsync();
        await SchemaMigration.ApplyAsync(Configuration.Model, _database, CancellationToken.None);
    }

    [Fact]
    public void the_table_has_every_point_of_the_code()
    {
        var root = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../../.."));
        Assert.SkipUnless(Directory.Exists(Path.Combine(root, "services/pipeline")), "the source is not beside the test");
        var named = new[] { "services/pipeline", "Auxo.ServiceDefaults" }
            .SelectMany(folder => Directory.EnumerateFiles(Path.Combine(root, folder), "*.cs", SearchOption.AllDirectories))
            .SelectMany(file => Hits().Matches(File.ReadAllText(file)))
                .Select(match => match.Groups["name"].Value).Distinct(StringComparer.Ordinal);
        Assert.Equal(named.Order(StringComparer.Ordinal), Points.Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(AllPoints))]
    public async Task a_build_survives_a_kill_and_has_one_verdict(string point)
    {
        var head = await CommitAsync(TwoSteps);
        await TellAsync(_told.Opened(head));
        await using (var dying = await StartAsync(point)) await dying.DiedAsync();
        await AssertOneVerdictAsync(head);
    }

    [Theory]
    [InlineData("pipeline.step.finished")]
    [InlineData("pipeline.build.before_finish")]
    [InlineData("pipeline.build.finished")]
    [InlineData("store.committed")]
    public async Task a_default_branch_whose_build_is_killed_has_its_findings_moved_once(string point)
    {
        var first = await _repository.CommitOnTopAsync(
            (".auxo/ci.yaml", TwoSteps), ("README.md", "# Demo\n"), ("a.sh", "#!/bin/sh\n"));
        await using (var host = await PipelineHost.StartAsync(_database, _home))
        {
            await host.SendAsync(_told.Tracked());
            await host.SendAsync(_told.Advanced(first));
            await host.FinishedAsync(BuildId.For(_told.Rid, first, BuildTrigger.Branch, "main", 1));
        }

        var second = await _repository.CommitOnTopAsync(
            (".auxo/ci.yaml", TwoSteps), ("README.md", "# Demo\n"), ("b.sh", "#!/bin/sh\nls\n"));
        await TellAsync(_told.Advanced(second, first));
        await using (var dying = await StartAsync(point)) await dying.DiedAsync();
        await using (var host = await PipelineHost.StartAsync(_database, _home))
        {
            await host.FinishedAsync(BuildId.For(_told.Rid, second, BuildTrigger.Branch, "main", 1));
            Assert.Equal("a.sh fixed 0, b.sh open 0", await host.ScalarAsync<string>(
                """
                select string_agg(format('%s %s %s', path, case when is_fixed then 'fixed' else 'open' end, reopenings), ', ' order by path)
                from pipeline.findings where check_name = 'permissions'
                """));
            Assert.Equal((2L, 0L), (
                await host.ScalarAsync<long>("select count(*) from pipeline.mt_events where type = 'findings_moved'"),
                await host.ScalarAsync<long>("select count(*) from pipeline.finding_looks")));
        }
    }

    [Theory]
    [InlineData(OfSchedules)]
    [InlineData("pipeline.build.queued")]
    public async Task a_slot_whose_decision_is_killed_is_built_once_after_the_next_start(string point)
    {
        var now = TimeProvider.System.GetUtcNow();
        var slot = new DateTimeOffset(now.Year, now.Month, now.Day, now.Hour, now.Minute, 0, TimeSpan.Zero);
        var head = await CommitAsync($"schedules: {{ daily: {{ cron: '{slot.Minute} {slot.Hour} * * *', zone: UTC }} }}\n" + TwoSteps);
        await using (var host = await PipelineHost.StartAsync(_database, _home))
        {
            await host.SendAsync(_told.Tracked());
            await host.SendAsync(_told.Advanced(head));
            await host.FinishedAsync(BuildId.For(_told.Rid, head, BuildTrigger.Branch, "main", 1));
        }

        await using (var database = NpgsqlDataSource.Create(_database))
        await using (var due = database.CreateCommand(
            "update pipeline.schedules set since = now() - interval '1 hour', next_at = now() where name = 'daily'"))
            Assert.Equal(1, await due.ExecuteNonQueryAsync(TestContext.Current.CancellationToken));
        await using (var dying = await StartAsync(point)) await dying.DiedAsync();
        await using (var host = await PipelineHost.StartAsync(_database, _home))
        {
            Assert.Equal("passed", (string)(await host.FinishedAsync(BuildId.ForSlot(_told.Rid, "daily", slot)))["outcome"]!);
            Assert.Equal((1L, 0L), (await host.ScalarAsync<long>("select count(*) from pipeline.builds where trigger = 'Schedule'"),
                await host.ScalarAsync<long>("select count(*) from pipeline.wolverine_dead_letters")));
            Assert.Equal(0, await host.ScalarAsync<int>("select missed from pipeline.schedules where name = 'daily'"));
        }
    }

    [Theory]
    [InlineData("store.saving")]
    [InlineData("store.committed")]
    public async Task a_rotation_that_is_killed_loses_no_secret_and_is_made_up_for_by_the_next(string point)
    {
        var head = await CommitAsync("steps:\n  - { name: one, secrets: TOKEN, run: 'test \"$TOKEN\" = s3cr3t' }\n");
        await using (var host = await PipelineHost.StartAsync(_database, _home))
        {
            await host.SendAsync(_told.Tracked());
            await host.Queues.QuietAsync("pipeline");
            // What is new among the schedules would be saved by the process that is to die, and before the rotation.
            await host.Services.GetRequiredService<BuildSlot>().BuildDueAsync(TestContext.Current.CancellationToken);
            using var set = await host.Client.PutAsJsonAsync("/secrets/TOKEN", new { value = "s3cr3t" });
            Assert.Equal(200, (int)set.StatusCode);
        }

        var armed = Directory.CreateTempSubdirectory("auxo-crash-").FullName;
        await using (var dying = await StartAsync(armed))
        {
            await using var database = NpgsqlDataSource.Create(_database);
            using var client = new HttpClient { BaseAddress = dying.Address };
            client.DefaultRequestHeaders.Authorization = new(
                "Bearer", await AccessToken.CreateAsync(database, "rotates", [AccessToken.Admin], null, CancellationToken.None));
            Directory.CreateDirectory(Path.Combine(armed, "pipeline"));
            await File.WriteAllTextAsync(Path.Combine(armed, "pipeline", point), "");
            await Assert.ThrowsAnyAsync<HttpRequestException>(() => client.PostAsync("/secrets/rotate", null));
            await dying.DiedAsync();
        }

        Directory.Delete(armed, recursive: true);
        var file = new InstanceLayout(_home).SecretsKey;
        Assert.Equal(2, (await File.ReadAllLinesAsync(file)).Length);
        await using (var host = await PipelineHost.StartAsync(_database, _home))
        {
            await host.SendAsync(_told.Advanced(head));
            var id = BuildId.For(_told.Rid, head, BuildTrigger.Branch, "main", 1);
            Assert.Equal("passed", (string)(await host.FinishedAsync(id))["outcome"]!);
            Assert.Equal(200, (await host.PostAsync("/secrets/rotate")).Status);
            Assert.Single(await File.ReadAllLinesAsync(file));
            Assert.Equal(202, (await host.PostAsync($"/builds/{id}/rerun")).Status);
            id = BuildId.For(_told.Rid, head, BuildTrigger.Branch, "main", 2);
            Assert.Equal("passed", (string)(await host.FinishedAsync(id))["outcome"]!);
        }
    }

    [Fact]
    public async Task steps_side_by_side_carry_on_in_the_workspace_that_a_kill_left()
    {
        var head = await CommitAsync("""
            steps:
              - { name: fast, run: "echo fast; echo made > made.txt" }
              - { name: slow, needs: [], run: "echo slow; until [ -f made.txt ]; do sleep 0.01; done; cat made.txt" }
              - { name: both, needs: [fast, slow], run: "cat made.txt" }
            """);
        await TellAsync(_told.Opened(head));
        await using (var dying = await StartAsync("pipeline.step.finished")) await dying.DiedAsync();
        await using var host = await PipelineHost.StartAsync(_database, _home);
        var build = await host.FinishedAsync(_told.BuildOf(head));
        Assert.Equal("passed", (string)build["outcome"]!);
        Assert.Single((await host.LogAsync(_told.BuildOf(head), "both")).Split('\n'), static line => line == "made");
    }

    [Fact]
    public async Task a_kill_in_a_step_leaves_no_process_and_the_step_begins_again_with_what_the_one_before_has_made()
    {
        var marker = SandboxProcesses.Marker();
        var head = await CommitAsync(
            "steps:\n  - name: one\n    run: |\n      echo one\n      echo made > made.txt\n  - name: two\n    run: "
                + $"|\n      cat made.txt\n      echo two\n      sleep {marker}\n");
        var id = _told.BuildOf(head);
        await TellAsync(_told.Opened(head));
        await using (var dying = await StartAsync())
        {
            var log = Path.Combine(_home, "logs", "builds", id.ToString(), "two.log");
            await Eventually.TrueAsync(async ()
                => (await File.ReadAllTextAsync(log)).EndsWith("\ntwo\n", StringComparison.Ordinal), "the second step has printed");
            await Eventually.TrueAsync(() => Task.FromResult(SandboxProcesses.Count(marker) > 0), "the second step sleeps");
            await dying.KillAsync();
        }

        await SandboxProcesses.GoneAsync(marker);
        await using var host = await PipelineHost.StartAsync(_database, _home);
        await host.PrintedAsync(id, "two", "begins again.\n$ ");
        Assert.Single((await host.LogAsync(id, "one")).Split('\n'), line => line == "one");
        await Eventually.TrueAsync(async () => (await host.LogAsync(id, "two"))
            .Split('\n').Count(line => line == "made") == 2, "the second step finds again what the first one made");
        Assert.Equal(200, (await host.PostAsync($"/builds/{id}/cancel")).Status);
        await SandboxProcesses.GoneAsync(marker);
        Assert.Equal(["build_queued", "build_started", "post_patch_comment", "build_finished"], (await host.SentAsync())
            .Where(s => !IsInterim(s)).Select(s => s.Name));
    }

    [Fact]
    public async Task a_sandbox_that_a_kill_left_half_made_is_ended_at_the_next_start_and_another_instances_is_not()
    {
        var elsewhere = Directory.CreateTempSubdirectory("auxo-home-").FullName;
        using (var ours = await HalfMadeSandbox.LeaveAsync(_home))
        using (var theirs = await HalfMadeSandbox.LeaveAsync(elsewhere))
        {
            Assert.True(ours.IsAlive);
            await using var host = await PipelineHost.StartAsync(_database, _home);
            await ours.GoneAsync();
            Assert.True(theirs.IsAlive);
        }

        Directory.Delete(elsewhere, recursive: true);
    }

    [Fact]
    public async Task the_scripts_that_a_killed_check_left_are_removed_at_the_next_start()
    {
        var left = Directory.CreateDirectory(Path.Combine(new InstanceLayout(_home).Checks, Guid.NewGuid().ToString("N"))).FullName;
        await File.WriteAllTextAsync(Path.Combine(left, "1.sh"), "echo private", TestContext.Current.CancellationToken);
        await using var host = await PipelineHost.StartAsync(_database, _home);
        Assert.Empty(Directory.EnumerateFileSystemEntries(new InstanceLayout(_home).Checks));
    }

    [Fact]
    public async Task a_log_that_a_kill_left_open_ends_with_its_cancelled_build()
    {
        var marker = SandboxProcesses.Marker();
        var head = await CommitAsync($"steps:\n  - name: one\n    run: echo one; sleep {marker}\n");
        var id = _told.BuildOf(head);
        await TellAsync(_told.Opened(head));
        await using (var dying = await StartAsync())
        {
            await Eventually.TrueAsync(() => Task.FromResult(SandboxProcesses.Count(marker) > 0), "the step sleeps");
            await dying.KillAsync();
        }

        // Another host has it, so this one may only cancel.
        await using (var database = NpgsqlDataSource.Create(_database))
        await using (var command = database.CreateCommand(
            "update pipeline.builds set lease_owner = gen_random_uuid(), leased_until = now() + interval '1 hour'"))
            Assert.Equal(1, await command.ExecuteNonQueryAsync());
        await using var host = await PipelineHost.StartAsync(_database, _home);
        var following = host.Client.GetStringAsync($"/builds/{id}/logs/one/events");
        await host.PostAsync($"/builds/{id}/cancel");
        Assert.Contains("event: end", await following.WaitAsync(TimeSpan.FromSeconds(20)), StringComparison.Ordinal);
        var workspaces = new InstanceLayout(_home).Workspaces;
        await Eventually.TrueAsync(() => Task.FromResult(Directory.GetDirectories(workspaces).Length == 0), "no workspace is left");
    }

    [Fact]
    public async Task a_runner_of_another_host_takes_over_when_the_lease_runs_out_and_not_before()
    {
        var marker = SandboxProcesses.Marker();
        var head = await CommitAsync($"steps:\n  - name: one\n    run: echo one; sleep {marker}\n");
        var id = _told.BuildOf(head);
        await TellAsync(_told.Opened(head));
        await using (var dying = await StartAsync())
        {
            await Eventually.TrueAsync(() => Task.FromResult(SandboxProcesses.Count(marker) > 0), "the step sleeps");
            await dying.KillAsync();
        }

        var elsewhere = Directory.CreateTempSubdirectory("auxo-home-").FullName;
        await using (var host = await PipelineHost.StartAsync(
            _database, elsewhere, PipelineHost.Runner with { SlowPoll = TimeSpan.FromMilliseconds(50) }))
        {
            var first = await host.ScalarAsync<Guid>("select lease_owner from pipeline.builds");
            await host.ScalarAsync<Guid>("update pipeline.builds set leased_until = now() returning build_id");
            await host.PrintedAsync(id, "one", "one");
            Assert.NotEqual(first, await host.ScalarAsync<Guid>("select lease_owner from pipeline.builds"));
            Assert.Equal(2L, await host.ScalarAsync<long>("select lease_epoch from pipeline.builds"));
            await host.PostAsync($"/builds/{id}/cancel");
            await SandboxProcesses.GoneAsync(marker);
        }

        Directory.Delete(elsewhere, recursive: true);
    }

    [Fact]
    public async Task a_stop_in_order_gives_the_build_back_for_the_next_start()
    {
        var marker = SandboxProcesses.Marker();
        var head = await CommitAsync(
            $"steps:\n  - name: one\n    run: echo made > made.txt\n  - name: two\n    run: cat made.txt; sleep {marker}\n");
        var id = _told.BuildOf(head);
        await TellAsync(_told.Opened(head));
        await using (var first = await PipelineHost.StartAsync(_database, _home)) await first.PrintedAsync(id, "two", "\nmade");
        await SandboxProcesses.GoneAsync(marker);
        await using var host = await PipelineHost.StartAsync(_database, _home);
        await host.PrintedAsync(id, "two", "begins again");
        await Eventually.TrueAsync(async () => (await host.LogAsync(id, "two"))
            .Split('\n').Count(line => line == "made") == 2, "the second step finds again what the first one made");
        await host.PostAsync($"/builds/{id}/cancel");
    }

    [Fact]
    public async Task neither_a_deadlock_nor_an_error_of_access_ends_the_schedulers_work()
    {
        await using (var database = NpgsqlDataSource.Create(_database))
        await using (var command = database.CreateCommand(
            """
            create sequence pipeline.fails;
            create function pipeline.fail() returns trigger language plpgsql security definer as $$
            begin
                case nextval('pipeline.fails')
                    when 1 then raise exception 'deadlock detected' using errcode = '40P01';
                    when 2 then raise exception 'permission denied' using errcode = '42501';
                    else null;
                end case;
                return null;
            end $$;
            create trigger fail before update on pipeline.builds for each statement execute function pipeline.fail()
            """))
            await command.ExecuteNonQueryAsync();
        var head = await CommitAsync(TwoSteps);
        await TellAsync(_told.Opened(head));
        await AssertOneVerdictAsync(head);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task a_build_outlives_its_database(bool immediate)
    {
        var head = await CommitAsync(TwoSteps.Replace("echo one", "echo one; sleep 1.5", StringComparison.Ordinal));
        await using var host = await PipelineHost.StartAsync(_database, _home);
        await host.SendAsync(_told.Opened(head));
        await host.PrintedAsync(_told.BuildOf(head), "one", "one");
        await postgres.Cluster.StopAsync(immediate, CancellationToken.None);
        await Eventually.TrueAsync(
            () => Task.FromResult(SandboxProcesses.Count("1.5") == 0), "the step has ended while PostgreSQL is away");
        using (var answer = await host.Client.GetAsync("/builds")) Assert.Equal(503, (int)answer.StatusCode);
        await postgres.RestartAsync();
        var build = await host.FinishedAsync(_told.BuildOf(head));
        Assert.Equal("passed", (string)build["outcome"]!);
        Assert.DoesNotContain("begins again", await host.LogAsync(_told.BuildOf(head), "one"), StringComparison.Ordinal);
        var sent = await Eventually.ValueAsync(async () => await host.SentAsync(), "the test's own connections are new");
        Assert.Equal(["build_queued", "build_started", "post_patch_comment", "build_finished"],
            sent.Where(s => !IsInterim(s)).Select(s => s.Name));
    }

    public async ValueTask DisposeAsync()
    {
        await _repository.DisposeAsync();
        Directory.Delete(_home, recursive: true);
    }

    private Task<ServiceProcess> StartAsync(string? crashAt = null)
        => ServiceProcess.StartAsync(
            "pipeline", _database, crashAt, PipelineHost.Settings(_database, _home)
                .Select(static s => (s.Key.Replace(":", "__", StringComparison.Ordinal), s.Value))
                .Append(("OTEL_SERVICE_NAME", "pipeline")));

    private async Task AssertOneVerdictAsync(CommitId head)
    {
        await using var host = await PipelineHost.StartAsync(_database, _home);
        var build = await host.FinishedAsync(_told.BuildOf(head));
        Assert.Equal(("passed", 1), ((string)build["outcome"]!, (int)build["attempt"]!));
        await host.Queues.QuietAsync("pipeline");
        Assert.Equal(["build_queued", "build_started", "post_patch_comment", "build_finished"], (await host.SentAsync())
            .Where(s => !IsInterim(s)).Select(s => s.Name));
        Assert.Equal(0L, await host.ScalarAsync<long>("select count(*) from pipeline.wolverine_dead_letters"));
        Assert.Equal((1L, 0L), (await host.ScalarAsync<long>("select count(*) from pipeline.builds where state = 'done'"),
            await host.ScalarAsync<long>("select count(*) from pipeline.builds where lease_owner is not null")));
        Assert.Equal(2 + build["steps"]!.AsArray().Count, await host.ScalarAsync<long>(
            "select count(*) from pipeline.mt_events where type in ('build_queued', 'build_finished', 'build_step_finished')"));
        foreach (var step in (string[])["one", "two"])
            Assert.Contains($"\n{step}\n", await host.LogAsync(_told.BuildOf(head), step), StringComparison.Ordinal);
        await Eventually.TrueAsync(() => Task.FromResult(!Directory.Exists(Path.Combine(_home, "run", "workspaces"))
            || !Directory.EnumerateFileSystemEntries(Path.Combine(_home, "run", "workspaces")).Any()), "no workspace is left");
    }

    private static bool IsInterim((string Name, System.Text.Json.Nodes.JsonNode Body, string? Group) sent)
        => sent.Name == "post_patch_comment" && !(bool)sent.Body["final"]!;

    private async Task TellAsync(object message)
    {
        await using var queues = new Queues(_database);
        await queues.SendAsync("pipeline", message);
    }

    private Task<CommitId> CommitAsync(string file) => _repository.CommitAsync(("README.md", "# Demo\n"), (".auxo/ci.yaml", file));

    [GeneratedRegex("""CrashPoint\.Hit\("(?<name>[^"]+)"\)""", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Hits();
}
