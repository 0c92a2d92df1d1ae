using System.Text.Json;

using Auxo.Testing;

using Microsoft.AspNetCore.Builder;

namespace Auxo.Cli.Tests.Commands;

public sealed class DoctorTests : IDisposable
{
    private readonly string _programs = Directory.CreateTempSubdirectory("auxo-programs-").FullName;

    [Fact]
    public async Task on_a_fresh_machine_it_says_what_to_do_and_is_no_trouble()
    {
        var result = await CliResult.RunAsync(new() { ["AUXO_HOME"] = Path.Combine(_programs, "none") }, ["doctor"], programs: _programs);

        Assert.Equal(0, result.ExitCode);
        Assert.Contains("!  built  not built yet", result.Out, StringComparison.Ordinal);
        Assert.Contains("→ ./auxo up", result.Out, StringComparison.Ordinal);
        Assert.Contains("!  auxo  does not run\n         → ./auxo up --detach\n", result.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task what_does_not_run_is_asked_by_its_program_and_trouble_is_the_exit_code()
    {
        Program("Auxo.AppHost",
            """
            {"items":[{"name":"folder","state":"fine","text":"/srv/auxo"},
             {"name":"port ingest","state":"trouble","text":"Port 8888 of ingest is taken by process 7 (nginx)",
             "next":"Stop it, or choose another: AUXO_PORTS_INGEST=<port>"}]}
            """);
        Program("Auxo.Pipeline", """{"items":[{"name":"sandbox","state":"fine","text":"bubblewrap 0.8.0"}]}""");

        var result = await CliResult.RunAsync(new() { ["AUXO_HOME"] = Path.Combine(_programs, "none") }, ["doctor"], programs: _programs);

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("✗  port ingest  Port 8888 of ingest is taken by process 7 (nginx)\n", result.Out, StringComparison.Ordinal);
        Assert.Contains("→ Stop it, or choose another: AUXO_PORTS_INGEST=<port>\n", result.Out, StringComparison.Ordinal);
        Assert.Contains("✓  sandbox  bubblewrap 0.8.0\n", result.Out, StringComparison.Ordinal);
        Assert.EndsWith("✗ 1 trouble, 2 warnings; the arrows say what to do\n", result.Out, StringComparison.Ordinal);
        Assert.All(result.Out.Split('\n'), static line => Assert.InRange(line.Length, 0, 80));
    }

    [Fact]
    public async Task what_runs_is_asked_over_http_because_its_environment_counts()
    {
        Program("Auxo.Ingest", """{"items":[{"name":"rad","state":"fine","text":"on the PATH of whoever asks"}]}""");
        await using var auxo = await FakeAuxo.StartAsync(static app =>
        {
            app.MapGet("/ingest/diagnosis", () => FakeAuxo.Page(
                """{"name":"rad","state":"trouble","text":"the program rad is not on PATH","next":"put its folder on PATH"}"""));
            app.MapGet("/console/diagnosis", () => FakeAuxo.Page(
                """{"name":"certificate","state":"warning","text":"of the console ends on 2026-12-09","next":"renew it"}"""));
            app.MapGet("/pipeline/queues", ()
                => FakeAuxo.Json("""{"items":[{"queue":"pipeline","ready":0,"scheduled":0,"deadLetters":2,"oldestSeconds":0}]}"""));
        });

        var json =
            JsonDocument.Parse((await CliResult.RunAsync(new() { ["AUXO_HOME"] = auxo.Home }, ["doctor", "--json"], programs: _programs))
                .Out).RootElement;

        Assert.False(json.GetProperty("healthy").GetBoolean());
        var items = json.GetProperty("parts").EnumerateArray().SelectMany(static p => p.GetProperty("items").EnumerateArray()).ToList();
        Assert.Contains(items, static i => i.GetProperty("name").GetString() == "rad" && i.GetProperty("state").GetString() == "trouble");
        Assert.Contains(items, static i => i.GetProperty("text").GetString() == "2 could not be handled");
        Assert.Contains(items, static i => i.GetProperty("name").GetString() == "certificate");
        Assert.DoesNotContain(FakeAuxo.Token, json.GetRawText(), StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_programs, recursive: true);

    /// <summary>A program that answers <c>diagnose</c>, where the built ones stand.</summary>
    private void Program(string name, string answer)
    {
        var folder = Path.Combine(_programs, name, Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory)));
        Directory.CreateDirectory(folder);
        var file = Path.Combine(folder, name);
        File.WriteAllText(file, $"#!/bin/sh\n[ \"$1\" = diagnose ] || exit 2\ncat <<'END'\n{answer}\nEND\n");
        File.SetUnixFileMode(file, (UnixFileMode)0b111_101_101);
    }
}
