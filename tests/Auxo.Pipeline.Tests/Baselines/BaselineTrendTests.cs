using Auxo.Contracts;
using Auxo.Pipeline.Baselines;

namespace Auxo.Pipeline.Tests.Baselines;

/// <summary>How many findings were known, day by day.</summary>
public sealed class BaselineTrendTests
{
    private static readonly DateTimeOffset Monday = new(2026, 11, 23, 9, 0, 0, TimeSpan.Zero);

    [Fact]
    public void the_last_number_of_a_day_is_its_point()
        => Assert.Equal("3@23 2@24", Words(
            Taken(Monday, "a.sh:x a.sh:y"), Followed(Monday.AddHours(3), ("a.sh", "a.sh:x"), ("b.sh", "b.sh:z b.sh:w")),
            Followed(Monday.AddDays(1), ("b.sh", "b.sh:z"))));

    [Fact]
    public void a_day_that_changes_nothing_is_no_point()
        => Assert.Equal("1@23 0@26", Words(
            Taken(Monday, "a.sh:x"), Followed(Monday.AddDays(1)), Followed(Monday.AddDays(2), ("a.sh", ""), ("b.sh", "b.sh:x")),
            new BaselineEvent.Reset("alice", Monday.AddDays(3))));

    [Fact]
    public void a_day_that_ends_as_the_one_before_it_is_no_point()
        => Assert.Equal("1@23", Words(
            Taken(Monday, "a.sh:x"), Followed(Monday.AddDays(1), ("b.sh", "b.sh:y")),
            Followed(Monday.AddDays(1).AddHours(1), ("b.sh", ""))));

    [Fact]
    public void the_newest_ninety_points_are_kept()
        => Assert.Equal(90, ShowBaseline.Trend([
            Taken(Monday, "a.sh:x"),
            .. Enumerable.Range(1, 200).Select(day => Followed(Monday.AddDays(day), ("b.sh", day % 2 == 0 ? "" : "b.sh:y"))),
        ]).Count);

    [Fact]
    public void what_never_happened_has_no_trend() => Assert.Empty(ShowBaseline.Trend([]));

    private static string Words(params BaselineEvent[] history)
        => string.Join(' ', ShowBaseline.Trend(history).Select(static point => $"{point.Known}@{point.At.Day}"));

    private static BaselineEvent.Taken Taken(DateTimeOffset at, string found)
        => new(Guid.Empty, CommitId.Parse(new string('a', 40)), "", [], Comparison.AsFiles(Seen.Of(found), []), at);

    private static BaselineEvent.Followed Followed(DateTimeOffset at, params (string Path, string Found)[] changed)
        => new(Guid.Empty, CommitId.Parse(new string('b', 40)), "", [], [.. changed.Select(static file
            => Comparison.AsFiles(Seen.Of(file.Found), []).SingleOrDefault() ?? new KnownFile(file.Path, "", []))], at);
}
