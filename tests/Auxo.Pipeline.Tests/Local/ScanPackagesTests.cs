using System.Text.Json;

using Auxo.Pipeline.Local;
using Auxo.Pipeline.Tests.Checks.Packages;

using Microsoft.Extensions.Configuration;

namespace Auxo.Pipeline.Tests.Local;

/// <summary><c>auxo scan deps</c> and <c>auxo scan image</c>: vulnerable packages, without any service.</summary>
public sealed class ScanPackagesTests : IDisposable
{
    private const string Lock = """{"lockfileVersion":3,"packages":{"node_modules/lodash":{"version":"4.17.20"}}}""";

    private const string Lodash = """
        {"lodash":[{"id":1,"url":"https://github.com/advisories/GHSA-35jh-r3h4-6jhm","title":"Command Injection in lodash",
        "severity":"high","vulnerable_versions":"<4.17.21"}]}
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("auxo-scan-").FullName;
    private readonly Dictionary<string, string?> _settings;

    public ScanPackagesTests()
        => _settings = new(StringComparer.Ordinal)
        {
            ["HOME"] = "/nonexistent", ["AUXO_HOME"] = "/nonexistent", ["PATH"] = Path.Combine(_folder, "bin"),
            ["TRIVY_CACHE_DIR"] = Path.Combine(_folder, "cache"), ["Auxo:Egress:Allow"] = "127.0.0.1",
        };

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task a_vulnerable_package_blocks_until_it_is_accepted()
    {
        await using var registry = await FakeRegistry.StartAsync();
        registry.Npm = Lodash;
        _settings["Auxo:Advisories:Npm"] = registry.Address;
        Write("src/web/package-lock.json", Lock);
        var (code, said) = await RunAsync("deps", Path.Combine(_folder, "src"));
        Assert.Equal(1, code);
        Assert.StartsWith(
            "web/package-lock.json\n  ✗     1  lodash 4.17.20: Command Injection in lodash, fixed in 4.17.21 "
                + "[dependencies.GHSA-35jh-r3h4-6jhm]\n", said, StringComparison.Ordinal);
        Assert.Matches("\n✗ dependencies [^\n]*1 error\n  npm: 1 lock file, by the advisories of [^\n]+\n$", said);

        Write("src/.auxo/suppressions.yaml", "- { rule: GHSA-35jh-r3h4-6jhm, until: 2026-01-01, reason: x, by: ada }\n");
        (code, said) = await RunAsync("deps", Path.Combine(_folder, "src"));
        Assert.Equal(1, code);
        Assert.Contains("(accepted until 2026-01-01, which is over)", said, StringComparison.Ordinal);

        Write("src/.auxo/ci.yaml", "checks: { dependencies: { high: warn } }\n");
        Assert.Equal(0, (await RunAsync("deps", Path.Combine(_folder, "src"))).Code);
    }

    [Fact]
    public async Task with_nobody_to_ask_it_is_no_pass()
    {
        Write("src/package-lock.json", Lock);
        var (code, said) = await RunAsync("deps", Path.Combine(_folder, "src"));
        Assert.Equal(2, code);
        Assert.Matches(
            "^- dependencies [0-9.]+ s  trivy is not installed: install it, or set Auxo__Advisories__Npm for the advisories of npm\n$",
            said);
    }

    [Fact]
    public async Task an_image_is_looked_at_by_trivy_with_the_settings_of_who_asks()
    {
        InstallTrivy("""
            printf '%s|' "$@" "$HOME" > "$(dirname "$0")/call"
            echo '{"Results":[{"Target":"debian:10 (debian 10.1)","Class":"os-pkgs","Vulnerabilities":[
              {"VulnerabilityID":"CVE-2019-18224","PkgName":"libidn2-0","InstalledVersion":"2.0.5-1","FixedVersion":"2.0.5-1+deb10u1",
               "Title":"libidn2: heap-based buffer overflow","Severity":"CRITICAL"}]}]}'
            """);
        var (code, said) = await RunAsync("image", "debian:10", "--json");
        Assert.Equal(1, code);
        using var answer = JsonDocument.Parse(said);
        var finding = Assert.Single(
            answer.RootElement.GetProperty("findings").EnumerateArray(), static found => found.GetProperty("blocks").GetBoolean());
        Assert.Equal("debian:10 (debian 10.1)", finding.GetProperty("path").GetString());
        Assert.Equal(
            "libidn2-0 2.0.5-1: libidn2: heap-based buffer overflow, fixed in 2.0.5-1+deb10u1", finding.GetProperty("message").GetString());
        var call = await File.ReadAllTextAsync(Path.Combine(_folder, "bin", "call"), TestContext.Current.CancellationToken);
        Assert.StartsWith("image|--scanners|vuln|", call, StringComparison.Ordinal);
        Assert.EndsWith($"|--cache-dir|{_folder}/cache|--|debian:10|/nonexistent|", call, StringComparison.Ordinal);
    }

    [Fact]
    public async Task an_image_that_trivy_cannot_look_at_is_no_pass()
    {
        Assert.Equal((2, true), await RunAsync("image", "debian:10") is var none
            ? (none.Code, none.Said.Contains("trivy is not installed", StringComparison.Ordinal)) : default);
        InstallTrivy("echo 'FATAL unable to find the image' >&2; exit 1");
        var (code, said) = await RunAsync("image", "debian:10");
        Assert.Equal(2, code);
        Assert.Contains("exit code 1: FATAL unable to find the image", said, StringComparison.Ordinal);
        Assert.Equal((2, "auxo: '--help' is no name of an image.\n"), await RunAsync("image", "--help"));
    }

    private void InstallTrivy(string script)
    {
        Write("cache/db/metadata.json", """{"Version":2,"UpdatedAt":"2026-02-28T00:00:00Z"}""");
        Write("bin/trivy.new", "#!/bin/sh\n" + script + "\n");
        var path = Path.Combine(_folder, "bin", "trivy");
        File.SetUnixFileMode(path + ".new", UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        File.Move(path + ".new", path, overwrite: true);
    }

    private void Write(string path, string content)
    {
        var full = Path.Combine(_folder, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, content);
    }

    private async Task<(int Code, string Said)> RunAsync(params string[] words)
    {
        await using var output = new StringWriter();
        var code = await LocalProgram.RunAsync(
            ["scan", .. words], output, new ConfigurationBuilder().AddInMemoryCollection(_settings).Build(),
            TestContext.Current.CancellationToken);
        return (code, output.ToString());
    }
}
