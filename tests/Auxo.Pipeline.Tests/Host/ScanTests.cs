using System.Net.Http.Json;
using System.Text.Json.Nodes;

using Auxo.Contracts;
using Auxo.Pipeline.Schedules;
using Auxo.Pipeline.Tests.Checks.Packages;
using Auxo.Testing;

using Microsoft.Extensions.DependencyInjection;

namespace Auxo.Pipeline.Tests.Host;

/// <summary>What every repository has without declaring it: the whole service, with a clock that is set.</summary>
public sealed class ScanTests(PostgresFixture postgres) : IAsyncLifetime
{
    private const string Lock = """{"lockfileVersion":3,"packages":{"node_modules/lodash":{"version":"4.17.20"}}}""";

    private const string Lodash = """
        {"lodash":[{"id":1,"url":"https://github.com/advisories/GHSA-35jh-r3h4-6jhm","title":"Command Injection in lodash",
        "severity":"high","vulnerable_versions":"<4.17.21"}]}
        """;

    private static readonly string Key = "connect('gl" + "pat-q7Zp2LkX9vTn4RbW8sYd')\n";

    private readonly SetClock _time = new(new DateTimeOffset(2026, 3, 2, 12, 0, 0, TimeSpan.Zero));
    private readonly string _home = Directory.CreateTempSubdirectory("auxo-home-").FullName;
    private FakeRegistry _npm = null!;
    private GitRepository _repository = null!;
    private Told _told = null!;
    private string _database = null!;
    private PipelineHost _host = null!;

    public async ValueTask InitializeAsync()
    {
        _npm = await FakeRegistry.StartAsync();
        _repository = await GitRepository.CreateAsync();
        _told = new Told(_repository);
        _database = await postgres.CreateDatabaseAsync();
        await StartAsync();
        await _host.SendAsync(_told.Tracked());
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        await _npm.DisposeAsync();
        await _repository.DisposeAsync();
        Directory.Delete(_home, recursive: true);
    }

    [Fact]
    public async Task a_vulnerability_that_became_known_over_night_is_told_once_and_so_is_its_end()
    {
        var head = await PushAsync(("package-lock.json", Lock), (".auxo/ci.yaml", "steps: [{name: test, run: 'true'}]"));
        var quiet = await NightAsync("dependency-scan");
        Assert.Equal(("passed", "dependency-scan", head.Value, "dependencies", true), (
            (string)quiet["outcome"]!, (string)quiet["schedule"]!, (string)quiet["commit"]!,
            (string)Assert.Single(quiet["steps"]!.AsArray())!["step"]!, (bool)quiet["isScan"]!));

        _npm.Npm = Lodash;
        var alarm = await NightAsync("dependency-scan");
        Assert.Equal(("failed", "dependencies failed: 1 new"), ((string)alarm["outcome"]!, (string)alarm["reason"]!));
        var again = await NightAsync("dependency-scan");
        Assert.Equal(("failed", "dependencies failed: nothing new"), ((string)again["outcome"]!, (string)again["reason"]!));
        _npm.Npm = "{}";
        Assert.Equal("passed", (string)(await NightAsync("dependency-scan"))["outcome"]!);

        // Alone the second and the last are told; a pass of the branch is none of the scan's.
        Assert.Equal([true, null, true, null], await OldNewsAsync("dependency-scan"));
        var severe = Assert.Single((await _host.Queues.EnvelopesAsync("notify"))
            .Where(static sent => sent.MessageType == "severe_findings_found").Select(static sent => JsonNode.Parse(sent.Data)!));
        Assert.Equal((1, "High", "package-lock.json"), (
            (int)severe["count"]!, (string)severe["findings"]![0]!["severity"]!, (string)severe["findings"]![0]!["path"]!));
        Assert.Empty(await MissedAsync());
        var builds = (await _host.Reader.GetFromJsonAsync<JsonNode>($"/builds?rid={_told.Rid}&scans=false"))!["items"]!.AsArray();
        Assert.Equal(head.Value, (string)Assert.Single(builds)!["commit"]!);
    }

    [Fact]
    public async Task what_a_push_has_told_is_no_news_of_the_night()
    {
        _npm.Npm = Lodash;
        await PushAsync(("package-lock.json", Lock));
        Assert.Equal("dependencies failed: nothing new", (string)(await NightAsync("dependency-scan"))["reason"]!);
        Assert.Equal([true], await OldNewsAsync("dependency-scan"));
    }

    [Fact]
    public async Task where_there_is_nothing_to_look_at_no_build_begins_and_nothing_is_missed()
    {
        await PushAsync(("README.md", "# Demo\n"));
        _time.Move(TimeSpan.FromDays(9));
        await SettledAsync();
        var scan = await OneAsync("dependency-scan");
        Assert.Equal(("no lock files", null, 0), ((string)scan["idle"]!, scan["lastBuild"], (int)scan["missed"]!));
        Assert.NotNull((await OneAsync("deep-sast"))["idle"]);
        Assert.Equal(0L, await ScansAsync());
        Assert.Empty(await MissedAsync());
        var (status, problem) = await PostAsync("dependency-scan", "run");
        Assert.Equal((422, "'dependency-scan' has nothing to look at: no lock files."), (status, (string)problem!["detail"]!));

        await PushAsync(("package-lock.json", Lock));
        await NightAsync("dependency-scan");
        Assert.Null((await OneAsync("dependency-scan"))["idle"]);
    }

    [Fact]
    public async Task where_nobody_can_be_asked_about_the_lock_files_the_list_says_what_is_missing()
    {
        await PushAsync(("poetry.lock", "[[package]]\nname = \"a\"\nversion = \"1\"\n"));
        _time.Move(TimeSpan.FromHours(24));
        await SettledAsync();
        Assert.Contains("trivy is not installed", (string)(await OneAsync("dependency-scan"))["idle"]!, StringComparison.Ordinal);
        Assert.Equal(0L, await ScansAsync());
    }

    [Fact]
    public async Task a_repository_without_a_head_has_them_and_nothing_is_missed_there()
    {
        await _host.Queues.QuietAsync("pipeline");
        Assert.Equal(["audit", "deep-sast", "dependency-scan"], (await AllAsync()).Select(static one => (string)one["name"]!));
        _time.Move(TimeSpan.FromDays(40));
        await SettledAsync();
        Assert.Equal("branch 'main' has no head that Auxo has seen", (string)(await OneAsync("audit"))["idle"]!);
        Assert.Empty(await MissedAsync());
    }

    [Fact]
    public async Task an_audit_looks_at_everything_anew_and_keeps_its_report()
    {
        await PushAsync(("a.py", Key));
        await PushAsync(("a.py", "clean\n"), ("package-lock.json", Lock));
        _time.Move(TimeSpan.FromDays(30));
        await SettledAsync();
        var audit = await _host.FinishedAsync(PipelineHost.IdOf((await OneAsync("audit"))["lastBuild"]!));
        Assert.Equal(("secrets sast structure dependencies", "failed"), (
            string.Join(' ', audit["steps"]!.AsArray().Select(static step => (string)step!["step"]!)), (string)audit["outcome"]!));
        var log = await _host.LogAsync(PipelineHost.IdOf(audit), "secrets");
        Assert.Contains("2 commits searched, the whole history", log, StringComparison.Ordinal);
        Assert.Contains("0 looked at before", log, StringComparison.Ordinal);
        Assert.Contains("removed by a later one", log, StringComparison.Ordinal);
        var names = audit["artifacts"]!.AsArray().Select(static file => (string)file!["name"]!).Order(StringComparer.Ordinal);
        Assert.Equal(["audit.json", "audit.md"], names);
        var report = await _host.Client.GetStringAsync($"/builds/{PipelineHost.IdOf(audit)}/artifacts/audit.md");
        Assert.Contains("# Audit of demo, 2026-04-01", report, StringComparison.Ordinal);
        Assert.Contains("removed by a later one", report, StringComparison.Ordinal);
        Assert.Equal([null], await OldNewsAsync("audit"));

        // What a person accepts of it, the next one knows.
        Assert.Equal(200, (await _host.PostAsync($"/baselines/{_told.Rid}/accept", new { buildId = PipelineHost.IdOf(audit) })).Status);
        var next = await _host.FinishedAsync(PipelineHost.IdOf((await PostAsync("audit", "run")).Body!));
        Assert.Equal("passed", (string)next["outcome"]!);
    }

    [Fact]
    public async Task the_operator_the_file_and_a_person_switch_a_scan_each_stronger_than_the_one_before()
    {
        await RestartAsync(("Auxo:Schedules:Off", "dependency-scan,audit"));
        await PushAsync(("package-lock.json", Lock));
        Assert.Equal((false, "operator"), Switched(await OneAsync("dependency-scan")));
        _time.Move(TimeSpan.FromDays(2));
        await SettledAsync();
        Assert.Equal(0L, await ScansAsync());

        await PushAsync(("package-lock.json", Lock), (".auxo/ci.yaml", "schedules: {dependency-scan: on, deep-sast: off}"));
        Assert.Equal((true, null), Switched(await OneAsync("dependency-scan")));
        Assert.Equal((false, "file"), Switched(await OneAsync("deep-sast")));
        await NightAsync("dependency-scan");
        Assert.Empty(await MissedAsync());

        foreach (var (name, verb) in ((string, string)[])[
            ("dependency-scan", "disable"), ("deep-sast", "enable"), ("audit", "enable")])
            Assert.Equal(204, (await PostAsync(name, verb)).Status);
        await RestartAsync(("Auxo:Schedules:Off", "all"));
        await PushAsync(("package-lock.json", Lock), ("b", ""));
        await SettledAsync();
        Assert.Equal((false, "person"), Switched(await OneAsync("dependency-scan")));
        Assert.Equal((true, null), Switched(await OneAsync("deep-sast")));
        Assert.Equal((true, null), Switched(await OneAsync("audit")));
        Assert.Equal(1L, await ScansAsync());
    }

    [Fact]
    public async Task a_file_gives_a_scan_other_times_and_takes_them_back()
    {
        await PushAsync((".auxo/ci.yaml", "schedules: {audit: {cron: '0 5 * * *', zone: Europe/Berlin, jitter: 0s}}"));
        var audit = await OneAsync("audit");
        Assert.Equal(("0 5 * * *", "Europe/Berlin", "2026-03-03T05:00:00+01:00"), (
            (string)audit["cron"]!, (string)audit["zone"]!, (string)audit["nextAt"]!));
        await PushAsync((".auxo/ci.yaml", "schedules: {audit: {corn: x}}"));
        Assert.Equal("0 5 * * *", (string)(await OneAsync("audit"))["cron"]!);
        await PushAsync(("README.md", "x"));
        Assert.Equal(("0 4 1 * *", TimeZoneInfo.Local.Id), (
            (string)(await OneAsync("audit"))["cron"]!, (string)(await OneAsync("audit"))["zone"]!));
    }

    [Fact]
    public async Task a_repository_of_an_earlier_version_has_them_after_the_start_and_one_that_is_untracked_has_none()
    {
        await PushAsync(("package-lock.json", Lock));
        await using (var forget = _host.Database.CreateCommand("delete from pipeline.schedules")) await forget.ExecuteNonQueryAsync();
        await RestartAsync();
        await Eventually.TrueAsync(async () => (await AllAsync()).Count == 3, "the scans are there");
        await _host.SendAsync(_told.Untracked());
        await _host.Queues.QuietAsync("pipeline");
        Assert.Empty(await AllAsync());
        _time.Move(TimeSpan.FromDays(3));
        await SettledAsync();
        await _host.SendAsync(_told.Tracked());
        await _host.Queues.QuietAsync("pipeline");
        Assert.Equal(3, (await AllAsync()).Count);
        await NightAsync("dependency-scan");
        Assert.Empty(await MissedAsync());
    }

    [Fact]
    public async Task any_number_of_workers_at_once_build_a_scan_once()
    {
        await PushAsync(("package-lock.json", Lock));
        var workers = Enumerable.Range(0, 4).Select(_ => ActivatorUtilities.CreateInstance<BuildSlot>(_host.Services)).ToList();
        _time.Move(TimeSpan.FromHours(24));
        await Task.WhenAll(workers.Select(static worker => worker.BuildDueAsync(CancellationToken.None)));
        Assert.Equal(1L, await ScansAsync());
    }

    private static (bool On, string? By) Switched(JsonNode schedule) => ((bool)schedule["enabled"]!, (string?)schedule["offBy"]);

    private async Task StartAsync(params (string Key, string Value)[] settings)
        => _host = await PipelineHost.StartAsync(_database, _home, time: _time, settings:
            [("Auxo:Advisories:Npm", _npm.Address), ("Auxo:Egress:Allow", "127.0.0.1"), ("PATH", "/usr/bin:/bin"), .. settings]);

    private async Task RestartAsync(params (string Key, string Value)[] settings)
    {
        await _host.DisposeAsync();
        await StartAsync(settings);
    }

    /// <summary>A push to the default branch, until its build is over.</summary>
    private async Task<CommitId> PushAsync(params (string, string)[] files)
    {
        var head = await _repository.CommitOnTopAsync(files);
        await _host.SendAsync(_told.Advanced(head));
        await _host.FinishedAsync(BuildId.For(_told.Rid, head, BuildTrigger.Branch, "main", 1));
        return head;
    }

    /// <summary>The build of the next slot, once the clock is moved on by a day.</summary>
    private async Task<JsonNode> NightAsync(string name)
    {
        var before = (string?)(await OneAsync(name))["lastBuild"]?["id"];
        _time.Move(TimeSpan.FromHours(24));
        await SettledAsync();
        var build = await Eventually.ValueAsync(
            async () => (await OneAsync(name))["lastBuild"] is { } last && (string)last["id"]! != before ? last : null, "its build begins");
        return await _host.FinishedAsync(PipelineHost.IdOf(build));
    }

    /// <summary>All that is due is done, by the worker or by this.</summary>
    private async Task SettledAsync() => await _host.Services.GetRequiredService<BuildSlot>().BuildDueAsync(CancellationToken.None);

    private async Task<IReadOnlyList<JsonNode>> AllAsync()
        => [.. (await _host.Reader.GetFromJsonAsync<JsonNode>($"/schedules?rid={_told.Rid}"))!["items"]!.AsArray()!];

    private async Task<JsonNode> OneAsync(string name) => (await AllAsync()).Single(one => (string)one["name"]! == name);

    private async Task<(int Status, JsonNode? Body)> PostAsync(string name, string verb)
    {
        using var answer = await _host.Writer.PostAsync(
            new Uri($"/schedules/{_told.Rid}/{name}/{verb}", UriKind.Relative), content: null, TestContext.Current.CancellationToken);
        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        return ((int)answer.StatusCode, text.Length == 0 ? null : JsonNode.Parse(text));
    }

    private Task<long> ScansAsync() => _host.ScalarAsync<long>("select count(*) from pipeline.builds where scan is not null");

    /// <summary>Of the ends of a scan's runs, in their order.</summary>
    private async Task<IReadOnlyList<bool?>> OldNewsAsync(string scan)
    {
        await _host.Queues.SentAllAsync("pipeline");
        return [.. (await _host.Queues.EnvelopesAsync("notify")).Where(static sent => sent.MessageType == "build_finished")
            .Select(static sent => JsonNode.Parse(sent.Data)!).Where(sent => (string?)sent["subject"]!["schedule"] == scan)
            .Select(static sent => (bool?)sent["oldNews"])];
    }

    private async Task<IReadOnlyList<JsonNode>> MissedAsync()
    {
        await _host.Queues.SentAllAsync("pipeline");
        return [.. (await _host.Queues.EnvelopesAsync("notify"))
            .Where(static sent => sent.MessageType == "schedule_missed").Select(static sent => JsonNode.Parse(sent.Data)!)];
    }
}
