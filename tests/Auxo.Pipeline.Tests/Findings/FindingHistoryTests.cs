using Auxo.Pipeline.Baselines;
using Auxo.Pipeline.Findings;

using static Auxo.Pipeline.Tests.Builds.SampleBuilds;
using static Auxo.Pipeline.Tests.Findings.FollowedBranch;

namespace Auxo.Pipeline.Tests.Findings;

/// <summary>Since when findings are known, by what happened to the baseline.</summary>
public sealed class FindingHistoryTests
{
    [Fact]
    public void a_finding_is_known_since_the_event_that_brought_it_and_stayed()
    {
        BaselineEvent[] events =
        [
            new BaselineEvent.Taken(BuildIdOf(1), CommitOf(1), "r", [], [File("a.sh", "x", "y")], At(1)),
            new BaselineEvent.Followed(BuildIdOf(2), CommitOf(2), "r", [], [File("a.sh", "x"), File("b.sh", "z")], At(2)),
            new BaselineEvent.Followed(BuildIdOf(3), CommitOf(3), "r", [], [File("a.sh", "x", "y")], At(3)),
            new BaselineEvent.Accepted(
                BuildIdOf(4), CommitOf(4), "alice", 1,
                [new KnownFile("c.sh", "1", [new KnownFinding("shellcheck", "SC1", "w", 1, Awaited: true)])], At(4)),
        ];
        var since = FindingHistory.Of(events);
        Assert.Equal(
            "a.sh:x 1, a.sh:y 3, b.sh:z 2",
            string.Join(", ", since.OrderBy(static pair => pair.Key.Path + pair.Key.Content, StringComparer.Ordinal)
                .Select(static pair => $"{pair.Key.Path}:{pair.Key.Content} {(pair.Value.At - Now).TotalDays}")));
        Assert.Equal((CommitOf(3), BuildIdOf(3)), (since.First(static p => p.Key.Content == "y").Value.Commit,
            since.First(static p => p.Key.Content == "y").Value.BuildId));
    }

    [Fact]
    public void a_reset_forgets()
        => Assert.Empty(FindingHistory.Of(
        [
            new BaselineEvent.Taken(BuildIdOf(1), CommitOf(1), "r", [], [File("a.sh", "x")], At(1)),
            new BaselineEvent.Reset("alice", At(2)),
        ]));

    private static DateTimeOffset At(int day) => Now.AddDays(day);

    private static KnownFile File(string path, params string[] contents)
        => new(path, "blob", [.. contents.Select(static content => new KnownFinding("shellcheck", "SC1", content, 1))]);
}
