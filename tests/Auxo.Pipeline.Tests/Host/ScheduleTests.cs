using System.Net.Http.Json;
using System.Text.Json.Nodes;

using Auxo.Contracts;
using Auxo.Pipeline.Schedules;
using Auxo.Testing;

using Microsoft.Extensions.DependencyInjection;

namespace Auxo.Pipeline.Tests.Host;

/// <summary>What is built without a push: the whole service, with a clock that is set.</summary>
public sealed class ScheduleTests(PostgresFixture postgres) : IAsyncLifetime
{
    private const string Nightly =
        """
        schedules:
          nightly: { cron: "0 2 * * *", zone: Europe/Berlin }
        steps:
          - { name: scan, run: "echo by $AUXO_SCHEDULE, $AUXO_TRIGGER", if: { event: schedule, schedule: nightly } }
          - { name: publish, run: "echo published", if: { event: push } }
          - { name: test, run: "echo tested" }
        """;

    private readonly SetClock _time = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly string _home = Directory.CreateTempSubdirectory("auxo-home-").FullName;
    private GitRepository _repository = null!;
    private Told _told = null!;
    private string _database = null!;
    private PipelineHost _host = null!;

    public async ValueTask InitializeAsync()
    {
        _repository = await GitRepository.CreateAsync();
        _told = new Told(_repository);
        _database = await postgres.CreateDatabaseAsync();
        await StartAsync();
        await _host.SendAsync(_told.Tracked());
    }

    [Fact]
    public async Task a_slot_is_built_from_the_newest_head_with_the_steps_that_are_meant_for_it()
    {
        await PushAsync(Nightly);
        var head = await PushAsync(Nightly + "\nx-second: 1");
        var listed = await OneAsync();
        Assert.Equal(("0 2 * * *", "Europe/Berlin", "main", true, "2026-03-02T02:00:00+01:00", null), (
            (string)listed["cron"]!, (string)listed["zone"]!, (string)listed["branch"]!, (bool)listed["enabled"]!,
            (string)listed["nextAt"]!, listed["lastBuild"]));

        var build = await SlotAsync(Utc(2, 1), TimeSpan.FromHours(13));

        Assert.Equal(("passed", "schedule", "nightly", head.Value, "main"), (
            (string)build["outcome"]!, (string)build["trigger"]!, (string)build["schedule"]!, (string)build["commit"]!,
            (string)build["ref"]!));
        Assert.Contains("by nightly, schedule", await _host.LogAsync(PipelineHost.IdOf(build), "scan"), StringComparison.Ordinal);
        Assert.Equal("only for push", (string)Step(build, "publish")["summary"]!);
        Assert.Equal("passed", (string)Step(build, "test")["outcome"]!);
        Assert.DoesNotContain(await _host.SentAsync(), static sent => sent.Name == "post_patch_comment");
        var after = await OneAsync();
        Assert.Equal((PipelineHost.IdOf(build), "passed", "2026-03-03T02:00:00+01:00"), (
            PipelineHost.IdOf(after["lastBuild"]!), (string)after["lastBuild"]!["outcome"]!, (string)after["nextAt"]!));
        Assert.Contains("only for schedule", (string)Step(await _host.BuildAsync(BranchBuild(head)), "scan")["summary"]!,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task any_number_of_workers_at_once_build_a_slot_once()
    {
        await PushAsync(Nightly);
        var workers = Enumerable.Range(0, 4).Select(_ => ActivatorUtilities.CreateInstance<BuildSlot>(_host.Services)).ToList();
        _time.Move(TimeSpan.FromHours(37));
        await Task.WhenAll(workers.Select(static worker => worker.BuildDueAsync(CancellationToken.None)));
        Assert.Equal("passed", (string)(await _host.FinishedAsync(Slot(Utc(3, 1))))["outcome"]!);
        Assert.Equal(1L, await SlotsBuiltAsync());
        var missed = Assert.Single(await MissedAsync());
        Assert.Equal((1, "2026-03-02T01:00:00+00:00", "nightly"), (
            (int)missed["count"]!, (string)missed["slot"]!, (string)missed["schedule"]!));
        Assert.Equal(1, (int)(await OneAsync())["missed"]!);
    }

    [Fact]
    public async Task what_a_stopped_service_missed_is_caught_up_once_and_said()
    {
        await PushAsync(Nightly);
        await RestartAsync(TimeSpan.FromDays(4));
        await _host.FinishedAsync(Slot(Utc(5, 1)));
        await RestartAsync(TimeSpan.Zero);
        await SettledAsync();
        Assert.Equal(1L, await SlotsBuiltAsync());
        var missed = Assert.Single(await MissedAsync());
        Assert.Equal((3, "Auxo did not run at that time"), ((int)missed["count"]!, (string)missed["reason"]!));
    }

    [Fact]
    public async Task a_clock_that_is_set_back_builds_nothing_twice_and_goes_on_from_there()
    {
        await PushAsync(Nightly);
        await SlotAsync(Utc(2, 1), TimeSpan.FromHours(14));
        _time.Move(TimeSpan.FromHours(-12));
        await SettledAsync();
        _time.Move(TimeSpan.FromHours(12));
        await SettledAsync();
        Assert.Equal(1L, await SlotsBuiltAsync());
        Assert.Empty(await MissedAsync());
        await SlotAsync(Utc(3, 1), TimeSpan.FromHours(24));
        Assert.Equal(2L, await SlotsBuiltAsync());
    }

    [Fact]
    public async Task who_is_switched_off_stays_off_over_new_commits_and_owes_nothing_when_it_is_on_again()
    {
        await PushAsync(Nightly);
        Assert.Equal(403, (await PostAsync("nightly", "disable", _host.Reader)).Status);
        Assert.Equal((204, 204), ((await PostAsync("nightly", "disable")).Status, (await PostAsync("nightly", "disable")).Status));
        await PushAsync("steps: []");
        await PushAsync(Nightly + "\nx-second: 1");
        _time.Move(TimeSpan.FromDays(3));
        await SettledAsync();
        var off = await OneAsync();
        Assert.StartsWith("writer", (string)off["disabledBy"]!, StringComparison.Ordinal);
        Assert.Equal((false, null, 0L), ((bool)off["enabled"]!, off["nextAt"], await SlotsBuiltAsync()));

        Assert.Equal(204, (await PostAsync("nightly", "enable")).Status);
        await SlotAsync(Utc(5, 1), TimeSpan.FromHours(24));
        Assert.Equal((1L, 0), (await SlotsBuiltAsync(), (await MissedAsync()).Count));
        Assert.Equal(2L, await _host.ScalarAsync<long>(
            "select count(*) from pipeline.mt_events where type in ('schedule_enabled', 'schedule_disabled')"));
    }

    [Fact]
    public async Task one_is_run_by_hand_at_once_also_when_it_is_off_and_its_slot_comes_all_the_same()
    {
        await PushAsync(Nightly);
        Assert.Equal(404, (await PostAsync("weekly", "run")).Status);
        var (status, first) = await PostAsync("nightly", "run");
        var build = await _host.FinishedAsync(PipelineHost.IdOf(first!));
        Assert.Equal((202, "nightly", "passed"), (status, (string)build["schedule"]!, (string)build["outcome"]!));
        Assert.StartsWith("writer", (string)build["requestedBy"]!, StringComparison.Ordinal);
        Assert.Equal(PipelineHost.IdOf(build), PipelineHost.IdOf((await OneAsync())["lastBuild"]!));
        await SlotAsync(Utc(2, 1), TimeSpan.FromHours(14));

        Assert.Equal(204, (await PostAsync("nightly", "disable")).Status);
        var again = await _host.FinishedAsync(PipelineHost.IdOf((await PostAsync("nightly", "run")).Body!));
        Assert.Equal(("passed", 2), ((string)again["outcome"]!, (int)again["attempt"]!));
    }

    [Fact]
    public async Task a_file_that_is_wrong_changes_no_schedule_and_one_without_them_ends_them()
    {
        await PushAsync(Nightly);
        await PushAsync("schedules: { nightly: { corn: x } }");
        Assert.Equal("nightly", (string)(await OneAsync())["name"]!);
        await PushAsync("steps: []");
        Assert.Empty(await AllAsync());
        _time.Move(TimeSpan.FromDays(2));
        await SettledAsync();
        Assert.Equal(0L, await SlotsBuiltAsync());
    }

    [Fact]
    public async Task a_zone_that_this_machine_has_lost_hides_no_other_schedule()
    {
        await PushAsync(Nightly.Replace(
            "nightly: {", "weekly: { cron: \"0 3 * * 0\", zone: UTC }\n  nightly: {", StringComparison.Ordinal));
        await using (var command = _host.Database.CreateCommand(
            "update pipeline.schedules set zone = 'Mars/Olympus' where name = 'nightly'"))
            await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        var listed = await AllAsync();
        Assert.Equal(["nightly Mars/Olympus", "weekly UTC"], listed.Select(static one => $"{one["name"]} {one["zone"]}"));
        Assert.Null(listed[0]["nextAt"]);
        Assert.NotNull(listed[1]["nextAt"]);
        _time.Move(TimeSpan.FromDays(7));
        await SettledAsync();
        Assert.Equal("passed", (string)(await _host.FinishedAsync(BuildId.ForSlot(_told.Rid, "weekly", Utc(8, 3))))["outcome"]!);
    }

    [Fact]
    public async Task what_is_no_longer_tracked_is_not_built_and_counts_from_when_it_is_tracked_again()
    {
        await PushAsync(Nightly);
        await _host.SendAsync(_told.Untracked());
        await _host.Queues.QuietAsync("pipeline");
        Assert.Empty(await AllAsync());
        _time.Move(TimeSpan.FromDays(3));
        await SettledAsync();
        await _host.SendAsync(_told.Tracked());
        await _host.Queues.QuietAsync("pipeline");
        await SlotAsync(Utc(5, 1), TimeSpan.FromHours(14));
        Assert.Equal((1L, 0), (await SlotsBuiltAsync(), (await MissedAsync()).Count));
    }

    [Fact]
    public async Task another_branch_is_built_at_its_newest_head_and_one_that_nobody_pushed_is_said_to_be_missed()
    {
        const string file = "schedules: { nightly: { cron: '0 2 * * *', zone: Europe/Berlin, branch: next } }";
        var main = await PushAsync(file);
        _time.Move(TimeSpan.FromHours(14));
        await SettledAsync();
        Assert.Equal("branch 'next' has no head that Auxo has seen", (string)Assert.Single(await MissedAsync())["reason"]!);
        Assert.Equal(422, (await PostAsync("nightly", "run")).Status);

        var next = await _repository.CommitAsync("next", [("README.md", "# Next\n"u8.ToArray())]);
        await _host.SendAsync(new BranchAdvanced(
            _told.Rid, "demo", "next", null, next, Told.Alice, "Next", RepositoryLocator.OfFolder(_repository.Path),
            _time.GetUtcNow(), _time.GetUtcNow()));
        await _host.FinishedAsync(BuildId.For(_told.Rid, next, BuildTrigger.Branch, "next", 1));
        var build = await SlotAsync(Utc(3, 1), TimeSpan.FromHours(24));
        Assert.NotEqual(main, next);
        Assert.Equal((next.Value, "next", "Next"), ((string)build["commit"]!, (string)build["ref"]!, (string)build["title"]!));
    }

    [Fact]
    public async Task builds_of_two_schedules_leave_each_other_alone_and_of_one_no_more_than_one_waits()
    {
        await PushAsync("""
            schedules:
              one: { cron: "*/15 * * * *", zone: UTC }
              two: { cron: "*/15 * * * *", zone: UTC }
            steps:
              - { name: wait, run: "until [ -e /tmp/never ]; do sleep 0.1; done", if: { event: schedule } }
            """);
        for (var quarter = 1; quarter <= 3; quarter++)
        {
            _time.Move(TimeSpan.FromMinutes(15));
            await SettledAsync();
            if (quarter > 1) continue;
            foreach (var name in (string[])["one", "two"])
                await _host.InStateAsync(BuildId.ForSlot(_told.Rid, name, Quarter(1)), "running");
        }

        foreach (var name in (string[])["one", "two"])
        {
            var states = new List<string>();
            for (var quarter = 1; quarter <= 3; quarter++)
                states.Add((string)(await _host.BuildAsync(BuildId.ForSlot(_told.Rid, name, Quarter(quarter))))["state"]!);
            Assert.Equal(["running", "finished", "queued"], states);
            var pushedAside = await _host.BuildAsync(BuildId.ForSlot(_told.Rid, name, Quarter(2)));
            Assert.Equal(("superseded", $"superseded by the next run of schedule '{name}'"), (
                (string)pushedAside["outcome"]!, (string)pushedAside["reason"]!));
        }

        static DateTimeOffset Quarter(int number) => Utc(1, 12).AddMinutes(15 * number);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        await _repository.DisposeAsync();
        Directory.Delete(_home, recursive: true);
    }

    private static DateTimeOffset Utc(int day, int hour) => new(2026, 3, day, hour, 0, 0, TimeSpan.Zero);

    private static JsonNode Step(JsonNode build, string name)
        => build["steps"]!.AsArray().Single(step => (string)step!["step"]! == name)!;

    private async Task StartAsync() => _host = await PipelineHost.StartAsync(_database, _home, time: _time);

    private async Task RestartAsync(TimeSpan pause)
    {
        await _host.DisposeAsync();
        _time.Move(pause);
        await StartAsync();
    }

    /// <summary>A push to the default branch, until its build is over.</summary>
    private async Task<CommitId> PushAsync(string file)
    {
        var head = await _repository.CommitOnTopAsync(("README.md", "# Demo\n"), (".auxo/ci.yaml", file));
        await _host.SendAsync(_told.Advanced(head));
        await _host.FinishedAsync(BranchBuild(head));
        return head;
    }

    /// <summary>The build of a slot, once the clock is moved on.</summary>
    private async Task<JsonNode> SlotAsync(DateTimeOffset slot, TimeSpan later)
    {
        _time.Move(later);
        await SettledAsync();
        return await _host.FinishedAsync(Slot(slot));
    }

    /// <summary>All that is due is done, by the worker or by this.</summary>
    private async Task SettledAsync() => await _host.Services.GetRequiredService<BuildSlot>().BuildDueAsync(CancellationToken.None);

    private Guid Slot(DateTimeOffset slot) => BuildId.ForSlot(_told.Rid, "nightly", slot);

    private Guid BranchBuild(CommitId head) => BuildId.For(_told.Rid, head, BuildTrigger.Branch, "main", 1);

    private async Task<IReadOnlyList<JsonNode>> AllAsync() => await DeclaredAsync("/schedules");

    private async Task<JsonNode> OneAsync() => Assert.Single(await DeclaredAsync($"/schedules?rid={_told.Rid}"));

    private async Task<IReadOnlyList<JsonNode>> DeclaredAsync(string path)
        => [.. (await _host.Reader.GetFromJsonAsync<JsonNode>(path))!["items"]!.AsArray().Where(static one => !(bool)one!["isScan"]!)!];

    private async Task<(int Status, JsonNode? Body)> PostAsync(string name, string verb, HttpClient? client = null)
    {
        using var answer = await (client ?? _host.Writer).PostAsync(
            new Uri($"/schedules/{_told.Rid}/{name}/{verb}", UriKind.Relative), content: null, TestContext.Current.CancellationToken);
        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        return ((int)answer.StatusCode, text.Length == 0 ? null : JsonNode.Parse(text));
    }

    private Task<long> SlotsBuiltAsync()
        => _host.ScalarAsync<long>("select count(*) from pipeline.builds where trigger = 'Schedule'");

    private async Task<IReadOnlyList<JsonNode>> MissedAsync()
    {
        await _host.Queues.SentAllAsync("pipeline");
        return [.. (await _host.Queues.EnvelopesAsync("notify"))
            .Where(static sent => sent.MessageType == "schedule_missed").Select(static sent => JsonNode.Parse(sent.Data)!)];
    }
}
