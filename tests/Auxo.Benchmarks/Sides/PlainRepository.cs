using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

using Auxo.Benchmarks.Measuring;
using Auxo.Contracts;
using Auxo.Testing;

namespace Auxo.Benchmarks.Sides;

/// <summary>A plain git repository on this machine, as <c>auxo repo track PATH</c> and <c>auxo ci build PATH</c> take it.</summary>
internal sealed class PlainRepository : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("auxo-bench-");

    /// <summary>The work tree.</summary>
    public string Path => _folder.FullName;

    /// <summary>Makes one with this content.</summary>
    public static async Task<PlainRepository> CreateAsync(IReadOnlyDictionary<string, string> files, CancellationToken ct)
    {
        var repository = new PlainRepository();
        await repository.GitAsync(ct, "init", "-q", "-b", "main");
        await repository.CommitAsync(files, ct);
        return repository;
    }

    /// <summary>Writes files and commits; returns the commit.</summary>
    public async Task<string> CommitAsync(IReadOnlyDictionary<string, string> files, CancellationToken ct)
    {
        foreach (var (name, content) in files)
        {
            var file = System.IO.Path.Combine(Path, name);
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(file)!);
            await File.WriteAllTextAsync(file, content, ct);
            if (name.EndsWith(".sh", StringComparison.Ordinal)) File.SetUnixFileMode(file, (UnixFileMode)0b111_101_101);
        }

        await GitAsync(ct, "add", "-A");
        await GitAsync(ct, "-c", "user.name=bench", "-c", "user.email=bench@example.org", "commit", "-q", "-m", "Change");
        return await HeadAsync(ct);
    }

    /// <summary>The commit that stands there.</summary>
    public async Task<string> HeadAsync(CancellationToken ct) => (await GitAsync(ct, "rev-parse", "HEAD")).Trim();

    /// <summary>Packs it anew, as git does by itself in time, and sends it.</summary>
    public Task PackAsync(CancellationToken ct) => GitAsync(ct, "repack", "-adfq", "--window=5");

    /// <summary>Builds a commit by hand and waits for its verdict; the build as the pipeline tells it.</summary>
    public async Task<JsonElement> BuildAsync(AuxoInstance auxo, string commit, CancellationToken ct)
        => await EndAsync(auxo, await QueueAsync(auxo, commit, ct), ct);

    /// <summary>Asks for a build of a commit, by a name or none; its id, as soon as it is queued.</summary>
    public async Task<Guid> QueueAsync(AuxoInstance auxo, string commit, CancellationToken ct, string? name = null)
    {
        using var answer = await auxo.Pipeline.PostAsJsonAsync("/builds", new { source = Path, commit, @ref = name }, ct);
        answer.EnsureSuccessStatusCode();
        return (await answer.Content.ReadFromJsonAsync<JsonElement>(ct)).GetProperty("id").GetGuid();
    }

    /// <summary>Waits for the verdict of a build, two minutes by default; the build as the pipeline tells it.</summary>
    public static Task<JsonElement> EndAsync(AuxoInstance auxo, Guid build, CancellationToken ct, TimeSpan? limit = null)
        => Poll.UntilAsync(
            async () =>
            {
                using var answer = await auxo.Pipeline.GetAsync(new Uri($"/builds/{build}", UriKind.Relative), ct);
                if (answer.StatusCode == HttpStatusCode.NotFound) return (JsonElement?)null;
                var now = await answer.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonElement>(ct);
                return now.GetProperty("state").GetString() == "finished" ? now : null;
            },
            $"the build {build} ends", ct, everyMilliseconds: 20, limit: limit ?? TimeSpan.FromSeconds(120));

    /// <summary>Has Auxo follow it, and waits until its head is built; its id.</summary>
    public async Task<string> TrackAsync(AuxoInstance auxo, CancellationToken ct, TimeSpan? limit = null)
    {
        using var answer = await auxo.Ingest.PostAsJsonAsync("/repositories", new { location = Path }, ct);
        answer.EnsureSuccessStatusCode();
        var rid = (await answer.Content.ReadFromJsonAsync<JsonElement>(ct)).GetProperty("repository").GetProperty("rid").GetString()!;
        var first = BuildId.For(Rid.Parse(rid), CommitId.Parse(await HeadAsync(ct)), BuildTrigger.Branch, "main", attempt: 1);
        await EndAsync(auxo, first, ct, limit);
        return rid;
    }

    /// <inheritdoc/>
    public void Dispose() => _folder.Delete(recursive: true);

    private async Task<string> GitAsync(CancellationToken ct, params string[] arguments)
    {
        var start = new ProcessStartInfo("git", arguments)
        {
            WorkingDirectory = Path, UseShellExecute = false, RedirectStandardOutput = true,
        };
        (start.Environment["GIT_CONFIG_GLOBAL"], start.Environment["GIT_CONFIG_NOSYSTEM"]) = ("/dev/null", "1");
        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync(ct);
        await process.WaitForExitAsync(ct);
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"git {arguments[0]} ended with {process.ExitCode}.");
    }
}
