using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;

using Auxo.Benchmarks.Measuring;
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

    /// <summary>Builds a commit by hand and waits for its verdict; the build as the pipeline tells it.</summary>
    public async Task<JsonElement> BuildAsync(AuxoInstance auxo, string commit, CancellationToken ct)
    {
        using var answer = await auxo.Client("pipeline").PostAsJsonAsync("/builds", new { source = Path, commit }, ct);
        answer.EnsureSuccessStatusCode();
        var id = (await answer.Content.ReadFromJsonAsync<JsonElement>(ct)).GetProperty("id").GetGuid();
        return await Poll.UntilAsync(
            async () =>
            {
                var build = await auxo.Client("pipeline").GetFromJsonAsync<JsonElement>($"/builds/{id}", ct);
                return build.GetProperty("state").GetString() == "finished" ? build : (JsonElement?)null;
            },
            "the build by hand ends", ct, everyMilliseconds: 20, limit: TimeSpan.FromSeconds(120));
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
