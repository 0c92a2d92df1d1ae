using Auxo.Pipeline.Findings;

using static Auxo.Pipeline.Tests.Findings.FollowedBranch;

namespace Auxo.Pipeline.Tests.Findings;

/// <summary>The life of findings, one build of the default branch after the other.</summary>
public sealed class MoveFindingsTests
{
    private readonly FollowedBranch _branch = new();

    [Theory]
    [InlineData("the first look", "a.sh:x a.sh:y", "a.sh:x open, a.sh:y open")]
    [InlineData("nothing changes", "a.sh:x | a.sh:x", "a.sh:x open")]
    [InlineData("something is fixed", "a.sh:x a.sh:y | a.sh:y", "a.sh:x fixed, a.sh:y open")]
    [InlineData("something comes back", "a.sh:x | | a.sh:x", "a.sh:x open")]
    [InlineData("one of two equal ones is fixed", "a.sh:x a.sh:x | a.sh:x", "a.sh:x fixed, a.sh:x open")]
    [InlineData("two equal ones come back", "a.sh:x a.sh:x | | a.sh:x a.sh:x", "a.sh:x open, a.sh:x open")]
    [InlineData("a file is renamed", "a.sh:x@1 | b.sh:x@1", "b.sh:x open")]
    [InlineData("a file is renamed, then changed", "a.sh:x@1 | b.sh:x@1 | b.sh:x@2", "b.sh:x open")]
    [InlineData("a file is copied", "a.sh:x@1 | a.sh:x@1 b.sh:x@1", "a.sh:x open, b.sh:x open")]
    [InlineData("a secret goes elsewhere", "a.sh:=x | b.sh:=x", "b.sh:=x open")]
    [InlineData("a secret comes back elsewhere", "a.sh:=x | | b.sh:=x", "b.sh:=x open")]
    [InlineData("a line comes back in another file", "a.sh:x@1 | | b.sh:x@1", "a.sh:x fixed, b.sh:x open")]
    [InlineData("a file that is not judged for once", "a.sh:x b.sh:y | a.sh:! | a.sh:x", "a.sh:x open, b.sh:y fixed")]
    [InlineData("not judged by another check", "a.sh:x | syntax/a.sh:!", "a.sh:x fixed")]
    public void findings_are_opened_fixed_and_open_again(string what, string builds, string expected)
    {
        foreach (var found in builds.Split('|')) _branch.Build(found);
        Assert.True(expected == _branch.State(), $"{what}: {_branch.State()}");
    }

    [Fact]
    public void a_life_names_commits_builds_and_authors()
    {
        _branch.Build("a.sh:x");
        _branch.Build("a.sh:x b.sh:y", touched: "b.sh");
        _branch.Build("a.sh:x", touched: "b.sh");
        _branch.Build("a.sh:x b.sh:y", touched: "b.sh");

        var old = _branch.Row("a.sh", "x");
        Assert.Equal((true, null, 0), (old.WasThere, old.OpenedBy, old.Reopenings));
        var row = _branch.Row("b.sh", "y");
        Assert.Equal((false, "author 2", CommitOf(2).Value, BuildIdOf(2)), (row.WasThere, row.OpenedBy, row.OpenedCommit, row.OpenedBuild));
        Assert.Equal(("author 3", CommitOf(3).Value, FindingEnd.Changed), (row.FixedBy, row.FixedCommit, row.FixedHow));
        Assert.Equal((1, "author 4", CommitOf(4).Value, BuildIdOf(4)),
            (row.Reopenings, row.ReopenedBy, row.ReopenedCommit, row.ReopenedBuild));
        Assert.True(row.OpenedAt < row.FixedAt && row.FixedAt < row.OpenSince && !row.IsFixed);
    }

    [Fact]
    public void nobody_is_named_for_what_his_commit_did_not_touch()
    {
        _branch.Build("a.sh:x");
        var look = _branch.Look("a.sh:x a.sh:z");
        _branch.End(look with { Findings = [.. look.Findings.Select(static seen => seen with { WasThere = true })] });
        Assert.Equal((true, null), (_branch.Row("a.sh", "z").WasThere, _branch.Row("a.sh", "z").OpenedBy));
        _branch.Build("", touched: "other.txt");
        var row = _branch.Row("a.sh", "x");
        Assert.Equal((FindingEnd.SeenOtherwise, null), (row.FixedHow, row.FixedBy));
        _branch.Build("a.sh:x", touched: "a.sh");
        Assert.Null(_branch.Row("a.sh", "x").ReopenedBy);

        // Each check has a look before of its own.
        _branch.Build("a.sh:x syntax/a.sh:y", touched: "a.sh");
        _branch.End(_branch.Look("") with
        {
            Touched = [new TouchedFiles(["shellcheck"], []), new TouchedFiles(["syntax"], ["a.sh"])],
        });
        Assert.Equal((FindingEnd.SeenOtherwise, FindingEnd.Changed),
            (_branch.Row("a.sh", "x").FixedHow, _branch.Row("a.sh", "y").FixedHow));
    }

    [Fact]
    public void a_check_that_could_not_look_fixes_nothing_and_says_when_it_last_did()
    {
        _branch.Build("a.sh:x syntax/a.sh:y");
        _branch.Build("", looked: "syntax");
        Assert.Equal("a.sh:x open, a.sh:y fixed", _branch.State());
        Assert.Equal((CommitOf(1), CommitOf(2)), (_branch.Record!.Looks["shellcheck"].Commit, _branch.Record.Looks["syntax"].Commit));
        Assert.Null(_branch.Build("", looked: ""));
    }

    [Fact]
    public void a_check_that_looks_for_the_first_time_blames_nobody()
    {
        _branch.Build("", looked: "syntax");
        _branch.Build("a.sh:x", touched: "a.sh");
        Assert.Equal((true, null), (_branch.Row("a.sh", "x").WasThere, _branch.Row("a.sh", "x").OpenedBy));
    }

    [Fact]
    public void the_same_build_twice_changes_nothing()
    {
        _branch.Build("a.sh:x");
        var look = _branch.Look("b.sh:y");
        Assert.Equal((1, 0, 1, 1), Counts(_branch.End(look)!));
        var before = _branch.Rows.OrderBy(static row => row.Id, StringComparer.Ordinal).ToList();
        Assert.Null(_branch.End(look));
        Assert.Equal(before, _branch.Rows.OrderBy(static row => row.Id, StringComparer.Ordinal));
    }

    [Fact]
    public void an_older_build_that_ends_late_undoes_nothing()
    {
        _branch.Build("a.sh:x");
        var older = _branch.Look("a.sh:x b.sh:y");
        _branch.Build("c.sh:z");
        Assert.Null(_branch.End(older));
        Assert.Equal("a.sh:x fixed, c.sh:z open", _branch.State());
    }

    [Fact]
    public void an_older_build_still_says_what_a_newer_one_could_not_look_for()
    {
        _branch.Build("a.sh:x");
        var older = _branch.Look("b.sh:y syntax/b.sh:w");
        _branch.Build("syntax/c.sh:z", looked: "syntax");
        Assert.Equal(["shellcheck"], _branch.End(older)!.Event.Looked);
        Assert.Equal("a.sh:x fixed, b.sh:y open, c.sh:z open", _branch.State());
    }

    [Fact]
    public void a_check_that_is_switched_off_takes_its_findings_along_and_blames_nobody_when_it_is_back()
    {
        _branch.Build("a.sh:x syntax/a.sh:y");
        var off = _branch.Look("syntax/a.sh:y", looked: "syntax") with { Off = ["shellcheck"] };
        var late = _branch.Look("a.sh:x", looked: "shellcheck") with { QueuedAt = off.QueuedAt.AddMinutes(-1) };
        _branch.End(off);
        Assert.Equal((FindingEnd.SwitchedOff, true), (_branch.Row("a.sh", "x").FixedHow, _branch.Record!.Looks["shellcheck"].IsOff));
        Assert.Null(_branch.End(late));
        _branch.Build("a.sh:x a.sh:n syntax/a.sh:y", touched: "a.sh");
        Assert.Equal((true, null), (_branch.Row("a.sh", "n").WasThere, _branch.Row("a.sh", "n").OpenedBy));
        Assert.Equal((1, null), (_branch.Row("a.sh", "x").Reopenings, _branch.Row("a.sh", "x").ReopenedBy));
    }

    [Fact]
    public void an_acceptance_begins_and_ends_with_the_file_and_with_its_day()
    {
        var day = new DateOnly(2027, 1, 31);
        _branch.Build("a.sh:x");
        var look = _branch.Look("a.sh:x");
        _branch.End(look with
        {
            Findings = [.. look.Findings.Select(seen => seen with { Accepted = new FindingAcceptance(day, "alice", "a test key") })],
        });
        Assert.Equal("a.sh:x accepted", _branch.State(day));
        Assert.Equal("a.sh:x open", _branch.State(day.AddDays(1)));
        Assert.Equal(("alice", "a test key"), (_branch.Row("a.sh", "x").AcceptedBy, _branch.Row("a.sh", "x").AcceptedReason));
        _branch.Build("a.sh:x");
        Assert.Equal("a.sh:x open", _branch.State(day));
    }

    [Fact]
    public void the_first_look_knows_from_the_baseline_since_when()
    {
        var since = new KnownSince(new DateTimeOffset(2026, 3, 1, 0, 0, 0, TimeSpan.Zero), CommitOf(99), BuildIdOf(99));
        var look = _branch.Look("a.sh:x b.sh:y");
        _branch.End(look with
        {
            Findings = [.. look.Findings.Select(seen => seen.Mark.Path == "a.sh" ? seen with { Since = since } : seen)],
        });
        var row = _branch.Row("a.sh", "x");
        Assert.Equal((since.At, since.At, CommitOf(99).Value, BuildIdOf(99), true),
            (row.OpenedAt, row.OpenSince, row.OpenedCommit, row.OpenedBuild, row.WasThere));
        Assert.Equal(CommitOf(1).Value, _branch.Row("b.sh", "y").OpenedCommit);
    }

    [Fact]
    public void too_many_are_cut_to_the_worst_and_what_is_cut_fixes_nothing_and_grows_no_more()
    {
        var limited = Limited("a.sh:1 a.sh:2 syntax/a.sh:3");
        Assert.Equal(["3", "1"], limited.Findings.Select(static seen => seen.Mark.Content));
        Assert.Equal(["shellcheck"], limited.Cut);
        _branch.End(limited, most: 2);
        _branch.End(Limited("a.sh:4 a.sh:5 syntax/a.sh:3"), most: 2);
        Assert.Equal("a.sh:1 open, a.sh:3 open", _branch.State());
        _branch.End(_branch.Look("a.sh:4"), most: 2);
        Assert.Equal("a.sh:1 fixed, a.sh:3 fixed, a.sh:4 open", _branch.State());

        FindingLook Limited(string found)
        {
            var look = _branch.Look(found);
            return (look with
            {
                Findings = [.. look.Findings.Select(static seen => seen with
                {
                    Severity = seen.Mark.Check == "syntax" ? Contracts.Severity.Critical : Contracts.Severity.Low,
                })],
            }).Limited(2);
        }
    }

    [Fact]
    public void equal_lines_have_ids_of_their_own_and_keep_them()
    {
        _branch.Build("a.sh:x a.sh:x@1 b.sh:x@2");
        var ids = _branch.Rows.Select(static row => row.Id).Order(StringComparer.Ordinal).ToList();
        Assert.Equal(3, ids.Distinct(StringComparer.Ordinal).Count());
        _branch.Build("c.sh:x@2 a.sh:x a.sh:x");
        _branch.Build("");
        _branch.Build("a.sh:x a.sh:x c.sh:x@2");
        Assert.Equal(ids, _branch.Rows.Select(static row => row.Id).Order(StringComparer.Ordinal));
    }

    private static (int Opened, int Reopened, int Fixed, int Open) Counts(FindingsMove move)
        => (move.Event.Opened, move.Event.Reopened, move.Event.Fixed, move.Event.Open);
}
