using Auxo.Benchmarks.Sides;
using Auxo.Testing;
using Auxo.Testing.Radicle;

namespace Auxo.Benchmarks;

/// <summary>What several benchmarks share: an Auxo and its peer, each beside a node of its own, made when somebody first asks.</summary>
internal sealed class BenchmarkContext(BenchmarkOptions options, TextWriter progress) : IAsyncDisposable
{
    private readonly List<string> _missing = [];
    private ThreadPair? _pair;
    private AuxoInstance? _alone;
    private AuxoInstance? _plain;

    /// <summary>What was asked for.</summary>
    public BenchmarkOptions Options => options;

    /// <summary>What could not be measured or compared, and why.</summary>
    public IEnumerable<string> Missing => _missing.Concat(_pair?.Lost ?? []);

    /// <summary>Auxo on real nodes, and the peer on others.</summary>
    /// <exception cref="InvalidOperationException">Radicle's programs are not on PATH.</exception>
    public async Task<ThreadPair> PairAsync(CancellationToken ct)
    {
        if (_pair is not null) return _pair;
        if (RadicleLab.MissingPrograms() is { Count: > 0 } missing) throw new InvalidOperationException(
            $"it needs real Radicle nodes, and {string.Join(", ", missing)} are not on PATH");
        var broker = BrokerSide.MissingPrograms();
        if (broker.Count > 0) _missing.Add($"no peer to compare with: {string.Join(", ", broker)} not on PATH");
        return _pair = await ThreadPair.StartAsync(withBroker: broker.Count == 0, ct);
    }

    /// <summary>An Auxo that runs: the pair's where there can be one.</summary>
    public async Task<AuxoInstance> InstanceAsync(CancellationToken ct)
        => RadicleLab.MissingPrograms().Count == 0 ? (await PairAsync(ct)).Auxo.Instance : _alone ??= await AuxoInstance.StartAsync();

    /// <summary>An Auxo without Radicle that may call receivers on this machine: for what needs no node, so none runs beside it.</summary>
    public async Task<AuxoInstance> PlainInstanceAsync()
        => _plain ??= await AuxoInstance.StartAsync(new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["Auxo__Egress__Allow"] = "127.0.0.0/8", ["RAD_HOME"] = "/nonexistent/radicle",
            // More than the usual 256: a step prints 500 MB.
            ["Auxo__Steps__LogMiB"] = "1024",
        });

    /// <summary>Remembers what could not be compared.</summary>
    public void Miss(string why)
    {
        if (!_missing.Contains(why, StringComparer.Ordinal)) _missing.Add(why);
    }

    /// <summary>Says how far it is.</summary>
    public void Tell(string line) => progress.WriteLine("  " + line);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_pair is not null) await _pair.DisposeAsync();
        if (_alone is not null) await _alone.DisposeAsync();
        if (_plain is not null) await _plain.DisposeAsync();
    }
}
