using System.Diagnostics;

using Auxo.Testing;

using Microsoft.AspNetCore.Builder;

namespace Auxo.Cli.Tests.Commands;

public sealed class CompletionTests
{
    [Theory]
    [InlineData("ci lo", "logs")]
    [InlineData("ci logs -", "--step --follow --json --help")]
    [InlineData("notify deliveries --state de", "dead delivered")]
    [InlineData("queues ", "list dead-letters replay")]
    [InlineData("que", "queue queues")]
    [InlineData("up", "up")]
    [InlineData("completion ", "bash zsh fish")]
    [InlineData("repo untrack ", "heartwood")]
    [InlineData("ci status --repo h", "heartwood")]
    [InlineData("ci approve ", "3f2a1c7")]
    [InlineData("trace 1a", "1a2b3c4")]
    [InlineData("notify test ", "team")]
    [InlineData("notify forget ", "msg_1")]
    [InlineData("people set ", "alice")]
    [InlineData("people remove al", "alice")]
    [InlineData("people add ", "")]
    [InlineData("describe me", "metrics")]
    [InlineData("nonsense x ", "")]
    public async Task the_words_that_fit_are_offered(string line, string expected)
    {
        await using var auxo = await StartAsync();

        // On a clock that stands still: how soon the instance answers is not what is asked here.
        var lines = (await auxo.RunAsync(new ManualTime(), ["__complete", .. line.Split(' ')])).Out.TrimEnd('\n').Split('\n');

        Assert.Equal(":words", lines[0]);
        Assert.Equal(expected.Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Order(), lines.Skip(1).Select(static l => l.Split('\t')[0]).Order());
    }

    [Fact]
    public async Task where_a_path_fits_the_shell_adds_files()
        => Assert.StartsWith(":files\n", (await CliResult.RunAsync([], ["__complete", "raw", "put", "releases", ""]))
            .Out, StringComparison.Ordinal);

    [Fact]
    public async Task a_silent_instance_offers_nothing_and_says_nothing()
    {
        var result = await CliResult.RunAsync(new() { ["AUXO_HOME"] = "/nonexistent" }, ["__complete", "repo", "untrack", ""]);

        Assert.Equal((0, ":words\n", ""), (result.ExitCode, result.Out, result.Error));
    }

    [Fact]
    public async Task a_slow_instance_does_not_make_tab_hang()
    {
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var never = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var auxo = await FakeAuxo.StartAsync(app => app.MapGet("/ingest/repositories", async () =>
        {
            asked.SetResult();
            await never.Task;
            return "";
        }));
        var time = new ManualTime();

        var running = auxo.RunAsync(time, "__complete", "repo", "untrack", "");
        await asked.Task;
        time.Advance(TimeSpan.FromSeconds(1));
        var result = await running;
        never.SetResult();

        Assert.Equal((0, ":words\n"), (result.ExitCode, result.Out));
    }

    [Theory]
    [InlineData(
        "bash", "COMP_LINE='./auxo ci lo'; COMP_POINT=${#COMP_LINE}; source SCRIPT; _auxo; printf '%s\\n' \"${COMPREPLY[@]}\"", "logs")]
    [InlineData("bash", "COMP_LINE='auxo repo untrack rad:z3'; COMP_POINT=${#COMP_LINE}; source SCRIPT; complete -p auxo; _auxo; echo",
        "complete -F _auxo auxo")]
    [InlineData(
        "zsh", "autoload -Uz compinit; compinit -u -D; source SCRIPT; _describe() { print -l -- \"${(@P)4}\"; }; "
            + "words=(auxo ci lo); CURRENT=3; _auxo", "logs:Show")]
    [InlineData("fish", "source SCRIPT; complete -C 'auxo ci lo'", "logs")]
    public async Task the_script_works_in_the_shell_itself(string shell, string what, string expected)
    {
        Assert.SkipUnless((Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(':').Any(folder => File.Exists(Path.Combine(folder, shell))), $"{shell} is not installed (apt install {shell})");
        var program = Path.Combine(AppContext.BaseDirectory, "auxo-cli");
        Assert.SkipUnless(File.Exists(program), "the program itself is not beside the tests");
        var folder = Directory.CreateTempSubdirectory("auxo-shell-").FullName;
        var script = Path.Combine(folder, "script");
        await File.WriteAllTextAsync(script, Completion.CompletionScripts.For(shell, program,
            Environment.GetEnvironmentVariable("DOTNET_ROOT")), TestContext.Current.CancellationToken);
        var start = new ProcessStartInfo(shell, ["-c", what.Replace("SCRIPT", script, StringComparison.Ordinal)])
        {
            UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true,
            WorkingDirectory = folder, Environment = { ["AUXO_HOME"] = "/nonexistent", ["HOME"] = folder },
        };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.True(output.Contains(expected, StringComparison.Ordinal), $"{output}\n{await errors}");
        Directory.Delete(folder, recursive: true);
    }

    private static Task<FakeAuxo> StartAsync() => FakeAuxo.StartAsync(static app =>
    {
        app.MapGet("/ingest/repositories", () => FakeAuxo.Page(FakeAuxo.Repository));
        app.MapGet("/pipeline/builds", () => FakeAuxo.Page(FakeAuxo.Build()));
        app.MapGet("/notify/channels", () => FakeAuxo.Page(
            """{"name":"team","kind":"webhook","target":"x","enabled":true,"waiting":0,"dead":0,"configuredAt":"2026-11-20T12:00:00Z"}"""));
        app.MapGet("/registry/people", () => FakeAuxo.Page(
            """
            {"name":"alice","role":"viewer","hasPassword":true,"keys":[],"createdAt":"2026-11-20T12:00:00Z","createdBy":"admin",
             "sessions":0,"signedInAt":null}
            """));
        app.MapGet("/notify/deliveries", static (string state) => FakeAuxo.Page($$"""
            {"id":"msg_1","channel":"team","state":"{{state}}","reason":"410","attempts":1,"type":"build.failed",
             "title":"x","notificationId":"{{FakeAuxo.BuildId}}",
             "createdAt":"2026-11-20T12:00:00Z","updatedAt":"2026-11-20T12:00:00Z"}
            """));
    });
}
