namespace Auxo.Benchmarks.Sides;

/// <summary>
/// Auxo and its direct peer on the same machine at the same time. They take turns, so that what disturbs one disturbs the
/// other.
/// </summary>
internal sealed class ThreadPair : IAsyncDisposable
{
    private ThreadPair(AuxoSide auxo, BrokerSide? broker) => (Auxo, Broker) = (auxo, broker);

    /// <summary>Auxo.</summary>
    public AuxoSide Auxo { get; }

    /// <summary>The peer; null when its programs are not here.</summary>
    public BrokerSide? Broker { get; }

    /// <summary>Runs that never came.</summary>
    public List<string> Lost { get; } = [];

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
            if (i % 2 == 0) await AddAsync(auxo, Auxo, repository.Auxo, "Auxo");
            if (Broker is not null) await AddAsync(broker, Broker, repository.Broker!, "the peer");
            if (i % 2 == 1) await AddAsync(auxo, Auxo, repository.Auxo, "Auxo");
        }

        return (auxo, broker);

        async Task AddAsync(List<Run> runs, Side side, SideRepository at, string name)
        {
            try
            {
                runs.Add(await act(side, at, ct));
            }
            catch (TimeoutException e)
            {
                // One lost push must not take the rest of the run with it, and must not be hidden either.
                Lost.Add($"a push to {name} in '{at.Lab.Name}': {e.Message}");
            }
        }
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
