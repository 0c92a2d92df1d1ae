using Auxo.Contracts;
using Auxo.Pipeline.Caches;

using Auxo.Testing;

namespace Auxo.Pipeline.Tests.Caches;

public sealed class CacheStoreTests : IDisposable
{
    private static readonly Rid Repository = Rid.ForPlainGit("/one");
    private readonly string _folder = Directory.CreateTempSubdirectory("auxo-cache-test-").FullName;
    private readonly ManualTime _time = new();

    [Fact]
    public async Task what_is_kept_is_found_by_its_key_and_by_no_other_repository()
    {
        var store = Store();
        Assert.Null(store.Find(Repository, "a", "1"));
        Assert.Equal(3, await AddAsync(store, "a", "1", "one"));
        Assert.Equal("one", await TextAsync(store.Find(Repository, "a", "1")));
        Assert.Null(store.Find(Repository, "a", "2"));
        Assert.Null(store.Find(Repository, "b", "1"));
        Assert.Null(store.Find(Rid.ForPlainGit("/two"), "a", "1"));
    }

    [Fact]
    public async Task the_newest_of_any_key_is_found_for_who_takes_another()
    {
        var store = Store();
        await AddAsync(store, "a", "1", "old");
        File.SetLastWriteTimeUtc(store.Find(Repository, "a", "1")!.FullName, new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        await AddAsync(store, "a", "2", "new");
        await AddAsync(store, "b", "3", "other");
        Assert.Equal("new", await TextAsync(store.Find(Repository, "a", key: null)));
        Assert.Null(store.Find(Repository, "c", key: null));
    }

    [Fact]
    public async Task what_was_used_longest_ago_goes_first_and_what_is_too_large_is_not_kept()
    {
        var store = Store(limitBytes: 10);
        Assert.Null(await AddAsync(store, "a", "1", "more than ten bytes"));
        foreach (var key in (string[])["1", "2"])
        {
            await AddAsync(store, "a", key, "four");
            store.Find(Repository, "a", key);
            _time.Advance(TimeSpan.FromMinutes(1));
        }

        store.Find(Repository, "a", "1");
        _time.Advance(TimeSpan.FromMinutes(1));
        await AddAsync(store, "a", "3", "four");
        Assert.Equal([true, false, true], ((string[])["1", "2", "3"]).Select(key => store.Find(Repository, "a", key) is not null));
    }

    [Fact]
    public async Task what_a_kill_left_half_written_is_swept()
    {
        var store = Store();
        await AddAsync(store, "a", "1", "one");
        var half = Path.Combine(store.Find(Repository, "a", "1")!.DirectoryName!, "x.incoming");
        await File.WriteAllTextAsync(half, "ha", TestContext.Current.CancellationToken);
        store.Sweep();
        Assert.False(File.Exists(half));
        Assert.NotNull(store.Find(Repository, "a", "1"));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private CacheStore Store(long limitBytes = 1 << 20) => new(Path.Combine(_folder, "caches"), limitBytes, _time);

    private async Task<long?> AddAsync(CacheStore store, string name, string key, string text)
    {
        var file = Path.Combine(_folder, "packed");
        await File.WriteAllTextAsync(file, text, TestContext.Current.CancellationToken);
        using var handle = File.OpenHandle(file);
        return await store.AddAsync(Repository, name, key, handle, TestContext.Current.CancellationToken);
    }

    private static Task<string> TextAsync(FileInfo? file)
        => File.ReadAllTextAsync(file!.FullName, TestContext.Current.CancellationToken);
}
