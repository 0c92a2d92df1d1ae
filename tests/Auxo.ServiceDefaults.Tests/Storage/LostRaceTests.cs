using Auxo.ServiceDefaults.Storage;

using JasperFx;

namespace Auxo.ServiceDefaults.Tests.Storage;

/// <summary>Another one wrote first.</summary>
public sealed class LostRaceTests
{
    private int _writes;

    [Fact]
    public async Task a_lost_race_is_run_again()
    {
        Assert.Equal("written", await LostRace.RetryAsync(() => ++_writes < 3 ? throw Lost() : Task.FromResult("written")));
        Assert.Equal(3, _writes);
    }

    [Fact]
    public async Task a_race_that_is_always_lost_ends_with_its_error()
    {
        await Assert.ThrowsAsync<ConcurrencyException>(() => LostRace.RetryAsync<string>(() =>
        {
            _writes++;
            throw Lost();
        }));
        Assert.Equal(100, _writes);
    }

    [Fact]
    public async Task another_error_is_not_tried_again()
    {
        await Assert.ThrowsAsync<InvalidOperationException>(() => LostRace.RetryAsync<string>(() =>
        {
            _writes++;
            throw new InvalidOperationException("the disk is full");
        }));
        Assert.Equal(1, _writes);
    }

    private static ConcurrencyException Lost() => new("another one was first");
}
