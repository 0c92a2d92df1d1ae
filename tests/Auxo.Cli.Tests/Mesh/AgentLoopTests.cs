using Auxo.Cli.Mesh.Agents;
using Auxo.Contracts.Mesh;
using Auxo.Testing;

namespace Auxo.Cli.Tests.Mesh;

public sealed class AgentLoopTests
{
    private static readonly NodeReport Report = new("z6Mk", "", "", CliResult.Now, [], [], []);

    [Fact]
    public async Task it_goes_on_when_auxo_is_away_says_so_once_and_says_when_it_is_back()
    {
        var (time, said, sent) = (new ManualTime(), new List<string>(), 0);
        using var stop = new CancellationTokenSource();
        var loop = new AgentLoop(
            time, (_, _) => Task.FromResult(Report), (_, _) =>
            {
                sent++;
                return sent is 2 or 3 or 4
                    ? throw new CliException(ExitCode.Unreachable, $"Auxo is away ({sent}).", "Look there.")
                    : Task.FromResult(new ReportTaken("ann", []));
            }, (state, text) => said.Add($"{state}: {text}"));

        var running = loop.RunAsync(stop.Token);
        foreach (var (seconds, expected) in ((int, int)[])[(60, 2), (1, 3), (2, 4), (4, 5), (59, 5), (1, 6)])
        {
            time.Advance(TimeSpan.FromSeconds(seconds));
            Assert.Equal(expected, sent);
        }

        await stop.CancelAsync();
        await running;
        Assert.Equal(
            [
                "reporting: Reports as ann, every minute.",
                "waiting: Auxo is away (2). Look there. It is tried again, after a longer time each time.",
                "reporting: Reports as ann, every minute.", "ended: Ended.",
            ], said);
        Assert.Equal(("ann", time.GetUtcNow()), (loop.Name, loop.LastTaken));
    }

    [Fact]
    public async Task whom_it_hears_of_it_looks_for_at_once()
    {
        var (time, looked) = (new ManualTime(), new List<int>());
        using var stop = new CancellationTokenSource();
        var loop = new AgentLoop(
            time, (others, _) =>
            {
                looked.Add(others.Count);
                return Task.FromResult(Report);
            }, static (_, _) => Task.FromResult(new ReportTaken("ann", [new MeshMate("bob", "z6MkB", [])])), static (_, _) => { });

        var running = loop.RunAsync(stop.Token);

        Assert.Equal([0, 1], looked);
        await stop.CancelAsync();
        await running;
    }
}
