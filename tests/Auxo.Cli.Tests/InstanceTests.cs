using Auxo.Cli.Instances;
using Auxo.Testing;

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Auxo.Cli.Tests;

public sealed class InstanceTests : IDisposable
{
    private readonly string _home = Directory.CreateTempSubdirectory("auxo-cli-").FullName;

    [Fact]
    public async Task without_an_instance_it_says_where_it_looked_and_what_to_do()
    {
        var result = await CliResult.RunAsync(new() { ["AUXO_HOME"] = _home }, ["ci", "status"]);

        Assert.Equal(3, result.ExitCode);
        Assert.Contains($"{_home}/instance.json", result.Error, StringComparison.Ordinal);
        Assert.Contains("./auxo up", result.Error, StringComparison.Ordinal);
        Assert.Equal("", result.Out);
    }

    [Theory]
    [InlineData("not json", 3)]
    [InlineData("{\"endpoints\":{\"pipeline\":\"::\"}}", 3)]
    public async Task a_damaged_description_is_an_error_not_a_crash(string content, int code)
    {
        await File.WriteAllTextAsync(Path.Combine(_home, "instance.json"), content);

        var result = await CliResult.RunAsync(new() { ["AUXO_HOME"] = _home }, ["ci", "status"]);

        Assert.Equal(code, result.ExitCode);
        Assert.StartsWith("auxo: ", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_service_that_is_down_is_named_with_what_to_do()
    {
        await File.WriteAllTextAsync(Path.Combine(_home, "instance.json"), "{\"endpoints\":{\"pipeline\":\"http://127.0.0.1:1\"}}");

        var result = await CliResult.RunAsync(new() { ["AUXO_HOME"] = _home }, ["ci", "status"]);

        Assert.Equal(3, result.ExitCode);
        Assert.Contains("pipeline does not answer at http://127.0.0.1:1: nothing listens there.", result.Error, StringComparison.Ordinal);
        Assert.Contains("'auxo status' shows what runs", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task under_aspire_the_status_points_to_the_dashboard()
    {
        await File.WriteAllTextAsync(Path.Combine(_home, "instance.json"),
            "{\"endpoints\":{\"ingest\":\"http://127.0.0.1:1\"},\"dashboard\":\"http://127.0.0.1:2\"}");

        var result = await CliResult.RunAsync(new() { ["AUXO_HOME"] = _home }, ["status"]);

        var all = result.Out + result.Error;
        Assert.Contains("Auxo runs under Aspire, whose dashboard shows the services.", all, StringComparison.Ordinal);
        Assert.Contains("Open http://127.0.0.1:2", all, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("<html>", "$")]
    [InlineData("", "$")]
    [InlineData("{\"items\":[{\"rid\":{}}]}", "$.items[0].rid")]
    public async Task another_program_on_that_port_is_recognised(string body, string path)
    {
        await using var auxo = await FakeAuxo.StartAsync(app => app.MapGet("/ingest/repositories", () => Results.Text(body, "text/html")));

        var result = await auxo.RunAsync("repo", "list");

        Assert.Equal(3, result.ExitCode);
        Assert.StartsWith(
            $"auxo: {auxo.Address}/ingest/repositories answers something else than Auxo does ({path}).\n  Is another program",
            result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_wrong_token_says_whose_it_should_be()
    {
        await using var auxo = await FakeAuxo.StartAsync();

        var result = await CliResult.RunAsync(new() { ["AUXO_HOME"] = auxo.Home, ["AUXO_TOKEN"] = "auxo_old" }, ["repo", "list", "--json"]);

        Assert.Equal(3, result.ExitCode);
        Assert.Contains("\"message\": \"ingest refused the token (AUXO_TOKEN).", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void variables_win_over_the_folder()
    {
        var instance = Instance.Find(Host(new()
        {
            ["AUXO_URL"] = "https://ci.example.org:1500", ["AUXO_TOKEN"] = "t", ["AUXO_HOME"] = _home,
        }));

        Assert.Equal("t", instance.Token);
        Assert.Equal(new Uri("https://ci.example.org:1500/"), instance.Endpoints["apphost"]);
        Assert.Equal(new Uri("https://ci.example.org:8890/"), instance.Endpoints["pipeline"]);
        Assert.Equal(2, Assert.Throws<CliException>(() => Instance.Find(Host(new() { ["AUXO_URL"] = "ci.example.org" }))).Code);
    }

    [Fact]
    public void a_teams_auxo_is_named_by_its_host_and_its_ports_where_they_are_others()
    {
        var instance = Instance.Find(Host(new()
        {
            ["AUXO_URL"] = "http://build.mesh", ["AUXO_PORTS_PIPELINE"] = "27103", ["AUXO_PORTS_CONSOLE"] = "27106",
        }));

        Assert.Equal(new Uri("http://build.mesh:15000/"), instance.Endpoints["apphost"]);
        Assert.Equal(new Uri("http://build.mesh:27103/"), instance.Endpoints["pipeline"]);
        Assert.Equal(new Uri("http://build.mesh:27106/"), instance.Endpoints["console"]);
        Assert.Equal(new Uri("http://build.mesh:8888/"), instance.Endpoints["ingest"]);
        var wrong = Assert.Throws<CliException>(
            () => Instance.Find(Host(new() { ["AUXO_URL"] = "http://build.mesh", ["AUXO_PORTS_INGEST"] = "70000" })));
        Assert.Equal((2, "AUXO_PORTS_INGEST is '70000', which is no port."), (wrong.Code, wrong.Message));
    }

    [Theory]
    [InlineData("auxo_a\nb")]
    [InlineData("auxo a")]
    [InlineData("auxo_\u00e4")]
    public async Task what_cannot_be_a_token_is_said_and_never_sent(string token)
    {
        await using var auxo = await FakeAuxo.StartAsync();

        var result = await CliResult.RunAsync(new() { ["AUXO_HOME"] = auxo.Home, ["AUXO_TOKEN"] = token }, ["ci", "status"]);

        Assert.Equal(3, result.ExitCode);
        Assert.StartsWith("auxo: AUXO_TOKEN holds no token", result.Error, StringComparison.Ordinal);
        Assert.Empty(auxo.Requests);
    }

    [Fact]
    public async Task a_line_end_behind_a_token_does_not_count()
    {
        await using var auxo = await FakeAuxo.StartAsync(
            app => app.MapGet("/ingest/repositories", () => Results.Text("{\"items\":[]}", "application/json")));

        var result = await CliResult.RunAsync(
            new() { ["AUXO_HOME"] = auxo.Home, ["AUXO_TOKEN"] = FakeAuxo.Token + "\n" }, ["repo", "list"]);

        Assert.Equal((0, ""), (result.ExitCode, result.Error));
    }

    [Fact]
    public void the_folder_is_where_the_apphost_puts_it()
    {
        Assert.Equal("/x", Instance.Layout(Host(new() { ["AUXO_HOME"] = "/x" }, root: true)).Home);
        Assert.Equal("/var/lib/auxo", Instance.Layout(Host(new() { ["HOME"] = "/root" }, root: true)).Home);
        Assert.Equal("/data/auxo", Instance.Layout(Host(new() { ["XDG_DATA_HOME"] = "/data", ["HOME"] = "/home/a" })).Home);
        Assert.Equal("/home/a/.local/share/auxo", Instance.Layout(Host(new() { ["HOME"] = "/home/a" })).Home);
    }

    public void Dispose() => Directory.Delete(_home, recursive: true);

    private static CliHost Host(Dictionary<string, string> variables, bool root = false) => new()
    {
        StandardOutput = Stream.Null,
        StandardError = TextWriter.Null,
        IsTerminal = false,
        Width = 80,
        Variable = name => variables.GetValueOrDefault(name),
        WorkingFolder = "/",
        IsRoot = root,
    };
}
