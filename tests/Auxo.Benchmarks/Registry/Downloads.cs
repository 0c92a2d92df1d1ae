using Auxo.Benchmarks.Measuring;

namespace Auxo.Benchmarks.Registry;

/// <summary>Files of a raw repository, with token, scope and row of the database, beside nginx's files, with none of these.</summary>
internal static class Downloads
{
    private static readonly int[] Connections = [8, 1];

    /// <summary>Measures.</summary>
    public static async Task<IReadOnlyList<Figure>> RunAsync(BenchmarkContext context, CancellationToken ct)
    {
        var registry = await RegistrySide.CreateAsync(context, "downloads", ct);
        await using var nginx = await NginxSide.StartAsync(context, ct);
        var process = await registry.ProcessIdAsync();
        var round = TimeSpan.FromSeconds(context.Options.Count(2, 1));
        List<Figure> figures = [];
        foreach (var size in FileSize.All)
        {
            var (name, content) = ($"{size.Bytes}.bin", size.Content());
            await registry.PutAsync(name, content, ct);
            if (nginx is not null) await File.WriteAllBytesAsync(Path.Combine(nginx.Files, name), content, ct);
            var ours = new HttpLoad(registry.Address, _ => registry.Head("GET", name), body: null, 200) { ProcessId = process };
            var theirs = nginx is null
                ? null
                : new HttpLoad(nginx.Address, _ => $"GET /{name} HTTP/1.1", body: null, 200) { ProcessId = nginx.ProcessId };
            if (size == FileSize.All[0]) await ours.WarmUpAsync(TimeSpan.FromSeconds(20));
            foreach (var connections in Connections)
            {
                context.Tell($"{size.Name} over {connections}");
                List<LoadRound> mine = [], peers = [];
                await ours.RunAsync(connections, round / 4);
                for (var i = 0; i < context.Options.Count(5, 1); i++)
                {
                    ct.ThrowIfCancellationRequested();
                    mine.Add(await ours.RunAsync(connections, round));
                    if (theirs is not null) peers.Add(await theirs.RunAsync(connections, round));
                }

                figures.Add(Of(size, connections, mine, peers));
                if (connections > 1) figures.Add(Loads.Processors(mine, peers));
            }
        }

        return figures;
    }

    private static Figure Of(FileSize size, int connections, List<LoadRound> mine, List<LoadRound> peers)
        => new(
            $"downloads of {size.Name}, {(connections == 1 ? "1 connection" : $"{connections} connections")}",
            size.Unit, new Series(mine.Select(size.Value)),
            peers.Count == 0 ? null : new Series(peers.Select(size.Value)), Goal.AtLeastOfPeer(0.8))
        {
            Note = Loads.Note(
                size, mine, peers, "the peer is nginx with sendfile, without token or database; the load generator shares the cores"),
        };
}
