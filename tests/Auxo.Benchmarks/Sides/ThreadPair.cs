namespace Auxo.Benchmarks.Sides;

/// <summary>Auxo and its direct peer on the same machine at the same time. They take turns, so that what disturbs one disturbs the other.</summary>
internal sealed class ThreadPair : IAsyncDisposable
{
    private ThreadPair(AuxoSide auxo, BrokerSide? broker) => (Auxo, Broker) = (auxo, broker);

    /// <summary>Auxo.</summary>
    public AuxoSide Auxo { get; }

    /// <summary>The peer; null when its programs are not here.</summary>
    public BrokerSide? Broker { get; }

    /// <summary>Starts both.</summary>
    public static async Task<ThreadPair> StartAsync(bool withBroker, CancellationToken ct)
    {
        var auxo = await AuxoSide.StartAsync(ct);
        try
        {
            return new ThreadPair(auxo, withBroker ? await BrokerSide.StartAsync(ct) : null);
        }
        catch
        {
            await auxo.DisposeAsync();
            throw;
        }
    }

    /// <summary>Makes the same repository on both sides.</summary>
    public async Task<PairRepository> AddRepositoryAsync(string name, IReadOnlyDictionary<string, string> files, CancellationToken ct)
        => new(await Auxo.AddRepositoryAsync(name, files, ct), Broker is null ? null : await Broker.AddRepositoryAsync(name, files, ct));

    /// <summary>Does the same on both sides, by turns, the one first and then the other one first.</summary>
    public async Task<(IReadOnlyList<Run> Auxo, IReadOnlyList<Run> Broker)> AlternateAsync(
        PairRepository repository, int times, Func<Side, SideRepository, CancellationToken, Task<Run>> act, CancellationToken ct)
    {
        List<Run> auxo = [], broker = [];
        for (var i = 0; i < times; i++)
        {
            if (i % 2 == 0) auxo.Add(await act(Auxo, repository.Auxo, ct));
            if (Broker is not null) broker.Add(await act(Broker, repository.Broker!, ct));
            if (i % 2 == 1) auxo.Add(await act(Auxo, repository.Auxo, ct));
        }

        return (auxo, broker);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (Broker is not null) await Broker.DisposeAsync();
        await Auxo.DisposeAsync();
    }
}

/// <summary>The same repository on both sides.</summary>
internal sealed record PairRepository(SideRepository Auxo, SideRepository? Broker);
