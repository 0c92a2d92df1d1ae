using System.Text.Json;

using Auxo.Cli.Metrics;
using Auxo.Testing;

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Auxo.Cli.Tests.Patches;

/// <summary>How long somebody waited is told after the work, and never gets in its way.</summary>
public sealed class WaitedForTests
{
    [Fact]
    public async Task a_patch_that_was_created_is_told_and_one_that_was_refused_is_not()
    {
        await using var lab = await PatchLab.UpAsync();
        await using var auxo = await FakeAuxo.StartAsync(
            static app => app.MapPost("/metrics/api/commands", static () => Results.NoContent()));
        await lab.CommitAsync(lab.Bob, "one", "a.txt", "a\n");
        var created = await CliResult.RunAsync(
            PatchLab.Variables(lab.Bob, auxo), ["patch", "create", "One", "--yes", "--json"], folder: lab.Tree(lab.Bob),
            time: new Unhurried(), ct: PatchLab.Ct);
        Assert.Equal((0, ""), (created.ExitCode, created.Error));
        var told = Assert.Single(auxo.Requests);
        Assert.StartsWith("POST /metrics/api/commands {", told, StringComparison.Ordinal);
        var run = JsonDocument.Parse(told[told.IndexOf('{', StringComparison.Ordinal)..]).RootElement;
        Assert.Equal(("patch create", true), (
            run.GetProperty("command").GetString(), run.GetProperty("seconds").GetDouble() is > 0 and < 3600));
        Assert.NotEqual(0, (await lab.RunAsync(lab.Bob, auxo, "patch", "create", "Again", "--yes")).ExitCode);
        Assert.Single(auxo.Requests);
    }

    [Fact]
    public async Task an_auxo_that_refuses_it_or_does_not_answer_changes_nothing()
    {
        await using var lab = await PatchLab.UpAsync();
        foreach (var (branch, answer) in ((string, Func<HttpContext, Task>)[])[
            ("refused", static http =>
            {
                http.Response.StatusCode = 403;
                return Task.CompletedTask;
            }), ("silent", static http => new TaskCompletionSource().Task.WaitAsync(http.RequestAborted))])
        {
            await using var auxo = await FakeAuxo.StartAsync(
                app => app.MapPost("/metrics/api/commands", (HttpContext http) => answer(http)));
            await lab.CommitAsync(lab.Bob, branch, branch + ".txt", "a\n");
            var created = await lab.RunAsync(lab.Bob, auxo, "patch", "create", branch, "--yes", "--json");
            Assert.Equal((0, ""), (created.ExitCode, created.Error));
            Assert.Equal("opened", JsonDocument.Parse(created.Out).RootElement.GetProperty("action").GetString());
        }
    }

    [Fact]
    public void what_somebody_took_to_answer_is_not_waiting()
    {
        var time = new ManualTime();
        using var session = new Session(
            new CliHost
            {
                StandardOutput = Stream.Null, StandardError = TextWriter.Null, IsTerminal = false, Width = 80, Variable = static _ => null,
                WorkingFolder = Path.GetTempPath(), Time = time,
            }, json: false);
        time.Advance(TimeSpan.FromSeconds(2));
        var asked = time.GetTimestamp();
        time.Advance(TimeSpan.FromHours(9));
        session.Answered(asked);
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(TimeSpan.FromSeconds(3), session.Waited);
    }

    /// <summary>Telling may take its time, however busy the machine is that tests run on.</summary>
    private sealed class Unhurried : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
            => base.CreateTimer(callback, state, dueTime == WaitedFor.AtMost ? Timeout.InfiniteTimeSpan : dueTime, period);
    }
}
