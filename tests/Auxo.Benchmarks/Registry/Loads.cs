using System.Globalization;

using Auxo.Benchmarks.Measuring;

namespace Auxo.Benchmarks.Registry;

/// <summary>Words for what a load came to.</summary>
internal static class Loads
{
    /// <summary>The other unit and the latencies, which the table has no room for.</summary>
    public static string Note(FileSize size, List<LoadRound> mine, List<LoadRound> peers, string about)
        => $"{Other(size, mine)}{(peers.Count == 0 ? "" : $"; peer {Other(size, peers)}")}; {about}";

    /// <summary>What a request costs the server, which a busy machine hardly changes.</summary>
    public static Figure Processors(List<LoadRound> mine, List<LoadRound> peers)
        => new("processor time of the server per request", "ms", Spent(mine), peers.Count == 0
            || peers.TrueForAll(static r => r.ProcessorMilliseconds == 0) ? null : Spent(peers)) { IsPart = true };

    /// <summary>All latencies of all rounds.</summary>
    public static Series Latencies(List<LoadRound> rounds) => new(rounds.SelectMany(static r => r.Milliseconds));

    private static Series Spent(List<LoadRound> rounds) => new(rounds.Select(static r => r.ProcessorMilliseconds));

    private static string Other(FileSize size, List<LoadRound> rounds)
    {
        var (latencies, perSecond) = (Latencies(rounds), new Series(rounds.Select(static r => r.PerSecond)).P50);
        var other = size.Unit == "MB/s" ? $"{perSecond:0.0} requests/s" : $"{perSecond * size.Bytes / 1e6:0.#} MB/s";
        return string.Create(CultureInfo.InvariantCulture, $"{other}, p50 {latencies.P50:0.00} ms, p99 {latencies.P99:0.00} ms");
    }
}
