using Auxo.Contracts;
using Auxo.Git;
using Auxo.Pipeline.Checks;
using Auxo.Pipeline.Checks.Advisories;
using Auxo.Pipeline.Checks.Files;
using Auxo.ServiceDefaults.Egress;
using Auxo.Testing;

using Microsoft.Extensions.Configuration;

namespace Auxo.Pipeline.Tests.Checks.Packages;

/// <summary>The check where Trivy is installed: a small script stands for it and prints what Trivy has printed.</summary>
public sealed class TrivyTests : IAsyncLifetime
{
    private const string Report = """
        {"SchemaVersion":2,"ArtifactName":".","ArtifactType":"filesystem","Results":[
          {"Target":"web/package-lock.json","Class":"lang-pkgs","Type":"npm",
            "Packages":[{"ID":"debug@3.0.1","Name":"debug","Version":"3.0.1","Locations":[{"StartLine":11,"EndLine":19}]}],
            "Vulnerabilities":[
              {"VulnerabilityID":"CVE-2017-20165","PkgID":"debug@3.0.1","PkgName":"debug","InstalledVersion":"3.0.1",
                "FixedVersion":"3.1.0, 2.6.9","Status":"fixed","Title":"A vulnerability in debug-js","Severity":"HIGH"},
              {"VulnerabilityID":"CVE-2099-1","PkgName":"debug","InstalledVersion":"3.0.1","Severity":"UNKNOWN"}],
            "ExperimentalModifiedFindings":[{"Type":"vulnerability","Status":"ignored","Finding":{"VulnerabilityID":"CVE-2000-1"}}]}]}
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("auxo-trivy-").FullName;
    private readonly ManualTime _time = new();
    private readonly VerdictCache _cache;
    private GitRepository _repository = null!;

    public TrivyTests()
        => _cache = new VerdictCache
        {
            Advisories = AdvisorySources.From(
                new ConfigurationBuilder().AddInMemoryCollection([new("PATH", _folder), new("TRIVY_CACHE_DIR", _folder)]).Build(),
                new EgressGuard(new EgressPolicy()), _folder, _time),
        };

    private string Calls => Path.Combine(_folder, "calls");

    public async ValueTask InitializeAsync()
    {
        _repository = await GitRepository.CreateAsync();
        await InstallAsync($"cat <<'END'\n{Report}\nEND");
    }

    public async ValueTask DisposeAsync()
    {
        await _repository.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task trivy_sees_the_lock_files_and_nothing_else_and_needs_no_network()
    {
        Database();
        var result = await CheckAsync(
            ("web/package-lock.json", """{"lockfileVersion":3,"packages":{}}"""), ("web/index.js", "x"), ("trivy.yaml", "x"),
            ("go.mod", "x"),
            ("go.sum", "x"), (".trivyignore", "CVE-2017-20165"));
        Assert.Equal(
            [("CVE-2017-20165", "web/package-lock.json", 11, true), ("not-judged", "go.mod", null, false),
                ("CVE-2099-1", "web/package-lock.json", 11, false)],
            result.Findings.Select(static finding => (finding.Rule, finding.Path!, finding.Line, finding.Blocks)));
        Assert.Equal("debug 3.0.1: A vulnerability in debug-js, fixed in 3.1.0, 2.6.9", result.Findings[0].Message);
        Assert.Contains("trivy: 2 lock files, by its database of 2026-02-28 00:00 UTC", result.Log, StringComparison.Ordinal);
        var call = await File.ReadAllLinesAsync(Calls, TestContext.Current.CancellationToken);
        Assert.Contains("--offline-scan --skip-db-update", call[0], StringComparison.Ordinal);
        Assert.Contains("--skip-version-check --disable-telemetry", call[0], StringComparison.Ordinal);
        Assert.Equal(["./go.mod", "./go.sum", "./web/package-lock.json"], call[1..4].Order(StringComparer.Ordinal));
        Assert.Equal("metadata.json", call[4]);
        Assert.Equal(["db"], Directory.EnumerateDirectories(_folder).Select(Path.GetFileName));
    }

    [Fact]
    public async Task what_trivy_said_of_a_content_is_not_asked_again_until_its_database_is_another()
    {
        Database();
        var first = await CheckAsync(("web/package-lock.json", "x"));
        var second = await CheckAsync(("web/package-lock.json", "x"), ("more.txt", "y"));
        Assert.Equal(first.Findings, second.Findings);
        Assert.Equal(1, await CallsAsync());
        Database("2026-03-01T00:00:00.000000001Z");
        await CheckAsync(("web/package-lock.json", "x"));
        Assert.Equal(2, await CallsAsync());
    }

    [Fact]
    public async Task an_old_database_is_a_warning()
    {
        Database("2026-02-01T00:00:00Z");
        var old = Assert.Single((await CheckAsync(("web/package-lock.json", "x"))).Findings, static finding => finding.Rule == "old-data");
        Assert.False(old.Blocks);
        Assert.Contains("renew it with 'trivy image --download-db-only'", old.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("not json")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"UpdatedAt":7}""")]
    public async Task without_a_database_it_is_skipped_with_what_to_do(string? metadata)
    {
        if (metadata is not null) Write(metadata);
        var result = await CheckAsync(("Cargo.lock", "x"));
        Assert.Equal(
            (Outcome.Skipped,
                "trivy has no database; get one with 'trivy image --download-db-only', and nothing else knows about Cargo.lock"),
            (result.Step.Outcome, result.Step.Summary));
    }

    [Theory]
    [InlineData("echo 'FATAL: no' >&2; exit 1", "trivy ended with exit code 1: FATAL: no")]
    [InlineData("echo 'hello'", "trivy printed something else than its JSON: ")]
    public async Task a_trivy_that_fails_is_no_pass(string script, string words)
    {
        Database();
        await InstallAsync(script);
        var result = await CheckAsync(("package-lock.json", "x"));
        Assert.Equal((Outcome.Errored, true), (result.Step.Outcome, result.Step.Blocks));
        Assert.StartsWith(words.Trim(), result.Step.Summary, StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_file_that_trivy_passes_over_is_judged_only_when_there_is_nothing_in_it()
    {
        Database();
        await InstallAsync("""echo '{"SchemaVersion":2}'""");
        var result = await CheckAsync(
            ("requirements.txt", "\n"), ("a/package-lock.json", """{"lockfileVersion":3,"packages":{}}"""), ("b/package-lock.json", "{"),
            ("c/package-lock.json", """{"lockfileVersion":3,"packages":{"node_modules/a":{"version":"1.0.0"}}}"""));
        Assert.Equal(
            ["b/package-lock.json: not judged: it is no JSON (line 1)", "c/package-lock.json: not judged: trivy found no packages in it"],
            result.Findings.Select(static finding => $"{finding.Path}: {finding.Message}"));
    }

    [Theory]
    [InlineData("trivy/npm-with-suppressed.json", "package-lock.json", "CVE-2017-20165")]
    [InlineData("trivy/nuget-vuln.json", "packages.lock.json", "GHSA-5crp-9r3c-p9vr")]
    [InlineData("trivy/pip-vuln.json", "requirements.txt", "CVE-2019-14806")]
    public async Task what_trivy_has_really_printed_is_read(string recording, string target, string id)
    {
        var output = await File.ReadAllTextAsync(Fixtures.Require("tools/" + recording), TestContext.Current.CancellationToken);
        Assert.Contains(TrivyScan.Read(output)[target], seen => seen.Rule == id && seen is { Level: "high", Severity: Severity.High });
    }

    private void Database(string updatedAt = "2026-02-28T00:00:00Z")
        => Write($$"""{"Version":2,"NextUpdate":"2026-03-01T00:00:00Z","UpdatedAt":"{{updatedAt}}","DownloadedAt":"{{updatedAt}}"}""");

    private void Write(string metadata)
    {
        Directory.CreateDirectory(Path.Combine(_folder, "db"));
        File.WriteAllText(Path.Combine(_folder, "db", "metadata.json"), metadata);
    }

    private async Task<int> CallsAsync()
        => (await File.ReadAllLinesAsync(Calls)).Count(static line => line.StartsWith("fs ", StringComparison.Ordinal));

    private async Task InstallAsync(string script)
    {
        var path = Path.Combine(_folder, "trivy");
        var fresh = path + ".new";
        await File.WriteAllTextAsync(fresh, $"#!/bin/sh\n{{ echo \"$@\"; find . -type f; ls ../cache/db; }} >> '{Calls}'\n{script}\n");
        File.SetUnixFileMode(fresh, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        File.Move(fresh, path, overwrite: true);
    }

    private async Task<CheckResult> CheckAsync(params (string, string)[] files)
    {
        var commit = await _repository.CommitAsync(files);
        await using var objects = new GitObjects(_repository.Path);
        await using var tree = await SourceTree.ReadAsync(objects, commit, _folder, TestContext.Current.CancellationToken);
        return Assert.Single(await CheckBatch.RunAsync(
            tree, CheckSettings.Default, ["dependencies"], _cache, _time, TestContext.Current.CancellationToken));
    }
}
