using Auxo.Api;
using Auxo.Console.Overview;

namespace Auxo.Console.Tests;

/// <summary>What of many builds is red now.</summary>
public sealed class StandingsTests
{
    private const string Rid = "rad:z3gqcJUoA1n9HaHKufZs5FCSGazv5";

    [Theory]
    [InlineData("the newest verdict of a branch counts", "main passed, main failed", "")]
    [InlineData("a branch that failed is red", "main failed, main passed", "main")]
    [InlineData("one that runs again stays red until its verdict", "main running, main failed", "main")]
    [InlineData("a build that a newer one ended says nothing", "main superseded, main failed", "main")]
    [InlineData("a cancelled one says nothing", "main cancelled, main passed", "")]
    [InlineData("errors and time-outs are red", "main errored, other timed_out", "main other")]
    [InlineData("a patch is red while it is open", "p1 failed, p2 failed", "p1")]
    [InlineData("a build by hand is its asker's matter", "hand failed", "")]
    [InlineData("a scan that passed does not mend its branch", "scan passed, main failed", "main")]
    [InlineData("a scan that failed is red beside it", "main passed, scan failed, scan passed", "main")]
    public void what_is_red(string why, string builds, string red)
    {
        var standings = Standings.Of([.. builds.Split(", ").Select(Build)], new HashSet<string> { "p2" });
        Assert.True(red == string.Join(' ', standings.Red.Select(static b => b.PatchId ?? b.Ref)), why);
    }

    [Fact]
    public void what_waits_is_shown_with_the_next_one_first()
        => Assert.Equal(
            ["b", "a"],
            Standings.Of([Build("a queued"), Build("b queued")], new HashSet<string>()).Waiting.Select(static b => b.Ref));

    private static Build Build(string words)
    {
        var (subject, state) = (words.Split(' ')[0], words.Split(' ')[1]);
        var isOpen = state is "running" or "queued";
        return new Build
        {
            Id = "3f2a1c77-1111-5222-8333-444455556666", Rid = Rid, RepositoryName = "demo", Ref = subject == "scan" ? "main" : subject,
            Trigger = subject.StartsWith('p') ? "patch" : subject == "hand" ? "manual" : subject == "scan" ? "schedule" : "branch",
            IsScan = subject == "scan", Schedule = subject == "scan" ? "dependency-scan" : null,
            PatchId = subject.StartsWith('p') ? subject : null, Commit = new string('a', 40), Title = words,
            State = isOpen ? state : "finished", Outcome = isOpen ? null : state, QueuedAt = DateTimeOffset.UnixEpoch,
        };
    }
}
