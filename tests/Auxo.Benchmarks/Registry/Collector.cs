using System.Buffers.Binary;
using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json.Nodes;

using Auxo.Benchmarks.Measuring;

using Npgsql;

namespace Auxo.Benchmarks.Registry;

/// <summary>
/// The collector over a million contents, one in a hundred of which nobody uses, every one a file: with the search for files without a row,
/// while somebody uploads.
/// </summary>
internal static class Collector
{
    /// <summary>Measures.</summary>
    public static async Task<IReadOnlyList<Figure>> RunAsync(BenchmarkContext context, CancellationToken ct)
    {
        var instance = await context.PlainInstanceAsync();
        var registry = await RegistrySide.CreateAsync(context, "collector", ct);
        var process = await registry.ProcessIdAsync();
        var count = context.Options.Count(1_000_000, 20_000);
        context.Tell($"{count:N0} contents are made");
        await using var database = instance.OpenDatabase();
        Write(Path.Combine(instance.Home, "blobs", "sha256"), count);
        await ExecuteAsync(database,
            $"""
            insert into registry.blobs select encode(sha256(int4send(n)), 'hex'), 16, now() - interval '2 days', now() - interval '1 day'
                from generate_series(1, {count}) n;
            insert into registry.files (repository, path, digest, size_bytes, media_type, stored_at, stored_by)
                select 'collector', 'f/' || n, encode(sha256(int4send(n)), 'hex'), 16, 'text/plain', now(), 'bench'
                from generate_series(1, {count}) n where n % 100 <> 0;
            analyze registry.blobs, registry.files;
            """, ct);

        var upload = new HttpLoad(registry.Address, number => registry.Head("PUT", $"u/{number}"), new byte[1024], 200, 201);
        await upload.WarmUpAsync(TimeSpan.FromSeconds(10));
        var before = await upload.RunAsync(1, TimeSpan.FromSeconds(context.Options.Count(10, 2)));
        context.Tell("it collects");
        var used = ProcessorTime.OwnSeconds(process);
        using var client = new HttpClient { BaseAddress = registry.Address, Timeout = TimeSpan.FromMinutes(10) };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", registry.Token);
        var begun = TimeProvider.System.GetTimestamp();
        var sweep = client.PostAsync(new Uri("/sweep", UriKind.Relative), content: null, ct);
        List<double> during = [];
        do during.AddRange((await upload.RunAsync(1, TimeSpan.FromMilliseconds(500))).Milliseconds);
        while (!sweep.IsCompleted);
        var took = TimeProvider.System.GetElapsedTime(begun).TotalSeconds;
        using var answer = await sweep;
        answer.EnsureSuccessStatusCode();
        var removed = (int)(await answer.Content.ReadFromJsonAsync<JsonNode>(ct))!["removed"]!;
        if (removed < count / 100) throw new InvalidOperationException($"Of {count / 100} contents without use {removed} were removed.");
        return [
            new Figure($"the collector over {count:N0} contents, files and rows", "s", Series.One(took), null, Goal.AtMost(60))
            {
                Note = string.Create(CultureInfo.InvariantCulture,
                    $"{removed:N0} were removed; {ProcessorTime.OwnSeconds(process) - used:0.0} s of processor time, uploads included"),
            },
            new Figure("upload of 1 KiB meanwhile", "ms", new Series(during), new Series(before.Milliseconds))
            {
                IsPart = true, Note = $"the peer is the same without the collector; the longest took {during.Max():0} ms",
            }];
    }

    /// <summary>The files, under the names that the rows have.</summary>
    private static void Write(string folder, int count)
    {
        for (var shelf = 0; shelf < 256; shelf++)
            Directory.CreateDirectory(Path.Combine(folder, shelf.ToString("x2", CultureInfo.InvariantCulture)));
        Parallel.For(1, count + 1, new ParallelOptions { MaxDegreeOfParallelism = 4 }, number =>
        {
            Span<byte> big = stackalloc byte[4];
            BinaryPrimitives.WriteInt32BigEndian(big, number);
            var digest = Convert.ToHexStringLower(SHA256.HashData(big));
            File.WriteAllText(Path.Combine(folder, digest[..2], digest), $"{number:D16}");
        });
    }

    private static async Task ExecuteAsync(NpgsqlDataSource database, string sql, CancellationToken ct)
    {
        await using var command = database.CreateCommand(sql);
        command.CommandTimeout = 600;
        await command.ExecuteNonQueryAsync(ct);
    }
}
