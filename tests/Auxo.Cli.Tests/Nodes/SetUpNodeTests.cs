using System.Net.NetworkInformation;
using System.Text.Json;

using Auxo.Cli.Nodes.SettingUp;
using Auxo.Testing.Radicle;

namespace Auxo.Cli.Tests.Nodes;

/// <summary>With the real <c>rad</c>, in an empty HOME.</summary>
public sealed class SetUpNodeTests : IDisposable
{
    private readonly string _home = Directory.CreateTempSubdirectory("auxo-home-").FullName;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string Config => Path.Combine(_home, ".radicle", "config.json");

    [Fact]
    public async Task an_empty_home_gets_a_key_a_listen_address_and_a_unit_and_the_second_run_changes_nothing()
    {
        Needs();

        var first = await RunAsync("--alias", "ann", "--json");

        Assert.True(first.ExitCode == 0, first.Out + first.Error);
        Assert.Equal(["fine", "done", "done", "yours", "done"], States(first));
        Assert.Equal(["0.0.0.0:8776"], NodeConfig.Listens(await File.ReadAllTextAsync(Config, Ct)));
        Assert.Contains("\"alias\": \"ann\"", await File.ReadAllTextAsync(Config, Ct), StringComparison.Ordinal);
        Assert.Single(Directory.EnumerateFiles(Path.GetDirectoryName(Config)!, "config.json.before-*"));
        Assert.True(File.Exists(Path.Combine(_home, ".config", "systemd", "user", "radicle-node.service")));

        var before = Contents();
        Assert.Equal(["fine", "fine", "fine", "yours", "fine"], States(await RunAsync("--alias", "ben", "--json")));
        Assert.Equal(before, Contents());
    }

    [Fact]
    public async Task firewall_lines_are_for_an_interface_that_is_there()
    {
        Needs();
        var none = await RunAsync("--alias", "ann", "--mesh", "auxo-none0");
        Assert.Equal(0, none.ExitCode);
        Assert.Contains("there is no interface auxo-none0 here", none.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("sudo", none.Out, StringComparison.Ordinal);
        var there = await RunAsync("--listen", "127.0.0.1:27776", "--mesh", NetworkInterface.GetAllNetworkInterfaces()[0].Name);
        Assert.Contains("sudo", there.Out, StringComparison.Ordinal);
        Assert.Contains("8776", there.Out, StringComparison.Ordinal);
        Assert.Contains("27776", there.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task what_is_in_the_settings_stays_and_a_unit_of_ones_own_too()
    {
        Needs();
        await RunAsync("--alias", "ann");
        await File.WriteAllTextAsync(Config, """{"node":{"alias":"ann","relay":"never","listen":["127.0.0.1:1"]},"mine":{"x":1.50}}""", Ct);
        var unit = Path.Combine(_home, ".config", "systemd", "user", "radicle-node.service");
        await File.WriteAllTextAsync(unit, "mine\n", Ct);

        var result = await RunAsync("--listen", "0.0.0.0:9999");

        Assert.Equal(0, result.ExitCode);
        var settings = await File.ReadAllTextAsync(Config, Ct);
        Assert.Equal(["127.0.0.1:1", "0.0.0.0:9999"], NodeConfig.Listens(settings));
        Assert.Contains("\"relay\": \"never\"", settings, StringComparison.Ordinal);
        Assert.Contains("1.50", settings, StringComparison.Ordinal);
        Assert.Equal("mine\n", await File.ReadAllTextAsync(unit, Ct));
        Assert.Contains("says something else, so it was left as it is", result.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task an_address_that_was_chosen_stays_the_only_one()
    {
        Needs();
        await RunAsync("--alias", "ann", "--listen", "127.0.0.1:27776");

        var again = await RunAsync("--alias", "ben");

        Assert.Equal(0, again.ExitCode);
        Assert.Equal(["127.0.0.1:27776"], NodeConfig.Listens(await File.ReadAllTextAsync(Config, Ct)));
        Assert.Contains("its name stays, --alias is for a new key", again.Out.ReplaceLineEndings(" "), StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_program_that_cannot_be_run_is_not_called_fine()
    {
        Needs();
        var folder = Directory.CreateDirectory(Path.Combine(_home, "bin")).FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "rad"), "\x7fELF of another machine", Ct);
        File.SetUnixFileMode(Path.Combine(folder, "rad"), (UnixFileMode)0b111_101_101);

        var result = await CliResult.RunAsync(
            new() { ["HOME"] = _home, ["PATH"] = $"{folder}:{Environment.GetEnvironmentVariable("PATH")}", ["RAD_PASSPHRASE"] = "" },
            ["node", "setup", "--alias", "ann", "--json"], ct: Ct);

        Assert.Equal(1, result.ExitCode);
        Assert.Equal(["failed"], States(result));
        Assert.Contains("cannot be run: Exec format error", result.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_dry_run_makes_nothing()
    {
        Needs();

        var result = await RunAsync("--alias", "ann", "--dry-run");

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("would make a key", result.Out, StringComparison.Ordinal);
        Assert.EndsWith("Nothing was changed.\n", result.Out, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_home));
    }

    [Fact]
    public async Task without_the_programs_it_says_where_to_get_them_and_stops()
    {
        var result = await CliResult.RunAsync(
            new() { ["HOME"] = _home, ["PATH"] = _home, ["RAD_PASSPHRASE"] = "" }, ["node", "setup", "--alias", "ann"], ct: Ct);

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("missing on PATH: git, rad, radicle-node, git-remote-rad", result.Out, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_home));
    }

    [Fact]
    public async Task without_an_alias_no_key_is_made_and_a_bad_one_is_refused()
    {
        Needs();

        var nameless = await RunAsync();
        Assert.Equal(1, nameless.ExitCode);
        Assert.Contains("give it a name: auxo node setup --alias NAME", nameless.Out, StringComparison.Ordinal);
        Assert.Equal(2, (await RunAsync("--alias", "ann smith")).ExitCode);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_home));
    }

    public void Dispose() => Directory.Delete(_home, recursive: true);

    private static void Needs() => Assert.SkipUnless(RadicleLab.MissingPrograms().Count == 0, "Radicle's programs are not on PATH.");

    private Task<CliResult> RunAsync(params string[] more) => CliResult.RunAsync(
        new() { ["HOME"] = _home, ["PATH"] = Environment.GetEnvironmentVariable("PATH")!, ["RAD_PASSPHRASE"] = "" },
        ["node", "setup", .. more], width: 120, ct: Ct);

    private Dictionary<string, string> Contents()
        => Directory.EnumerateFiles(_home, "*", SearchOption.AllDirectories)
            .Where(static f => !f.Contains("/node/", StringComparison.Ordinal) && !f.Contains("/cobs/", StringComparison.Ordinal))
            .ToDictionary(static f => f, File.ReadAllText, StringComparer.Ordinal);

    private static IEnumerable<string?> States(CliResult result)
        => JsonDocument.Parse(result.Out).RootElement.GetProperty("steps").EnumerateArray()
            .Select(static s => s.GetProperty("state").GetString());
}
