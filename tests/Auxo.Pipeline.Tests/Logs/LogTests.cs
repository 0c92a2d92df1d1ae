using System.Net.ServerSentEvents;
using System.Text;

using Auxo.Instances;
using Auxo.Pipeline.Execution;
using Auxo.Pipeline.Logs;
using Auxo.Pipeline.StepSecrets.Masking;
using Auxo.Testing;

namespace Auxo.Pipeline.Tests.Logs;

public sealed class LogTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("auxo-log-test-").FullName;
    private readonly Guid _build = Guid.NewGuid();

    [Fact]
    public async Task what_is_written_is_read_while_the_log_is_open_and_the_end_is_seen()
    {
        var store = Store();
        var log = await store.OpenAsync(_build, "test", CancellationToken.None);
        await using var reader = store.FollowAsync(_build, "test", 0, CancellationToken.None).GetAsyncEnumerator();
        await log.WriteAsync("one\n"u8.ToArray());
        Assert.True(await reader.MoveNextAsync());
        Assert.Equal(("one\n", 4), (Text(reader.Current), reader.Current.End));

        var next = reader.MoveNextAsync().AsTask();
        Assert.False(next.IsCompleted);
        log.WriteLine("two");
        Assert.True(await next);
        Assert.Equal(("two\n", 8), (Text(reader.Current), reader.Current.End));

        next = reader.MoveNextAsync().AsTask();
        await log.CompleteAsync();
        await log.CompleteAsync();
        Assert.False(await next);
        Assert.True(store.Find(_build, "test")!.IsComplete);
    }

    [Fact]
    public async Task a_complete_log_is_read_and_ends_also_in_a_new_process()
    {
        var log = await Store().OpenAsync(_build, "test", CancellationToken.None);
        log.WriteLine("all");
        await log.CompleteAsync();
        Assert.Equal("all\n", await ReadAllAsync(Store(), 0));
        Assert.Equal("l\n", await ReadAllAsync(Store(), 2));
        Assert.Equal("", await ReadAllAsync(Store(), 4));
    }

    [Fact]
    public async Task a_log_that_a_crash_left_open_goes_on_after_the_restart_and_its_followers_with_it()
    {
        var before = await Store().OpenAsync(_build, "test", CancellationToken.None);
        before.WriteLine("before");
        await before.WriteAsync("half a li"u8.ToArray());
        await before.DisposeAsync();

        var store = Store();
        var following = ReadAllAsync(store, 0);
        Assert.False(store.Find(_build, "test")!.IsComplete);
        var after = await store.OpenAsync(_build, "test", CancellationToken.None);
        after.WriteLine("--- again");
        await after.CompleteAsync();
        Assert.Equal("before\nhalf a li\n--- again\n", await following);
    }

    [Fact]
    public async Task a_secret_is_never_written_and_a_follower_waits_for_nothing_else()
    {
        var time = new ManualTime();
        var store = new LogStore(new InstanceLayout(_folder), new ExecutionSettings(), time);
        var log = await store.OpenAsync(_build, "test", CancellationToken.None);
        log.Hide(SecretMask.Of(["tok-s3cr3t"]));
        await log.WriteAsync("is it\n"u8.ToArray());
        Assert.Equal("is i", File.ReadAllText(log.Path));
        time.Advance(TimeSpan.FromMilliseconds(50));
        Assert.Equal("is it\n", File.ReadAllText(log.Path));
        await log.WriteAsync("tok-s3"u8.ToArray());
        time.Advance(TimeSpan.FromSeconds(5));
        await log.WriteAsync("cr3t\nto"u8.ToArray());
        Assert.Equal("is it\n***\n", File.ReadAllText(log.Path));
        log.WriteLine("--- stopped at tok-s3cr3t");
        await log.WriteAsync("tok-s3cr3"u8.ToArray());
        await log.CompleteAsync();
        Assert.Equal("is it\n***\nto\n--- stopped at ***\n***", File.ReadAllText(log.Path));
    }

    [Fact]
    public async Task when_the_build_is_over_nobody_waits_for_a_log_that_a_crash_left_open()
    {
        var log = await Store().OpenAsync(_build, "test", CancellationToken.None);
        log.WriteLine("x");
        await log.DisposeAsync();
        var store = Store();
        var following = ReadAllAsync(store, 0);
        store.CompleteBuild(_build);
        Assert.Equal("x\n", await following);
        store.CompleteBuild(Guid.NewGuid());
    }

    [Fact]
    public async Task many_readers_see_every_byte_of_a_fast_writer_in_order()
    {
        var store = Store();
        var log = await store.OpenAsync(_build, "test", CancellationToken.None);
        var readers = Enumerable.Range(0, 4).Select(i => Task.Run(() => ReadAllAsync(store, 0))).ToList();
        var written = new StringBuilder();
        for (var i = 0; i < 20_000; i++)
        {
            var line = $"{i}\n";
            written.Append(line);
            await log.WriteAsync(Encoding.ASCII.GetBytes(line));
        }

        await log.CompleteAsync();
        foreach (var text in await Task.WhenAll(readers)) Assert.Equal(written.ToString(), text);
    }

    [Fact]
    public async Task the_limit_cuts_inside_a_write_once_and_own_lines_still_come()
    {
        var log = await Store(limit: 10).OpenAsync(_build, "test", CancellationToken.None);
        await log.WriteAsync("0123456789abc"u8.ToArray());
        await log.WriteAsync("more"u8.ToArray());
        log.WriteLine("stopped");
        await log.CompleteAsync();
        Assert.Equal(
            "0123456789\n--- the log is cut here: it may have 0 KiB. The step goes on, the rest of its output is dropped.\nstopped\n",
            File.ReadAllText(log.Path));
    }

    [Theory]
    [InlineData("test", "test")]
    [InlineData("unit-tests_2.0", "unit-tests_2.0")]
    [InlineData("../../etc/passwd", "etc-passwd-8a9cf1b0")]
    [InlineData("a b", "a-b-c8687a08")]
    [InlineData(".hidden", "hidden-")]
    [InlineData("", "e3b0c442")]
    [InlineData("日本", "")]
    public void a_name_becomes_a_plain_file_name_and_stays_so(string step, string begins)
    {
        var name = LogName.Of(step);
        if (begins is not ("etc-passwd-8a9cf1b0" or "a-b-c8687a08")) Assert.StartsWith(begins, name, StringComparison.Ordinal);
        Assert.Matches("^[A-Za-z0-9_][A-Za-z0-9._-]*$", name);
        Assert.Equal(name, LogName.Of(name));
        Assert.NotEqual(LogName.Of(step + "x"), name);
    }

    [Fact]
    public async Task events_end_at_whole_characters_and_carry_the_offset_after_them()
    {
        var text = "é€😀 done\r\nnext\rbar\n"u8.ToArray();
        for (var size = 1; size <= text.Length; size++)
        {
            var events = await EventsAsync(text.Chunk(size).ToArray());
            Assert.Equal("é€😀 done\nnext\nbar\n", string.Concat(events.SkipLast(1).Select(static e => e.Data)));
            Assert.Equal(("end", "" + text.Length, "" + text.Length), (events[^1].EventType, events[^1].EventId, events[^1].Data));
            // Whoever resumes at any id gets exactly the rest.
            foreach (var e in events.SkipLast(1))
            {
                var rest = Encoding.UTF8.GetString(text.AsSpan(int.Parse(e.EventId!)));
                Assert.DoesNotContain('\uFFFD', rest);
            }
        }
    }

    [Fact]
    public async Task rubbish_is_replaced_and_never_held_back_for_ever()
    {
        var events = await EventsAsync([0xFF, 0xFE, (byte)'a'], [0xE2, 0x82], [(byte)'b'], [0xF0, 0x9F]);
        Assert.Equal("\uFFFD\uFFFDa\uFFFDb\uFFFD", string.Concat(events.SkipLast(1).Select(static e => e.Data)));
        Assert.Equal("8", events[^1].EventId);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private LogStore Store(long limit = 1 << 20)
        => new(new InstanceLayout(_folder), new ExecutionSettings { LogBytes = limit }, TimeProvider.System);

    private async Task<string> ReadAllAsync(LogStore store, long offset)
    {
        var text = new StringBuilder();
        await foreach (var chunk in store.FollowAsync(_build, "test", offset, CancellationToken.None)) text.Append(Text(chunk));
        return text.ToString();
    }

    private static string Text(LogChunk chunk) => Encoding.UTF8.GetString(chunk.Bytes.Span);

    private static async Task<List<SseItem<string>>> EventsAsync(params byte[][] portions)
    {
        var events = new List<SseItem<string>>();
        await foreach (var e in FollowLog.Events(Chunks(portions), 0, CancellationToken.None)) events.Add(e);
        return events;

        static async IAsyncEnumerable<LogChunk> Chunks(byte[][] portions)
        {
            await Task.CompletedTask;
            long end = 0;
            foreach (var portion in portions) yield return new LogChunk(end += portion.Length, portion);
        }
    }
}
