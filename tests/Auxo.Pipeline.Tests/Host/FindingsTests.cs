using System.Net.Http.Json;
using System.Text.Json.Nodes;

using Auxo.Contracts;
using Auxo.Pipeline.Housekeeping;
using Auxo.Pipeline.Security;
using Auxo.Testing;

using Microsoft.Extensions.DependencyInjection;

using Npgsql;

namespace Auxo.Pipeline.Tests.Host;

/// <summary>The findings of a default branch over its builds: the whole service.</summary>
public sealed class FindingsTests(PostgresFixture postgres) : IAsyncLifetime
{
    private const string NotRunnable = "#!/bin/sh\necho hello\n";

    private readonly string _home = Directory.CreateTempSubdirectory("auxo-home-").FullName;
    private readonly (string, string)[] _tidy = [("README.md", "# Demo\n\nIt shows what this is about, in a line or two.\n")];

    private string _database = null!;
    private GitRepository _repository = null!;
    private Told _told = null!;
    private PipelineHost _host = null!;

    public async ValueTask InitializeAsync()
    {
        _repository = await GitRepository.CreateAsync();
        _told = new Told(_repository);
        _database = await postgres.CreateDatabaseAsync();
        _host = await PipelineHost.StartAsync(_database, _home);
        await _host.SendAsync(_told.Tracked());
    }

    [Fact]
    public async Task a_finding_is_opened_fixed_and_open_again_with_builds_commits_and_authors()
    {
        var first = await CommitAsync(("old.sh", NotRunnable));
        await FollowAsync(first);
        var old = await OneAsync("old.sh");
        Assert.Equal((true, null, first.Value, "open", "permissions"),
            ((bool)old["wasThere"]!, (string?)old["opened"]!["by"], (string)old["opened"]!["commit"]!, (string)old["state"]!,
                (string)old["check"]!));

        var second = await CommitAsync(("old.sh", NotRunnable), ("new.sh", NotRunnable));
        await FollowAsync(second, first);
        var fresh = await OneAsync("new.sh");
        Assert.Equal((false, second.Value, BuildOf(second).ToString()),
            ((bool)fresh["wasThere"]!, (string)fresh["opened"]!["commit"]!, (string)fresh["opened"]!["buildId"]!));
        Assert.False(string.IsNullOrEmpty((string?)fresh["opened"]!["by"]));

        var third = await CommitAsync(("old.sh", NotRunnable));
        await FollowAsync(third, second);
        Assert.Null(await FindAsync("new.sh"));
        var gone = await OneAsync("new.sh", "fixed");
        Assert.Equal(("changed", third.Value, (string)fresh["id"]!),
            ((string)gone["fixedHow"]!, (string)gone["fixed"]!["commit"]!, (string)gone["id"]!));
        Assert.Equal(1, (int)(await ListAsync())["fixedLately"]!);

        await FollowAsync(await CommitAsync(("old.sh", NotRunnable), ("new.sh", NotRunnable)), third);
        var again = await OneAsync("new.sh");
        Assert.Equal((1, (string)fresh["id"]!), ((int)again["reopenings"]!, (string)again["id"]!));
        Assert.Equal(third.Value, (string)again["fixed"]!["commit"]!);
        Assert.Equal(0L, await _host.ScalarAsync<long>("select count(*) from pipeline.finding_looks"));
    }

    [Fact]
    public async Task what_a_suppressions_file_accepts_is_accepted_until_its_day()
    {
        var until = DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime).AddDays(30);
        var entry = $"- {{ rule: not-executable, until: {until:yyyy-MM-dd}, reason: it is sourced, by: alice }}\n";
        var first = await CommitAsync(("old.sh", NotRunnable));
        await FollowAsync(first);
        var rule = (string)(await OneAsync("old.sh"))["rule"]!;
        await FollowAsync(
            await CommitAsync(
                ("old.sh", NotRunnable),
                (".auxo/suppressions.yaml", entry.Replace("not-executable", rule, StringComparison.Ordinal))),
            first);
        Assert.Null(await FindAsync("old.sh"));
        var accepted = (await OneAsync("old.sh", "accepted"))["accepted"]!;
        Assert.Equal(($"{until:yyyy-MM-dd}", "alice", "it is sourced"),
            ((string)accepted["until"]!, (string)accepted["by"]!, (string)accepted["reason"]!));
        Assert.True((await ListAsync())["counts"]!.AsArray().Sum(static count => (int)count!["accepted"]!) >= 1);

        await _host.DisposeAsync();
        _host = await PipelineHost.StartAsync(_database, _home, time: new SetClock(TimeProvider.System.GetUtcNow().AddDays(31)));
        Assert.Equal("open", (string)(await OneAsync("old.sh"))["state"]!);
        Assert.Null(await FindAsync("old.sh", "accepted"));
    }

    [Fact]
    public async Task a_false_alarm_is_counted_apart_and_the_counts_are_told_after_each_move_and_every_hour()
    {
        const string leak = "password = '" + "AKIA" + "QYLPMN5HFIQR7XYA'\n";
        var first = await CommitAsync(("conf.txt", leak), ("CODEOWNERS", "* @alice\n"));
        await FollowAsync(first);
        var report = await SecurityAsync();
        var open = Assert.Single(report["checks"]!.AsArray());
        Assert.Equal(("secrets", 1), ((string)open!["name"]!, (int)open["open"]!));
        Assert.Equal("@alice", (string)Assert.Single(report["owners"]!.AsArray())!["name"]!);
        Assert.True((int)report["score"]!["value"]! < 100);
        var due = Assert.Single(report["due"]!.AsArray())!;
        Assert.Equal(("conf.txt", "@alice", false), (
            (string)due["finding"]!["path"]!, (string)due["owners"]![0]!, (bool)due["isOverdue"]!));

        var rule = (string)due["finding"]!["rule"]!;
        await FollowAsync(
            await CommitAsync(
                ("conf.txt", leak), ("CODEOWNERS", "* @alice\n"),
                (".auxo/suppressions.yaml", $"- {{ rule: {rule}, kind: false-alarm, reason: made up, by: alice }}\n")), first);
        report = await SecurityAsync();
        Assert.Equal((0, 1, 100), (
            (int)report["checks"]![0]!["open"]!, (int)report["checks"]![0]!["falseAlarms"]!, (int)report["score"]!["value"]!));
        var alarm = (await ListAsync("&state=false-alarm"))["items"]!.AsArray();
        Assert.True((bool)Assert.Single(alarm)!["accepted"]!["isFalseAlarm"]!);
        Assert.DoesNotContain((await ListAsync("&state=accepted"))["items"]!.AsArray(), f => (string?)f!["path"] == "conf.txt");

        await _host.Services.GetRequiredService<FindingCounter>().CountAsync(TestContext.Current.CancellationToken);
        await _host.Queues.SentAllAsync("pipeline");
        var counted = (await _host.Queues.EnvelopesAsync("metrics")).Where(static sent => sent.MessageType == "findings_counted")
            .Select(static sent => JsonNode.Parse(sent.Data)!).ToList();
        Assert.Equal(3, counted.Count);
        Assert.Equal([1, 0, 0], counted.Select(static one => one["counts"]!.AsArray()
            .Where(static c => (string)c!["check"]! == "secrets").Sum(static c => (int)c!["open"]!)));
        Assert.Equal(100, (int)counted[2]["score"]!);

        var all = (await _host.Reader.GetFromJsonAsync<JsonNode>("/security/repositories"))!["items"]!.AsArray();
        Assert.Equal(("demo", 100), ((string)Assert.Single(all)!["name"]!, (int)all[0]!["score"]!));
        foreach (var wrong in (string[])["days=0", "days=366", "days=x"])
        {
            using var answer = await _host.Reader.GetAsync($"/security?rid={_told.Rid}&{wrong}");
            Assert.Equal(400, (int)answer.StatusCode);
        }

        using var unknown = await _host.Reader.GetAsync("/security?rid=rad:z2u2CP3ZJzB7ZqE8jHrau19yjcfCQ");
        Assert.Equal(404, (int)unknown.StatusCode);
    }

    [Fact]
    public async Task a_check_that_cannot_look_a_broken_file_and_a_cancelled_build_fix_nothing()
    {
        var first = await CommitAsync(("old.sh", NotRunnable), ("bad.sh", "#!/bin/bash\necho $1 | grep `x`\n"));
        await FollowAsync(first);
        var before = await StatesAsync();
        Assert.NotEmpty(before);

        // The pipeline file is broken: the checks look by other settings than the repository wants.
        var broken = await CommitAsync((".auxo/ci.yaml", "steps: [\n"));
        await FollowAsync(broken, first);
        Assert.Equal(before, await StatesAsync());

        // Somebody stops the build when its checks have looked.
        var slow = await CommitAsync((".auxo/ci.yaml", "steps:\n  - { name: wait, run: sleep 600 }\n"));
        await _host.SendAsync(_told.Advanced(slow, broken));
        await Eventually.TrueAsync(
            async () => (await _host.BuildAsync(BuildOf(slow)))["steps"]!.AsArray()
                .Where(static s => (string)s!["kind"]! == "check").All(static s => (string)s!["state"]! == "finished"),
            "the checks have looked");
        Assert.Equal(1L, await _host.ScalarAsync<long>("select count(*) from pipeline.finding_looks"));
        Assert.Equal(200, (await _host.PostAsync($"/builds/{BuildOf(slow)}/cancel")).Status);
        await _host.FinishedAsync(BuildOf(slow));
        Assert.Equal(before, await StatesAsync());
        Assert.Equal(0L, await _host.ScalarAsync<long>("select count(*) from pipeline.finding_looks"));

        await FollowAsync(await CommitAsync(), slow);
        Assert.NotEqual(before, await StatesAsync());
    }

    [Fact]
    public async Task a_build_that_comes_again_or_late_changes_nothing()
    {
        var first = await CommitAsync(("old.sh", NotRunnable));
        await FollowAsync(first);
        var second = await CommitAsync(("new.sh", NotRunnable));
        await FollowAsync(second, first);
        var before = await _host.ScalarAsync<string>("select json_agg(f order by id)::text from pipeline.findings f");
        foreach (var commit in (CommitId[])[second, first])
        {
            var (_, rerun) = await _host.PostAsync($"/builds/{BuildOf(commit)}/rerun");
            await _host.FinishedAsync(PipelineHost.IdOf(rerun));
        }

        Assert.Equal(before, await _host.ScalarAsync<string>("select json_agg(f order by id)::text from pipeline.findings f"));

        // What a build left that was stopped at the wrong moment goes, and what an unfinished one has stays.
        await using (var leave = _host.Database.CreateCommand(
            "insert into pipeline.finding_looks values ($1, '{}'), ($2, '{}')"))
        {
            leave.Parameters.Add(new NpgsqlParameter { Value = BuildOf(first) });
            leave.Parameters.Add(new NpgsqlParameter { Value = Guid.NewGuid() });
            await leave.ExecuteNonQueryAsync();
        }

        await _host.Services.GetRequiredService<Housekeeper>().RunAsync(TestContext.Current.CancellationToken);
        Assert.Equal(1L, await _host.ScalarAsync<long>("select count(*) from pipeline.finding_looks"));
    }

    [Fact]
    public async Task a_patch_says_what_it_fixes_and_moves_nothing()
    {
        var main = await CommitAsync(("old.sh", NotRunnable), ("older.sh", NotRunnable));
        await FollowAsync(main);
        var before = await StatesAsync();
        var patch = await CommitAsync(("old.sh", NotRunnable), ("mine.txt", "mine\n"));
        await _host.SendAsync(_told.Opened(patch, canonical: main));
        var build = await _host.FinishedAsync(_told.BuildOf(patch));
        Assert.Equal(1, (int)build["fixes"]!);
        Assert.Equal("older.sh", (string)Assert.Single(build["firstFixes"]!.AsArray())!["path"]!);
        Assert.Contains("\nfixes 1 finding of the default branch\n", (string)build["verdict"]!, StringComparison.Ordinal);
        Assert.Equal(before, await StatesAsync());

        var other = await CommitAsync(("old.sh", NotRunnable), ("older.sh", NotRunnable), ("mine.txt", "mine\n"));
        await _host.SendAsync(_told.Revised(other, canonical: main));
        var none = await _host.FinishedAsync(_told.BuildOf(other));
        Assert.Equal(0, (int)none["fixes"]!);
        Assert.DoesNotContain("fixes", (string)none["verdict"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_list_is_filtered_and_read_page_by_page()
    {
        await FollowAsync(await CommitAsync([.. Enumerable.Range(0, 7).Select(static i => ($"s{i}.sh", NotRunnable))]));
        var all = (await ListAsync("&check=permissions&limit=200"))["items"]!.AsArray().Select(static f => (string)f!["path"]!).ToList();
        Assert.Equal(7, all.Count);
        var (paged, next) = (new List<string>(), "");
        do
        {
            var page = await ListAsync($"&check=permissions&limit=3{next}");
            paged.AddRange(page["items"]!.AsArray().Select(static f => (string)f!["path"]!));
            next = (string?)page["next"] is { } after ? $"&after={after}" : null;
        }
        while (next is not null);
        Assert.Equal(all, paged);

        var severity = (string)(await OneAsync("s1.sh"))["severity"]!;
        Assert.Equal(7, (await ListAsync($"&severity={severity}&severity=critical&check=permissions"))["items"]!.AsArray().Count);
        Assert.Empty((await ListAsync($"&severity=critical&check=permissions"))["items"]!.AsArray());
        foreach (var wrong in (string[])["state=lost", "state=1", "severity=awful", "limit=0", "limit=201", "after=x", "after=9-9-"])
        {
            using var answer = await _host.Reader.GetAsync($"/findings?rid={_told.Rid}&{wrong}");
            Assert.Equal(400, (int)answer.StatusCode);
        }

        using var unknown = await _host.Reader.GetAsync("/findings?rid=rad:z2u2CP3ZJzB7ZqE8jHrau19yjcfCQ");
        using var stranger = await _host.Anonymous.GetAsync($"/findings?rid={_told.Rid}");
        Assert.Equal((404, 401), ((int)unknown.StatusCode, (int)stranger.StatusCode));
    }

    [Fact]
    public async Task a_record_that_is_lost_is_begun_again_from_the_events_of_the_baseline()
    {
        var first = await CommitAsync(("old.sh", NotRunnable));
        await FollowAsync(first);
        var before = await OneAsync("old.sh");
        var second = await CommitAsync(("old.sh", NotRunnable), ("more.txt", "more\n"));
        await using (var lose = _host.Database.CreateCommand(
            """
            delete from pipeline.findings;
            delete from pipeline.mt_doc_findingsrecord;
            delete from pipeline.mt_events where stream_id like 'findings/%';
            delete from pipeline.mt_streams where id like 'findings/%'
            """))
            await lose.ExecuteNonQueryAsync();
        await FollowAsync(second, first);
        var after = await OneAsync("old.sh");
        Assert.Equal(
            ((string)before["id"]!, first.Value, BuildOf(first).ToString(), true),
            ((string)after["id"]!, (string)after["opened"]!["commit"]!, (string)after["opened"]!["buildId"]!, (bool)after["wasThere"]!));
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        await _repository.DisposeAsync();
        Directory.Delete(_home, recursive: true);
    }

    private Task<CommitId> CommitAsync(params (string, string)[] files) => _repository.CommitOnTopAsync([.. _tidy, .. files]);

    private Guid BuildOf(CommitId commit) => BuildId.For(_told.Rid, commit, BuildTrigger.Branch, "main", 1);

    private async Task<JsonNode> FollowAsync(CommitId head, CommitId? old = null)
    {
        await _host.SendAsync(_told.Advanced(head, old));
        return await _host.FinishedAsync(BuildOf(head));
    }

    private async Task<JsonNode> SecurityAsync()
        => (await _host.Reader.GetFromJsonAsync<JsonNode>($"/security?rid={_told.Rid}&days=30"))!;

    private async Task<JsonNode> ListAsync(string query = "")
        => (await _host.Reader.GetFromJsonAsync<JsonNode>($"/findings?rid={_told.Rid}{query}"))!;

    /// <summary>The one that the check <c>permissions</c> has in a file; null for none.</summary>
    private async Task<JsonNode?> FindAsync(string path, string state = "open")
        => (await ListAsync($"&state={state}&check=permissions&limit=200"))["items"]!.AsArray()
            .SingleOrDefault(f => (string?)f!["path"] == path);

    private async Task<JsonNode> OneAsync(string path, string state = "open")
        => await FindAsync(path, state) ?? throw new InvalidOperationException($"{path} is not {state}");

    private async Task<string> StatesAsync()
    {
        var states = new List<string>();
        foreach (var state in (string[])["open", "fixed", "accepted"])
            states.AddRange((await ListAsync($"&state={state}&limit=200"))["items"]!.AsArray()
                .Select(f => $"{state} {f!["id"]} {f["path"]} {f["rule"]}"));
        return string.Join('\n', states.Order(StringComparer.Ordinal));
    }
}
