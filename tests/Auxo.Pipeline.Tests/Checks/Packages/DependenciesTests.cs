using System.IO.Compression;

using Auxo.Contracts;
using Auxo.Git;
using Auxo.Pipeline.Checks;
using Auxo.Pipeline.Checks.Advisories;
using Auxo.Pipeline.Checks.Files;
using Auxo.ServiceDefaults.Egress;
using Auxo.Testing;

using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;

namespace Auxo.Pipeline.Tests.Checks.Packages;

/// <summary>The check against registries over real connections.</summary>
public sealed class DependenciesTests : IAsyncLifetime
{
    private const string Npm = """
        {
          "lockfileVersion": 3,
          "packages": {
            "node_modules/lodash": { "version": "4.17.20" },
            "node_modules/ms": { "version": "2.1.3" }
          }
        }
        """;

    private const string Lodash = """
        {"lodash":[{"id":1106913,"url":"https://github.com/advisories/GHSA-35jh-r3h4-6jhm","title":"Command Injection in lodash",
        "severity":"high","vulnerable_versions":"<4.17.21","cwe":["CWE-77"],"cvss":{"score":7.2,"vectorString":"CVSS:3.1/x"}}]}
        """;

    private const string Project =
        """<Project><ItemGroup><PackageReference Include="Newtonsoft.Json" Version="12.0.3" /></ItemGroup></Project>""";

    private const string Json = """
        {"newtonsoft.json":[{"url":"https://github.com/advisories/GHSA-5crp-9r3c-p9vr","severity":2,"versions":"(, 13.0.1)"}]}
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("auxo-advisories-").FullName;
    private readonly ManualTime _time = new();
    private FakeRegistry _registry = null!;
    private GitRepository _repository = null!;
    private VerdictCache _cache = null!;

    public async ValueTask InitializeAsync()
    {
        _registry = await FakeRegistry.StartAsync();
        _repository = await GitRepository.CreateAsync();
        _cache = Cache();
    }

    public async ValueTask DisposeAsync()
    {
        await _registry.DisposeAsync();
        await _repository.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task a_repository_without_lock_files_asks_nobody()
    {
        var result = await CheckAsync(("a.txt", "x"));
        Assert.Equal((Outcome.Passed, ""), (result.Step.Outcome, result.Step.Summary));
        Assert.StartsWith("no lock files\n", result.Log, StringComparison.Ordinal);
        Assert.Empty(_registry.Asked);
    }

    [Fact]
    public async Task what_nobody_is_set_for_is_skipped_with_what_to_set()
    {
        _cache = Cache(npm: false, nuget: false);
        var result = await CheckAsync(("package-lock.json", Npm), ("Cargo.lock", "x"), ("a.csproj", Project), ("b.csproj", "<Project />"));
        Assert.Equal(Outcome.Skipped, result.Step.Outcome);
        Assert.Equal(
            "trivy is not installed, and nothing else knows about Cargo.lock; set Auxo__Advisories__NuGet for the advisories of NuGet; "
                + "trivy is not installed: install it, or set Auxo__Advisories__Npm for the advisories of npm",
            result.Step.Summary);
    }

    [Fact]
    public async Task what_nobody_is_set_for_beside_what_is_looked_at_is_not_judged_and_warns()
    {
        _cache = Cache(nuget: false);
        var result = await CheckAsync(("package-lock.json", Npm), ("Cargo.lock", "x"), ("packages.lock.json", "{"));
        Assert.Equal((Outcome.Failed, false, "2 warnings"), (result.Step.Outcome, result.Step.Blocks, result.Step.Summary));
        Assert.Equal(
            [("Cargo.lock", "not-judged"), ("packages.lock.json", "not-judged")],
            result.Findings.Select(static finding => (finding.Path!, finding.Rule)));
    }

    [Fact]
    public async Task a_vulnerable_package_of_npm_blocks_with_its_line_and_what_fixes_it()
    {
        _registry.Npm = Lodash;
        var result = await CheckAsync(("web/package-lock.json", Npm));
        var finding = Assert.Single(result.Findings);
        Assert.Equal(("GHSA-35jh-r3h4-6jhm", "web/package-lock.json", 4, true, Severity.High),
            (finding.Rule, finding.Path, finding.Line, finding.Blocks, finding.Severity));
        Assert.Equal("lodash 4.17.20: Command Injection in lodash, fixed in 4.17.21", finding.Message);
        Assert.Equal(
            """POST /-/npm/v1/security/advisories/bulk 200 {"lodash":["4.17.20"],"ms":["2.1.3"]}""", Assert.Single(_registry.Asked));
        Assert.Contains("npm: 1 lock file, by the advisories of 2026-03-01 12:00 UTC", result.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_vulnerable_package_of_nuget_is_found_in_either_page_and_asked_for_again_only_when_it_changed()
    {
        _registry.Base = Json;
        _registry.Update = """
            {"Newtonsoft.Json":[{"url":"https://github.com/advisories/GHSA-aaaa-bbbb-cccc","severity":1,"versions":"[12.0.3, 12.0.3]"}]}
            """;
        var result = await CheckAsync(("a.csproj", Project));
        Assert.Equal(
            [("GHSA-5crp-9r3c-p9vr", true), ("GHSA-aaaa-bbbb-cccc", false)], result.Findings.Select(static f => (f.Rule, f.Blocks)));
        Assert.Equal("Newtonsoft.Json 12.0.3: has a known vulnerability, fixed in 13.0.1", result.Findings[0].Message);
        Assert.Equal(4, _registry.Asked.Count);

        await CheckAsync(("b.csproj", Project));
        Assert.Equal(4, _registry.Asked.Count);
        _time.Advance(TimeSpan.FromHours(2));
        _registry.Update = "{}";
        _registry.Asked.Clear();
        Assert.Single((await CheckAsync(("b.csproj", Project))).Findings);
        Assert.Equal(
            ["GET /v3/index.json 304", "GET /v3/vulnerabilities/index.json 304", "GET /base.json 304", "GET /update.json 200"],
            _registry.Asked);
    }

    [Fact]
    public async Task what_was_answered_counts_for_a_process_that_starts_later()
    {
        _registry.Base = Json;
        await CheckAsync(("a.csproj", Project));
        _registry.Asked.Clear();
        _cache = Cache();
        Assert.Single((await CheckAsync(("a.csproj", Project))).Findings);
        Assert.Empty(_registry.Asked);
        _time.Advance(TimeSpan.FromHours(2));
        _cache = Cache();
        Assert.Single((await CheckAsync(("a.csproj", Project))).Findings);
        Assert.All(_registry.Asked, static asked => Assert.EndsWith(" 304", asked, StringComparison.Ordinal));
    }

    [Fact]
    public async Task an_unreachable_registry_is_a_warning_for_a_week_and_then_no_answer()
    {
        _registry.Npm = Lodash;
        await CheckAsync(("package-lock.json", Npm));
        _registry.Instead = static http => Status(http, 500);
        _time.Advance(TimeSpan.FromDays(6));
        var old = await CheckAsync(("package-lock.json", Npm));
        Assert.Equal(["GHSA-35jh-r3h4-6jhm", "old-data"], old.Findings.Select(static finding => finding.Rule));
        Assert.Equal("the advisories of npm are of 2026-03-01 12:00 UTC: 127.0.0.1: answered 500", old.Findings[1].Message);
        Assert.False(old.Findings[1].Blocks);
        _time.Advance(TimeSpan.FromDays(2));
        var none = await CheckAsync(("package-lock.json", Npm));
        Assert.Equal((Outcome.Skipped, "127.0.0.1: answered 500"), (none.Step.Outcome, none.Step.Summary));
    }

    [Fact]
    public async Task what_has_just_failed_is_not_asked_again_at_once()
    {
        _registry.Instead = static http => Status(http, 503);
        await CheckAsync(("package-lock.json", Npm));
        await CheckAsync(("package-lock.json", Npm));
        Assert.Single(_registry.Asked);
        _time.Advance(TimeSpan.FromMinutes(2));
        await CheckAsync(("package-lock.json", Npm));
        Assert.Equal(2, _registry.Asked.Count);
    }

    [Fact]
    public async Task who_does_not_answer_is_asked_once_for_all_lock_files_and_who_refuses_one_is_asked_for_the_next()
    {
        _registry.Instead = static http => Status(http, 503);
        await CheckAsync(("a/package-lock.json", Npm), ("b/package-lock.json", Npm + " "));
        Assert.Single(_registry.Asked);
        _time.Advance(TimeSpan.FromMinutes(2));
        _registry.Instead = static http => Status(http, 400);
        await CheckAsync(("a/package-lock.json", Npm), ("b/package-lock.json", Npm + " "));
        Assert.Equal(3, _registry.Asked.Count);
    }

    [Theory]
    [InlineData("""{"lockfileVersion":3,"packages":{"node_modules/\ud800":{"version":"1.0.0"}}}""")]
    [InlineData("""{"lockfileVersion":3,"packages":{"node_modules/a":{"version":"1.0.0","name":"\udc00"}}}""")]
    public async Task half_a_character_is_no_text(string text)
    {
        var finding = Assert.Single((await CheckAsync(("package-lock.json", text))).Findings);
        Assert.Equal("not judged: it holds text that is no Unicode", finding.Message);
    }

    [Fact]
    public async Task numbers_that_are_none_do_no_harm()
    {
        _registry.Npm = """{"lodash":[{"id":"x","url":7,"severity":{},"title":[],"vulnerable_versions":"<9"}]}""";
        var finding = Assert.Single((await CheckAsync(("package-lock.json", Npm))).Findings);
        Assert.Equal(("unnamed", false), (finding.Rule, finding.Blocks));
        _registry.Base = """{"newtonsoft.json":[{"url":"https://x.test/GHSA-aaaa-bbbb-cccc","severity":"high","versions":"(, 13.0.1)"}]}""";
        Assert.False(Assert.Single((await CheckAsync(("a.csproj", Project))).Findings).Blocks);
    }

    [Fact]
    public async Task a_slow_registry_has_twenty_seconds()
    {
        var came = new TaskCompletionSource();
        _registry.Instead = async http =>
        {
            came.SetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, http.RequestAborted)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        };
        var checking = CheckAsync(("package-lock.json", Npm));
        await came.Task;
        _time.Advance(TimeSpan.FromSeconds(21));
        Assert.Equal("127.0.0.1: no answer within 20 s", (await checking).Step.Summary);
    }

    [Theory]
    [InlineData("<html>not found</html>")]
    [InlineData("[]")]
    [InlineData("""{"lodash":{}}""")]
    [InlineData("""{"lodash":[1]}""")]
    [InlineData("""{"lodash":[{"title":"\ud800","vulnerable_versions":"<9","id":1}]}""")]
    [InlineData("")]
    public async Task rubbish_is_no_answer(string answer)
    {
        _registry.Npm = answer;
        Assert.Equal(
            (Outcome.Skipped, "127.0.0.1: answered something else than advisories"),
            await CheckAsync(("package-lock.json", Npm)) is var result ? (result.Step.Outcome, result.Step.Summary) : default);
        Assert.Empty(Directory.EnumerateFiles(_folder));
    }

    [Fact]
    public async Task an_endless_answer_is_cut_also_when_it_comes_packed()
    {
        var piece = new byte[1 << 20];
        _registry.Instead = async http =>
        {
            http.Response.Headers.ContentEncoding = "gzip";
            await using var packed = new GZipStream(http.Response.Body, CompressionLevel.Fastest);
            try
            {
                for (var i = 0; i < 64; i++) await packed.WriteAsync(piece, http.RequestAborted);
            }
            catch (Exception e) when (e is OperationCanceledException or IOException)
            {
                // It was cut.
            }
        };
        Assert.Equal("127.0.0.1: answered more than 32 MiB", (await CheckAsync(("package-lock.json", Npm))).Step.Summary);
    }

    [Fact]
    public async Task a_redirect_is_not_followed()
    {
        _registry.Instead = http =>
        {
            http.Response.Headers.Location = _registry.Address + "/elsewhere";
            return Status(http, 302);
        };
        Assert.Equal(
            "127.0.0.1: answered 302 and names another address, which has to stand in the setting",
            (await CheckAsync(("package-lock.json", Npm))).Step.Summary);
        Assert.Single(_registry.Asked);
    }

    [Fact]
    public async Task an_answer_leads_to_no_address_that_is_not_open()
    {
        _registry.Instead = static http => http.Response.WriteAsync(
            """{"resources":[{"@id":"http://169.254.169.254/latest","@type":["VulnerabilityInfo/6.7.0"]}]}""");
        var result = await CheckAsync(("a.csproj", Project));
        Assert.StartsWith("169.254.169.254 is a metadata service", result.Step.Summary, StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_registry_of_an_own_network_needs_the_operators_word()
    {
        _cache = Cache(allow: "");
        var result = await CheckAsync(("package-lock.json", Npm));
        Assert.Contains("Auxo__Egress__Allow=127.0.0.1", result.Step.Summary, StringComparison.Ordinal);
        Assert.Empty(_registry.Asked);
    }

    [Fact]
    public async Task what_an_answer_says_is_text_on_one_line_and_a_withdrawn_advisory_is_none()
    {
        _registry.Npm = """
            {"lodash":[
              {"id":7,"url":"javascript:alert(1)","title":"a\nb \u202e c","severity":"worse","vulnerable_versions":"<9"},
              {"id":8,"title":"x","severity":"critical","vulnerable_versions":"rubbish!"},
              {"id":9,"title":"x","severity":"critical","vulnerable_versions":"<9","withdrawn_at":"2026-01-01"}]}
            """;
        var result = await CheckAsync(("package-lock.json", Npm));
        Assert.Equal(
            ["npm-7 lodash 4.17.20: a b   c, fixed in 9.0.0 False", "npm-8 lodash 4.17.20: x, no fixed version is known False"],
            result.Findings.Select(static finding => $"{finding.Rule} {finding.Message} {finding.Blocks}"));
    }

    [Fact]
    public async Task a_lock_file_that_cannot_be_read_is_not_judged()
    {
        var finding = Assert.Single((await CheckAsync(("package-lock.json", "<<<<<<< HEAD\n"))).Findings);
        Assert.Equal(("not-judged", "not judged: it is no JSON (line 1)", false), (finding.Rule, finding.Message, finding.Blocks));
    }

    [Fact]
    public async Task what_is_left_out_is_not_asked_about()
    {
        _registry.Npm = Lodash;
        var settings = new CheckSettings { Ignore = new Dictionary<string, IReadOnlyList<string>> { ["dependencies"] = ["fixtures/"] } };
        Assert.Empty((await CheckAsync(settings, ("fixtures/package-lock.json", Npm))).Findings);
        Assert.Empty(_registry.Asked);
    }

    [Fact]
    public async Task what_stands_in_the_default_branch_blocks_all_the_same_and_says_that_it_is_not_new()
    {
        _registry.Npm = Lodash;
        await using var objects = new GitObjects(_repository.Path);
        var commit = await _repository.CommitAsync(("package-lock.json", Npm));
        await using var tree = await SourceTree.ReadAsync(objects, commit, _folder, TestContext.Current.CancellationToken);
        var run = Assert.Single(await CheckBatch.LookAsync(
            tree, CheckSettings.Default, ["dependencies"], _cache, _time, TestContext.Current.CancellationToken));
        var known = run.Report with { Observations = [.. run.Report.Observations.Select(static seen => seen with { IsKnown = true })] };
        var result = CheckBatch.Judge("dependencies", known, CheckSettings.Default, TimeSpan.Zero);
        Assert.Equal((Outcome.Failed, true, "0 new, 1 known, of which 1 blocks all the same"),
            (result.Step.Outcome, result.Step.Blocks, result.Step.Summary));
        var finding = Assert.Single(result.Findings);
        Assert.Equal((true, false), (finding.Blocks, finding.Known));
        Assert.EndsWith(" (not new)", finding.Message, StringComparison.Ordinal);
        var secret = CheckBatch.Judge("secrets", known, CheckSettings.Default, TimeSpan.Zero);
        Assert.Equal((false, true), (secret.Findings[0].Blocks, secret.Findings[0].Known));
    }

    private static Task Status(HttpContext http, int status)
    {
        http.Response.StatusCode = status;
        return Task.CompletedTask;
    }

    private VerdictCache Cache(bool npm = true, bool nuget = true, string allow = "127.0.0.1")
        => new()
        {
            Advisories = AdvisorySources.From(
                new ConfigurationBuilder().AddInMemoryCollection(
                [
                    new("PATH", "/nonexistent"), new("Auxo:Advisories:Npm", npm ? _registry.Address : null),
                    new("Auxo:Advisories:NuGet", nuget ? _registry.Index : null),
                ]).Build(),
                new EgressGuard(EgressPolicy.Parse(allow)), _folder, _time),
        };

    private Task<CheckResult> CheckAsync(params (string, string)[] files) => CheckAsync(CheckSettings.Default, files);

    private async Task<CheckResult> CheckAsync(CheckSettings settings, params (string, string)[] files)
    {
        var commit = await _repository.CommitAsync(files);
        await using var objects = new GitObjects(_repository.Path);
        await using var tree = await SourceTree.ReadAsync(objects, commit, _folder, TestContext.Current.CancellationToken);
        return Assert.Single(await CheckBatch.RunAsync(
            tree, settings, ["dependencies"], _cache, _time, TestContext.Current.CancellationToken));
    }
}
