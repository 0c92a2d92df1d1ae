using Auxo.Benchmarks.Measuring;

namespace Auxo.Benchmarks.Registry;

/// <summary>
/// Uploads that are answered when bytes and name are on the disk, beside hash + copy + sync of the same bytes; and beside
/// nginx's PUT, which syncs nothing. Small contents all differ; large ones come in a few variants, so that the disk does not
/// fill.
/// </summary>
internal static class Uploads
{
    private const int Variants = 4;
    private static readonly int[] Connections = [8, 1];

    /// <summary>Measures.</summary>
    public static async Task<IReadOnlyList<Figure>> RunAsync(BenchmarkContext context, CancellationToken ct)
    {
        var registry = await RegistrySide.CreateAsync(context, "uploads", ct);
        await using var nginx = await NginxSide.StartAsync(context, ct);
        using var hand = new HashCopySync();
        var sync = hand.Syncs(context.Options.Count(200, 50)).P50;
        var process = await registry.ProcessIdAsync();
        var round = TimeSpan.FromSeconds(context.Options.Count(2, 1));
        List<Figure> figures = [];
        foreach (var size in FileSize.All)
        {
            var (content, variants) = (size.Content(), size.Bytes > 1 << 20 ? Variants : 0);
            string Name(long number) => $"{size.Bytes}/{(variants > 0 ? number % variants : number)}.bin";
            if (nginx is not null) Directory.CreateDirectory(Path.Combine(nginx.Files, $"{size.Bytes}"));
            var ours = new HttpLoad(registry.Address, number
                => registry.Head("PUT", Name(number)), content, 200, 201) { Variants = variants, ProcessId = process };
            var theirs = nginx is null ? null : new HttpLoad(nginx.Address, number
                => $"PUT /{Name(number)} HTTP/1.1", content, 201, 204) { Variants = variants, ProcessId = nginx.ProcessId };
            if (size == FileSize.All[0]) await ours.WarmUpAsync(TimeSpan.FromSeconds(20));
            foreach (var connections in Connections)
            {
                context.Tell($"{size.Name} over {connections}");
                List<LoadRound> mine = [], byHand = [], peers = [];
                await ours.RunAsync(connections, round / 4);
                for (var i = 0; i < context.Options.Count(5, 1); i++)
                {
                    ct.ThrowIfCancellationRequested();
                    mine.Add(await ours.RunAsync(connections, round));
                    byHand.Add(await hand.RunAsync(content, connections, round));
                    if (theirs is not null) peers.Add(await theirs.RunAsync(connections, round));
                }

                figures.AddRange(Of(size, connections, mine, byHand, peers, sync));
            }
        }

        return figures;
    }

    private static IEnumerable<Figure> Of(
        FileSize size, int connections, List<LoadRound> mine, List<LoadRound> byHand, List<LoadRound> peers, double sync)
    {
        var what = $"uploads of {size.Name}, {(connections == 1 ? "1 connection" : $"{connections} connections")}";
        var (latencies, hand) = (Loads.Latencies(mine), Loads.Latencies(byHand));
        if (connections == 1)
        {
            // A small one is its syncs: the file, its folder and the commit, one after the other.
            var goal = size.Bytes >= 16 << 20 ? Goal.AtMostOfPeer(1.25) : Goal.AtMost((3 * sync) + 3);
            yield return new Figure($"upload of {size.Name} → answer when it is durable", "ms", latencies, hand, goal)
            {
                Note = $"the peer is hash + copy + sync of file and folder by hand; a sync takes {sync:0.00} ms here, "
                    + "and small uploads shall take 3 syncs + 3 ms at most",
            };
        }

        yield return new Figure(what, size.Unit, new Series(mine.Select(size.Value)),
            new Series(byHand.Select(size.Value)), connections == 1 ? null : Goal.AtLeastOfPeer(0.8))
        {
            Note = Loads.Note(size, mine, byHand, "the peer is hash + copy + sync by as many threads, without HTTP or database"),
            IsPart = connections == 1,
        };
        if (peers.Count > 0)
        {
            yield return new Figure("beside nginx's PUT, which syncs nothing", size.Unit,
                new Series(mine.Select(size.Value)), new Series(peers.Select(size.Value))) { IsPart = true };
        }

        if (connections > 1) yield return Loads.Processors(mine, peers) with { Note =
            "the registry alone, without PostgreSQL; the peer is nginx" };
    }
}
