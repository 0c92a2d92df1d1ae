using System.Globalization;

using Auxo.Benchmarks.Measuring;

namespace Auxo.Benchmarks.Registry;

/// <summary>Words for what a load came to.</summary>
internal static class Loads
{
    /// <summary>The other unit and the latencies, which the table has no room for.</summary>
    public static string Note(FileSize size, List<LoadRound> mine, List<LoadRound> peers, string about)
        => $"{Other(size, mine)}{(peers.Count == 0 ? "" : $"; peer {Other(size, peers)}")}; {about}";

    /// <summary>All latencies of all rounds.</summary>
    public static Series Latencies(List<LoadRound> rounds) => new(rounds.SelectMany(static r => r.Milliseconds));

    private static string Other(FileSize size, List<LoadRound> rounds)
    {
        var (latencies, perSecond) = (Latencies(rounds), new Series(rounds.Select(static r => r.PerSecond)).P50);
        var other = size.Unit == "MB/s" ? $"{perSecond:0.0} requests/s" : $"{perSecond * size.Bytes / 1e6:0.#} MB/s";
        return string.Create(CultureInfo.InvariantCulture, $"{other}, p50 {latencies.P50:0.00} ms, p99 {latencies.P99:0.00} ms");
    }
}
