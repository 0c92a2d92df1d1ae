using System.Text;

using Auxo.Instances;
using Auxo.Pipeline.Execution;
using Auxo.Pipeline.Logs;
using Auxo.Pipeline.Logs.Lines;
using Auxo.Testing;

namespace Auxo.Pipeline.Tests.Logs;

/// <summary>A log by its lines: with its index, behind it, and without it.</summary>
public sealed class LogLinesTests : IDisposable
{
    private static readonly DateTimeOffset Begin = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private readonly string _folder = Directory.CreateTempSubdirectory("auxo-lines-test-").FullName;
    private readonly Guid _build = Guid.NewGuid();
    private readonly ManualTime _time = new();

    [Fact]
    public async Task lines_have_their_numbers_offsets_and_times()
    {
        var log = await Store().OpenAsync(_build, "test", CancellationToken.None);
        await log.WriteAsync("one\ntw"u8.ToArray());
        _time.Advance(TimeSpan.FromSeconds(2));
        await log.WriteAsync("o\nthree\nfo"u8.ToArray());
        var open = Read(1, 10);
        Assert.Equal(["1 0 one 0", "2 4 two 0", "3 8 three 2", "4 14 fo 2"], open.Lines.Select(Said));
        Assert.Equal((4, 16, true, false), (open.Total, open.End, open.IsUnfinished, open.IsComplete));
        await log.CompleteAsync();
        var part = Read(2, 1);
        Assert.Equal(["2 4 two 0"], part.Lines.Select(Said));
        Assert.Equal((4, 8, false, true), (part.Total, part.End, part.IsUnfinished, part.IsComplete));
        Assert.Equal(["3 8 three 2", "4 14 fo 2"], Read(-2, 10).Lines.Select(Said));
        Assert.Equal("1 0 one 0", Said(Read(-100, 1).Lines[0]));
        Assert.Empty(Read(5, 1).Lines);
    }

    [Fact]
    public async Task an_empty_log_has_no_lines()
    {
        var log = await Store().OpenAsync(_build, "test", CancellationToken.None);
        Assert.Equal((0, 0), (Read(1, 1).Total, Read(-1, 1).Lines.Count));
        await log.CompleteAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task every_line_is_found_whether_the_index_is_there_behind_torn_or_gone(bool complete)
    {
        var random = new Random(7);
        var text = string.Concat(Enumerable.Range(1, 30_000).Select(i => $"{i}{new string('x', random.Next(40))}\n"));
        var log = await Store().OpenAsync(_build, "test", CancellationToken.None);
        foreach (var some in Encoding.ASCII.GetBytes(text).Chunk(3000)) await log.WriteAsync(some);
        if (complete) await log.CompleteAsync();
        else await log.DisposeAsync();

        var index = LogIndex.PathOf(log.Path);
        var whole = await File.ReadAllBytesAsync(index);
        Assert.InRange(whole.Length / LogMark.Bytes, 8, 30);
        byte[][] kinds = [whole, whole[..^5], whole[..(3 * LogMark.Bytes + 1)], [], new byte[whole.Length], [.. whole, .. whole]];
        foreach (var kind in kinds)
        {
            await File.WriteAllBytesAsync(index, kind);
            Check();
        }

        File.Delete(index);
        Check();
        // Reading a complete log leaves a whole index behind.
        Assert.Equal(complete, File.Exists(index));
        Check();

        void Check()
        {
            foreach (var line in (long[])[1, 2, 9_999, 29_999, 30_000])
            {
                var read = Read(line, 1);
                Assert.Equal(30_000, read.Total);
                Assert.StartsWith($"{line}", read.Lines[0].Text, StringComparison.Ordinal);
                Assert.Equal(line, text.AsSpan(0, (int)read.Lines[0].Offset).Count('\n') + 1);
            }
        }
    }

    [Fact]
    public async Task a_step_that_begins_again_goes_on_with_its_index_and_one_ahead_of_its_log_is_cut()
    {
        var log = await Store().OpenAsync(_build, "test", CancellationToken.None);
        await log.WriteAsync("one\n"u8.ToArray());
        _time.Advance(TimeSpan.FromSeconds(1));
        await log.WriteAsync("lost\n"u8.ToArray());
        await log.DisposeAsync();
        using (var file = File.OpenHandle(log.Path, FileMode.Open, FileAccess.ReadWrite)) RandomAccess.SetLength(file, 4);

        _time.Advance(TimeSpan.FromSeconds(8));
        var again = await Store().OpenAsync(_build, "test", CancellationToken.None);
        await again.WriteAsync("again\n"u8.ToArray());
        await again.CompleteAsync();
        Assert.Equal(["1 0 one 0", "2 4 again 9"], Read(1, 10).Lines.Select(Said));
    }

    [Fact]
    public async Task a_log_from_before_there_was_an_index_has_lines_and_no_times()
    {
        var log = await Store().OpenAsync(_build, "test", CancellationToken.None);
        await log.WriteAsync("one\ntwo\n"u8.ToArray());
        await log.CompleteAsync();
        File.Delete(LogIndex.PathOf(log.Path));
        Assert.Equal(["1 0 one -", "2 4 two -"], Read(1, 10).Lines.Select(Said));
    }

    [Theory]
    [InlineData("plain\r\n", "plain")]
    [InlineData("10 %\r50 %\r100 %\r\n", "100 %")]
    [InlineData("10 %\r100 %\n", "100 %")]
    [InlineData("a\r\r\n", "a")]
    [InlineData("\r\n", "")]
    [InlineData("\u001b[31mred\u001b[0m\n", "\u001b[31mred\u001b[0m")]
    public async Task a_line_that_was_written_over_shows_what_was_written_last(string written, string shown)
    {
        var log = await Store().OpenAsync(_build, "test", CancellationToken.None);
        await log.WriteAsync(Encoding.UTF8.GetBytes(written));
        await log.CompleteAsync();
        Assert.Equal(shown, Assert.Single(Read(1, 10).Lines).Text);
    }

    [Fact]
    public async Task a_line_without_an_end_is_cut_at_a_whole_character_and_says_how_much_is_missing()
    {
        var log = await Store(200 << 20).OpenAsync(_build, "test", CancellationToken.None);
        var euros = Encoding.UTF8.GetBytes(new string('€', 1 << 20));
        for (var i = 0; i < 20; i++) await log.WriteAsync(euros);
        await log.WriteAsync("\nnext\n"u8.ToArray());
        await log.CompleteAsync();
        var lines = Read(1, 10).Lines;
        Assert.Equal(["next"], lines.Skip(1).Select(static l => l.Text));
        Assert.Equal((LineReader.ShownBytes / 3, 20L * euros.Length), (lines[0].Text.Length, lines[0].CutBytes + lines[0].Text.Length * 3));
        Assert.DoesNotContain('\uFFFD', lines[0].Text);
        Assert.Equal([2L], Search("NEXT").Lines.Select(static l => l.Number));
        Assert.Equal([1L], Search("€€").Lines.Select(static l => l.Number));
    }

    [Fact]
    public async Task long_lines_make_a_short_answer()
    {
        var log = await Store(50 << 20).OpenAsync(_build, "test", CancellationToken.None);
        var line = Encoding.ASCII.GetBytes(new string('x', 8000) + "\n");
        for (var i = 0; i < 400; i++) await log.WriteAsync(line);
        await log.CompleteAsync();
        var read = Read(1, 2000);
        Assert.InRange(read.Lines.Count, 100, 150);
        Assert.Equal(read.Lines.Count * 8001, read.End);
    }

    [Fact]
    public async Task a_search_finds_each_line_once_in_either_case_and_goes_on_from_where_it_ended()
    {
        var log = await Store(50 << 20).OpenAsync(_build, "test", CancellationToken.None);
        var text = new StringBuilder();
        for (var i = 1; i <= 100_000; i++) text.Append(i % 1000 == 0 ? $"line {i} \u001b[1mÄrger\u001b[0m ÄRGER\r\n" : $"line {i}\n");
        await log.WriteAsync(Encoding.UTF8.GetBytes(text.ToString()));
        await log.CompleteAsync();
        var first = Search("ärger", limit: 60);
        Assert.Equal(Enumerable.Range(1, 60).Select(static i => i * 1000L), first.Lines.Select(static l => l.Number));
        Assert.Equal("line 1000 Ärger ÄRGER", first.Lines[0].Text);
        Assert.Equal(61_000, first.Next);
        var rest = Search("ärger", from: first.Next!.Value);
        Assert.Equal(Enumerable.Range(61, 40).Select(static i => i * 1000L), rest.Lines.Select(static l => l.Number));
        Assert.Null(rest.Next);
        Assert.Empty(Search("nothing of the kind").Lines);
        Assert.Empty(Search("line", from: 100_001).Lines);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(131_071)]
    [InlineData(262_143)]
    [InlineData(262_144)]
    [InlineData(262_145)]
    [InlineData(600_000)]
    public async Task a_search_misses_nothing_where_blocks_meet(int before)
    {
        var log = await Store(50 << 20).OpenAsync(_build, "test", CancellationToken.None);
        await log.WriteAsync(Encoding.UTF8.GetBytes(new string('x', before) + "needle" + new string('y', 300_000) + "\nneedle"));
        await log.CompleteAsync();
        Assert.Equal([1L, 2L], Search("Needle").Lines.Select(static l => l.Number));
    }

    [Theory]
    [InlineData("\u001b[1;31mer\u001b[0mror\u001b[K", "error")]
    [InlineData("a \u001b]8;;http://example.org\u001b\\link\u001b]8;;\u0007 to it", "a link to it")]
    [InlineData("\u001b(Bplain \u001b", "plain")]
    [InlineData("\u001b]0;never ended", "after")]
    public async Task a_search_looks_for_what_is_seen(string printed, string query)
    {
        var log = await Store().OpenAsync(_build, "test", CancellationToken.None);
        await log.WriteAsync(Encoding.UTF8.GetBytes($"first\n{printed}\nafter error\n"));
        await log.CompleteAsync();
        Assert.Equal(query == "after" ? 3 : 2, Search(query).Lines[0].Number);
    }

    [Fact]
    public async Task a_search_ends_when_its_reader_goes()
    {
        var log = await Store().OpenAsync(_build, "test", CancellationToken.None);
        await log.WriteAsync("x\n"u8.ToArray());
        await log.CompleteAsync();
        Assert.ThrowsAny<OperationCanceledException>(
            () => SearchLog.Find(Store().Find(_build, "test")!, "x", 1, 1, new CancellationToken(canceled: true)));
    }

    [Fact]
    public void an_outline_knows_the_groups_of_github_gitlab_and_buildkite()
    {
        var outline = Outline("""
            $ echo ::group::not printed by a tool
            ::group::Install packages
            fetching
            ::endgroup::
            ##[group]Run tests
            ##[endgroup]
            section_start:1560896352:compile[collapsed=true]|Compile it
            section_end:1560896353:compile
            --- a/file.c
            +++ b/file.c
            --- Build
            making
            +++ Test
            --- FAIL: TestIt (0.00s)
            ::group::never closed
            """.ReplaceLineEndings("\n").Replace('|', '\r'));
        Assert.Equal(
            ["2-4 Install packages True", "5-6 Run tests True", "7-8 Compile it True", "11-12 Build False", "13- Test False",
                "15- never closed True"],
            outline.Groups.Select(static g => $"{g.From}-{g.To} {g.Title} {g.IsFolded}"));
        Assert.Equal(14, outline.FirstError);
    }

    [Fact]
    public void a_printed_change_of_a_file_leaves_the_chapter_around_it_whole()
    {
        var outline = Outline("--- Lint\n--- a/file.c\n+++ b/file.c\n--- a/other.c\n+++ b/other.c\nlinting\n--- Test\ntesting\n");
        Assert.Equal(["1-6 Lint", "7- Test"], outline.Groups.Select(static g => $"{g.From}-{g.To} {g.Title}"));
    }

    [Fact]
    public async Task only_two_long_reads_run_at_once_and_who_waits_too_long_is_asked_to_come_again()
    {
        using var reads = new LongReads(TimeSpan.Zero);
        using var end = new ManualResetEventSlim();
        var two = Enumerable.Range(1, 2).Select(i => reads.RunAsync(() => Wait(end, i), CancellationToken.None)).ToList();
        var busy = await Assert.ThrowsAsync<LogsBusyException>(() => reads.RunAsync(static () => 3, CancellationToken.None));
        Assert.Equal((503, "log/busy"), (busy.Status, busy.Type));
        end.Set();
        int[] values = await Task.WhenAll(two);
        Assert.Equal([1, 2], values);
        Assert.Equal(3, await reads.RunAsync(static () => 3, CancellationToken.None));

        static int Wait(ManualResetEventSlim end, int value)
        {
            end.Wait();
            return value;
        }
    }

    [Fact]
    public async Task a_large_log_without_an_index_waits_for_its_turn_and_has_one_then()
    {
        var log = await Store(64 << 20).OpenAsync(_build, "test", CancellationToken.None);
        var line = Encoding.ASCII.GetBytes(new string('x', 1023) + "\n");
        var some = Enumerable.Repeat(line, 1024).SelectMany(static l => l).ToArray();
        for (var written = 0L; written <= LogIndex.Much; written += some.Length) await log.WriteAsync(some);
        await log.CompleteAsync();
        var file = Store().Find(_build, "test")!;
        File.Delete(LogIndex.PathOf(file.Path));

        using var reads = new LongReads(TimeSpan.Zero);
        using var end = new ManualResetEventSlim();
        var two = Enumerable.Range(1, 2).Select(_ => reads.RunAsync(
            () =>
            {
                end.Wait();
                return true;
            }, CancellationToken.None)).ToList();
        await Assert.ThrowsAsync<LogsBusyException>(() => GetLines.ReadAsync(file, reads, -1, 1, CancellationToken.None).AsTask());
        end.Set();
        await Task.WhenAll(two);
        var first = await GetLines.ReadAsync(file, reads, -1, 1, CancellationToken.None);
        Assert.Equal(file.LengthBytes / line.Length, first.Lines[0].Number);
        Assert.False(LogIndex.IsBehind(file));
    }

    [Fact]
    public async Task the_outline_of_a_complete_log_is_read_once_and_that_of_an_open_one_each_time()
    {
        using var reads = new LongReads();
        var outlines = new LogOutlines(reads);
        var log = await Store().OpenAsync(_build, "test", CancellationToken.None);
        await log.WriteAsync("--- Test\n"u8.ToArray());
        var open = await outlines.OfAsync(Store().Find(_build, "test")!, CancellationToken.None);
        Assert.NotSame(open, await outlines.OfAsync(Store().Find(_build, "test")!, CancellationToken.None));
        await log.CompleteAsync();
        var complete = Store().Find(_build, "test")!;
        var first = await outlines.OfAsync(complete, CancellationToken.None);
        Assert.Same(first, await outlines.OfAsync(Store().Find(_build, "test")!, CancellationToken.None));
        for (var i = 1; i <= LogOutlines.Most; i++)
            await outlines.OfAsync(complete with { LastWrite = complete.LastWrite.AddSeconds(i) }, CancellationToken.None);
        Assert.NotSame(first, await outlines.OfAsync(complete, CancellationToken.None));
    }

    [Theory]
    [InlineData("error: cannot find crate", true)]
    [InlineData("src/a.rs:3: error[E0308]: mismatched types", true)]
    [InlineData("Program.cs(1,2): error CS1002: ; expected", true)]
    [InlineData("TypeError: x is not a function", true)]
    [InlineData("java.lang.NullPointerException: null", true)]
    [InlineData("not ok 3 - it works", true)]
    [InlineData("FAILED tests/test_a.py::test_b", true)]
    [InlineData("make: *** [all] Error 2", true)]
    [InlineData("thread 'main' panicked", false)]
    [InlineData("0 errors, 0 failed", false)]
    [InlineData("errors: 0", false)]
    [InlineData("compiling error.c into lib/error", false)]
    [InlineData("$ make || echo error", false)]
    [InlineData("passed --fail-fast", false)]
    public void a_line_of_an_error_is_known_from_others(string line, bool isError)
        => Assert.Equal(isError ? 2 : null, Outline($"begin\n{line}\n").FirstError);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private LogOutline Outline(string text)
    {
        var path = Path.Combine(_folder, "outline");
        File.WriteAllText(path, text);
        using var file = File.OpenHandle(path);
        return LogOutline.Of(new TextSearch(LogOutline.Words).Lines(file, 0, RandomAccess.GetLength(file), 1, CancellationToken.None));
    }

    private LogStore Store(long limit = 8 << 20)
        => new(new InstanceLayout(_folder), new ExecutionSettings { LogBytes = limit }, _time);

    private LogLinesResponse Read(long from, int count)
        => GetLines.Read(Store().Find(_build, "test")!, from, count, CancellationToken.None);

    private LogSearchResponse Search(string query, long from = 1, int limit = 1000)
        => SearchLog.Find(Store().Find(_build, "test")!, query, from, limit, CancellationToken.None);

    private static string Said(LogLine line)
        => $"{line.Number} {line.Offset} {line.Text} {((line.At - Begin)?.TotalSeconds is { } after ? $"{after}" : "-")}";
}
