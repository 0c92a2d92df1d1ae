using Auxo.Cli.Mesh.Testing;

namespace Auxo.Cli.Tests.Mesh;

public sealed class MarkerTableTests
{
    private const string Alice = "z6MktULudTtAsAhRegYPiZ6631RV3viv12qd4GQF8z1xB22S";
    private const string Bob = "z6MkqGC3nWZhYieEVTVDKW5v588CiGfsDSmRVG9ZwwWTvLSK";
    private const string Carol = "z6Mkg49NtQR2LyYRDCQFK4w1VVHqhypZSSRo7HsyuN7SV7v5";
    private static readonly DateTimeOffset Now = CliResult.Now;

    [Fact]
    public void alone_it_knows_its_own_row()
    {
        var table = new MarkerTable(Alice, "alice", Now);
        table.Expect(Bob);

        Assert.True(table.IsMissing(Alice, Bob));
        Assert.False(table.IsRowWhole);
        table.Arrived(Bob, 0.3);

        Assert.True(table.IsRowWhole);
        Assert.False(table.IsWhole);
        Assert.False(table.IsMissing(Bob, Alice));
        Assert.Equal(new MarkerWay(Alice, Bob, 0.3, IsOneClock: true), table.Way(Alice, Bob));
    }

    [Fact]
    public void the_notes_of_the_others_make_the_matrix_whole()
    {
        var table = new MarkerTable(Bob, "bob", Now);
        table.Expect(Alice);
        table.Arrived(Alice, 0.3);
        table.See(Markers((Alice, Note(expects: [Bob, Carol]))), Now.AddSeconds(1));

        Assert.Equal([Bob, Carol, Alice], table.Nodes.OrderBy(static n => n == Bob ? 0 : n == Carol ? 1 : 2));
        Assert.Empty(table.Note(isSettled: false).Seen);

        table.See(Markers((Alice, Note(expects: [Bob, Carol])), (Carol, Note(expects: [Alice]))), Now.AddSeconds(2));
        Assert.Equal([Alice, Carol], table.Note(isSettled: false).Seen.Keys.Order(StringComparer.Ordinal).Reverse());
        Assert.False(table.IsWhole);

        var alice = Note(
            expects: [Bob, Carol], seen: [(Bob, 1), (Carol, 1)], row: [(Bob, 0.2), (Carol, 0.4)]);
        var carol = Note(expects: [Alice, Bob], seen: [(Alice, 1), (Bob, 1.5)], row: [(Alice, 0.5)]);
        table.See(Markers((Alice, alice), (Carol, carol)), Now.AddSeconds(3));

        Assert.True(table.IsWhole);
        Assert.True(table.Note(isSettled: false).IsDone);
        Assert.Equal(new MarkerWay(Bob, Carol, 1.5, IsOneClock: false), table.Way(Bob, Carol));
        Assert.Equal(new MarkerWay(Alice, Carol, 0.4, IsOneClock: true), table.Way(Alice, Carol));
        Assert.False(table.MayLeave);

        // Alice has said that she is done; Carol has left.
        table.See(Markers((Alice, alice with { IsDone = true })), Now.AddSeconds(4));
        Assert.True(table.MayLeave);
    }

    [Fact]
    public void what_a_node_has_not_seen_of_another_is_missing()
    {
        var table = new MarkerTable(Alice, "alice", Now);
        table.See(Markers((Bob, Note(expects: [Alice])), (Carol, Note(expects: [Alice, Bob], seen: [(Alice, 1)]))),
            Now);

        Assert.True(table.IsMissing(Bob, Carol));
        Assert.False(table.IsMissing(Carol, Bob));
        Assert.False(table.IsMissing(Alice, Carol));
    }

    [Fact]
    public void clocks_that_contradict_each_other_give_no_time()
    {
        var table = new MarkerTable(Alice, "alice", Now);
        table.See(Markers((Bob, Note(written: Now.AddYears(3)))), Now);

        Assert.Equal(new MarkerWay(Bob, Alice, Seconds: null, IsOneClock: false), table.Way(Bob, Alice));
    }

    [Fact]
    public void a_note_comes_back_as_it_was_written()
    {
        var note = Note(expects: [Bob], seen: [(Bob, 1)], row: [(Bob, 0.25)]);

        var read = MarkerNote.Parse(note.ToMessage().Split("\n\n")[1])!;

        Assert.Equal((note.Written, note.Alias, note.IsDone), (read.Written, read.Alias, read.IsDone));
        Assert.Equal(note.Seen, read.Seen);
        Assert.Equal(note.Row, read.Row);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"written":"soon","alias":"","expects":[],"seen":{},"row":{},"isDone":false}""")]
    [InlineData("""{"written":"2026-11-23T12:00:00Z","alias":"","expects":["../etc"],"seen":{},"row":{},"isDone":false}""")]
    [InlineData("""{"written":"2026-11-23T12:00:00Z","alias":"","expects":[null],"seen":{},"row":{},"isDone":false}""")]
    [InlineData("""{"written":"2026-11-23T12:00:00Z","alias":"","expects":[],"seen":{},"row":{"bob":1},"isDone":false}""")]
    public void what_is_no_note_is_none(string body) => Assert.Null(MarkerNote.Parse(body));

    private static MarkerNote Note(
        string[]? expects = null, (string Node, double After)[]? seen = null,
            (string Node, double Seconds)[]? row = null,
        DateTimeOffset? written = null) => new(
            written ?? Now, "x", expects ?? [],
            (seen ?? []).ToDictionary(static s => s.Node, s => Now.AddSeconds(s.After), StringComparer.Ordinal),
            (row ?? []).ToDictionary(static r => r.Node, static r => r.Seconds, StringComparer.Ordinal), IsDone: false);

    private static Dictionary<string, MarkerNote> Markers(params (string Node, MarkerNote Note)[] markers)
        => markers.ToDictionary(static m => m.Node, static m => m.Note, StringComparer.Ordinal);
}
