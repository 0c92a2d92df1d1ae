using Auxo.EndToEnd.Tests.GitStorage;
using Auxo.Testing;
using Auxo.Testing.Radicle;

[assembly: AssemblyFixture(typeof(GitStorageFixture))]

namespace Auxo.EndToEnd.Tests.GitStorage;

/// <summary>
/// One Auxo on a machine without Radicle's programs, as they are missing in most places; started when the first test asks.
/// </summary>
public sealed class GitStorageFixture : IAsyncDisposable
{
    private readonly string _folder = OpenFolder();
    private readonly Lazy<Task<AuxoInstance>> _auxo;

    /// <summary>Nothing runs yet.</summary>
    public GitStorageFixture() => _auxo = new(StartAsync);

    /// <summary>The delegate of every repository that a test lays out.</summary>
    public RadicleTestKey Alice { get; } = new("alice");

    /// <summary>Somebody else.</summary>
    public RadicleTestKey Bob { get; } = new("bob");

    /// <summary>The instance.</summary>
    public Task<AuxoInstance> AuxoAsync() => _auxo.Value;

    /// <summary>Everything that makes a machine have Radicle is away: its programs, its home.</summary>
    public static async Task<AuxoInstance> StartAsync()
        => await AuxoInstance.StartAsync(new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["PATH"] = string.Join(
                Path.PathSeparator, Environment.GetEnvironmentVariable("PATH")!.Split(Path.PathSeparator)
                    .Where(folder => !File.Exists(Path.Combine(folder, "rad")))),
            ["RAD_HOME"] = "/nonexistent/radicle",
        });

    /// <summary>A folder that the steps' unprivileged user can walk through, too.</summary>
    public static string OpenFolder()
    {
        var folder = Directory.CreateTempSubdirectory("auxo-e2e-").FullName;
        File.SetUnixFileMode(folder, (UnixFileMode)0b111_101_101);
        return folder;
    }

    /// <summary>A repository in Radicle's storage layout, signed by Alice, followed; with its webhook secret.</summary>
    public async Task<(RadicleStorage Storage, string Secret)> TrackAsync(IReadOnlyDictionary<string, string> files)
    {
        // The name is part of the identity that the RID is computed from.
        var storage = await RadicleStorage.CreateAsync(
            Path.Combine(_folder, "storage"), "demo-" + Guid.NewGuid().ToString("N")[..8], Alice, files);
        var (rid, secret) = await (await AuxoAsync()).Ingest.TrackAsync(storage.Path);
        Assert.Equal(storage.Rid, rid);
        return (storage, secret!);
    }

    /// <summary>A plain git repository with one commit, followed.</summary>
    public async Task<PlainRepository> PlainAsync(IReadOnlyDictionary<string, string> files)
    {
        var repository = await PlainRepository.CreateAsync(Path.Combine(_folder, Guid.NewGuid().ToString("N"), "plain"), files);
        await (await AuxoAsync()).Ingest.TrackAsync(repository.Path);
        return repository;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_auxo.IsValueCreated) await (await _auxo.Value).DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
