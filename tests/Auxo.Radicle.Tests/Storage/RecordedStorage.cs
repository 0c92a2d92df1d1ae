using System.Text.Json.Nodes;

using Auxo.Git;
using Auxo.Testing;

namespace Auxo.Radicle.Tests;

/// <summary>The recorded repository of three real nodes, unpacked, and what real programs say of it.</summary>
public sealed class RecordedStorage : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("auxo-rad-").FullName;

    private RecordedStorage(JsonNode expected, RadicleRepository repository)
    {
        Expected = expected;
        Repository = repository;
    }

    public JsonNode Expected { get; }

    public RadicleRepository Repository { get; private set; }

    public string Path => Repository.Path;

    public static async Task<RecordedStorage> OpenAsync()
    {
        var bundle = Fixtures.Require("radicle/recorded/storage.bundle");
        var expected = JsonNode.Parse(await File.ReadAllTextAsync(Fixtures.Require("radicle/recorded/expected.json")))!;
        var storage = new RecordedStorage(expected, null!);
        var path = System.IO.Path.Combine(storage._folder, "z3FncxVBpRsxNgBiagEzr4ZRcGhW7");
        await GitCommand.RunAsync(storage._folder, ["clone", "--quiet", "--mirror", bundle, path], CancellationToken.None);
        storage.Repository = await RadicleRepository.OpenAsync(path, CancellationToken.None);
        return storage;
    }

    public async ValueTask DisposeAsync()
    {
        await Repository.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
