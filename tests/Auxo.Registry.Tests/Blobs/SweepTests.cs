using System.Security.Cryptography;
using System.Text;

using Auxo.Registry.Blobs;
using Auxo.Testing;

using FsCheck;
using FsCheck.Fluent;

namespace Auxo.Registry.Tests.Blobs;

/// <summary>
/// Whatever is put, deleted and swept at the same time: what a name refers to is there, whole; and in the end nothing else is.
/// </summary>
public sealed class SweepTests(PostgresFixture postgres) : IAsyncLifetime
{
    private const int Names = 4;
    private const int Contents = 3;
    private readonly string _home = Directory.CreateTempSubdirectory("auxo-registry-").FullName;
    private RegistryHost _host = null!;

    public async ValueTask InitializeAsync()
    {
        _host = await RegistryHost.StartAsync(await postgres.CreateDatabaseAsync(), _home);
        await _host.DefineAsync("files");
    }

    [Fact]
    public void no_interleaving_of_put_delete_and_sweep_loses_a_content_that_is_referred_to()
    {
        // Few names and few contents, so that everybody meets everybody; three writers and two sweepers at once.
        var operation = Gen.Choose(0, 9).SelectMany(kind => Gen.Choose(0, Names - 1)
            .SelectMany(name => Gen.Choose(0, Contents - 1).Select(content => new Operation(kind, name, content))));
        var program = Gen.ArrayOf(operation, 12);
        var programs = program.SelectMany(a => program.SelectMany(b => program.Select(c => new[] { a, b, c })));
        Prop.ForAll(Arb.From(programs), lanes => RunAsync(lanes).GetAwaiter().GetResult()).Check(Config.QuickThrowOnFailure.WithMaxTest(8));
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        Directory.Delete(_home, recursive: true);
    }

    private static string Content(int number) => string.Concat(Enumerable.Repeat($"content {number} ", 50));

    private async Task<bool> RunAsync(Operation[][] lanes)
    {
        // Nothing is pinned for longer than the moment: what protects is the order of things alone.
        await _host.ExecuteAsync(
            "create or replace function unpin() returns trigger language plpgsql as $$ begin new.pinned_until := "
                + "now(); return new; end $$");
        await _host.ExecuteAsync(
            "create or replace trigger unpin before insert or update on registry.blobs for each row execute function unpin()");
        using var stop = new CancellationTokenSource();
        var sweepers = Enumerable.Range(0, 2).Select(_ => Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested) await _host.Get<BlobSweep>().RunAsync(orphans: false, CancellationToken.None);
        })).ToList();
        await Task.WhenAll(lanes.Select(LaneAsync));
        await stop.CancelAsync();
        await Task.WhenAll(sweepers);

        // A put that lost its race has left a file without a row, which is taken for an orphan only when it is old.
        foreach (var file in Directory.EnumerateFiles(Path.Combine(_home, "blobs", "registry", "sha256"), "*",
            SearchOption.AllDirectories)) File.SetLastWriteTimeUtc(file, DateTime.UnixEpoch);
        await _host.Get<BlobSweep>().RunAsync(orphans: true, CancellationToken.None);
        var referred = new HashSet<string>(StringComparer.Ordinal);
        for (var name = 0; name < Names; name++)
        {
            using var got = await _host.GetAsync($"/raw/files/{name}");
            if (got.StatusCode == System.Net.HttpStatusCode.NotFound) continue;
            var text = await got.Content.ReadAsStringAsync();
            Assert.Contains(text, Enumerable.Range(0, Contents).Select(Content));
            referred.Add(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text))));
        }

        Assert.Equal(referred.Order(StringComparer.Ordinal), _host.OnDisk().Whole);
        Assert.Empty(_host.OnDisk().Unfinished);
        return true;
    }

    private async Task LaneAsync(Operation[] operations)
    {
        foreach (var (kind, name, content) in operations)
        {
            using var answer = kind switch
            {
                < 5 => await _host.PutAsync($"/raw/files/{name}", Content(content)),
                < 8 => await _host.SendAsync(HttpMethod.Delete, $"/raw/files/{name}"),
                _ => await _host.GetAsync($"/raw/files/{name}"),
            };
            // A put may be told to try again (its content was swept before it was referred to); it is never told that it is
            // kept when it is not.
            Assert.True((int)answer.StatusCode is 200
                or 201 or 204 or 404 or 503, $"{(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
        }
    }

    private sealed record Operation(int Kind, int Name, int Content);
}
