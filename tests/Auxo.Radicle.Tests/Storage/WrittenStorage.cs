using Auxo.Testing.Radicle;

namespace Auxo.Radicle.Tests;

/// <summary>A fresh repository of alice's, and a reader that is opened again for every look.</summary>
public sealed class WrittenStorage : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("auxo-storage-").FullName;

    public RadicleTestKey Alice { get; } = new("alice");

    public RadicleTestKey Bob { get; } = new("bob");

    public RadicleTestKey Eve { get; } = new("eve");

    public RadicleStorage Storage { get; private set; } = null!;

    public static async Task<WrittenStorage> CreateAsync()
    {
        var written = new WrittenStorage();
        written.Storage = await RadicleStorage.CreateAsync(written._folder, "demo", written.Alice, Files("README.md", "# demo\n"));
        return written;
    }

    public static Dictionary<string, string> Files(string path, string content) => new(StringComparer.Ordinal) { [path] = content };

    public Task<RadicleRepository> OpenAsync() => RadicleRepository.OpenAsync(Storage.Path, CancellationToken.None);

    public void Dispose()
    {
        Directory.Delete(_folder, recursive: true);
        Alice.Dispose();
        Bob.Dispose();
        Eve.Dispose();
    }
}
