using Auxo.Hosting.Supervision;

namespace Auxo.Hosting.Tests;

public sealed class ResourceLogTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("auxo-log-").FullName;

    private string Path => System.IO.Path.Combine(_folder, "x.log");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void a_full_file_is_put_aside_and_the_oldest_goes()
    {
        using (var log = new ResourceLog(Path, rotateAt: 10, kept: 2))
        {
            foreach (var line in (string[])["first line", "second line", "third line", "now"]) log.Write(line);
        }

        Assert.Equal("now\n", File.ReadAllText(Path));
        Assert.Equal("third line\n", File.ReadAllText(Path + ".1"));
        Assert.Equal("second line\n", File.ReadAllText(Path + ".2"));
        Assert.False(File.Exists(Path + ".3"));
    }

    [Fact]
    public async Task a_reader_gets_what_was_then_what_comes_without_a_gap()
    {
        using var log = new ResourceLog(Path, rotateAt: long.MaxValue, kept: 1);
        log.Write("a");
        log.Write("b");
        await using var reader = log.ReadAsync(after: 1, CancellationToken.None).GetAsyncEnumerator();
        Assert.True(await reader.MoveNextAsync());
        Assert.Equal(new LogLine(2, "b"), reader.Current);
        log.Write("c");
        Assert.True(await reader.MoveNextAsync());
        Assert.Equal(new LogLine(3, "c"), reader.Current);
    }

    [Fact]
    public async Task a_reader_who_does_not_read_loses_its_oldest_lines_and_holds_nobody_up()
    {
        using var log = new ResourceLog(Path, rotateAt: long.MaxValue, kept: 1);
        log.Write("0");
        await using var reader = log.ReadAsync(after: 0, CancellationToken.None).GetAsyncEnumerator();
        Assert.True(await reader.MoveNextAsync());
        for (var i = 1; i <= 10_000; i++) log.Write(i.ToString());
        Assert.True(await reader.MoveNextAsync());
        Assert.Equal(8001, reader.Current.Number - 1);
    }
}
