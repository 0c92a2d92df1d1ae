using System.Security.Cryptography;

using Auxo.Registry.Packages;
using Auxo.Testing;

namespace Auxo.Registry.Tests.Packages;

public sealed class LongDocumentTests
{
    private static readonly DocumentKey Key = new("npm", "left", "full", "http://here");
    private readonly ManualTime _time = new();

    [Fact]
    public async Task a_document_is_made_once_however_many_ask_at_the_same_moment()
    {
        var (documents, made, go) = (new PackageDocuments(_time), 0, new TaskCompletionSource());
        var asking = Enumerable.Range(0, 20).Select(_ => documents.FindAsync(Key, One, async () =>
        {
            Interlocked.Increment(ref made);
            await go.Task;
            return PackageDocument.Of([1], "application/json");
        })).ToList();
        go.SetResult();
        Assert.Single((await Task.WhenAll(asking)).Distinct());
        Assert.Equal(1, made);
    }

    [Fact]
    public async Task whoever_waits_makes_it_when_the_first_one_goes_away()
    {
        var documents = new PackageDocuments(_time);
        var began = new TaskCompletionSource<PackageDocument?>();
        var first = documents.FindAsync(Key, One, () => began.Task);
        var second = documents.FindAsync(
            Key, One, static () => Task.FromResult<PackageDocument?>(PackageDocument.Of([1], "application/json")));
        began.SetCanceled(TestContext.Current.CancellationToken);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        Assert.NotNull(await second);
    }

    [Fact]
    public async Task one_that_is_too_long_to_keep_is_shared_as_long_as_somebody_has_it()
    {
        var (documents, made) = (new PackageDocuments(_time), 0);
        var bytes = RandomNumberGenerator.GetBytes(40 << 20);
        Task<PackageDocument?> FindAsync(string revision)
            => documents.FindAsync(Key, () => Task.FromResult<string?>(revision), () =>
            {
                made++;
                return Task.FromResult<PackageDocument?>(PackageDocument.Of(bytes, "application/json"));
            });
        var first = await FindAsync("1");
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Same(first, await FindAsync("1"));
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.NotSame(first, await FindAsync("2"));
        documents.Forget("npm", "left");
        await FindAsync("2");
        Assert.Equal(3, made);
        GC.KeepAlive(first);
    }

    private static Task<string?> One() => Task.FromResult<string?>("1");
}
