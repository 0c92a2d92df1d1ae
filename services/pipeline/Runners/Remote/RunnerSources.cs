using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;

using Auxo.Pipeline.Runners.Protocol;

namespace Auxo.Pipeline.Runners.Remote;

/// <summary>
/// The repositories of a runner: one bare repository each, filled from packs. What was built once is there; only what is new comes over
/// the network.
/// </summary>
internal sealed class RunnerSources(InstanceLayout layout, PackSettings settings)
{
    private const string Refs = "refs/auxo/built/";
    private const int MostTold = 50;
    private const int MostPacks = 50;
    private readonly ConcurrentDictionary<string, SemaphoreSlim> _turns = new(StringComparer.Ordinal);

    /// <summary>The folder of a repository that has the build's commit.</summary>
    /// <exception cref="GitException">git took no whole pack, however often it was sent.</exception>
    public async Task<string> FetchAsync(WorkOrder order, RunnerClient client, CancellationToken ct)
    {
        var subject = order.Build.Subject;
        var folder = Path.Combine(
            layout.RunnerSources, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(subject.Rid.Value)))[..24] + ".git");
        var turn = _turns.GetOrAdd(folder, static _ => new SemaphoreSlim(1, 1));
        await turn.WaitAsync(ct);
        try
        {
            if (!File.Exists(Path.Combine(folder, "HEAD")))
            {
                PrivateFiles.MakeFolder(folder);
                await GitCommand.RunAsync(folder, ["init", "--bare", "--quiet"], ct);
            }

            var built = order.Build.BuiltCommit.Value;
            string[] wanted = order.Build.Since is { } since ? [built, since.Value] : [built];
            var have = await BuiltAsync(folder, ct);
            if (!wanted.All(have.Contains))
            {
                await client.SourceAsync(
                    subject.BuildId, order.Lease, [.. have.Take(MostTold)],
                    async pack =>
                    {
                        RemoveCut(folder);
                        await GitPack.ReadAsync(folder, pack, settings.PackBytes, ct);
                    }, ct);
                foreach (var commit in wanted)
                    if (await GitCommand.AskAsync(folder, ct, "cat-file", "-t", commit) == "commit")
                        await GitCommand.RunAsync(folder, ["update-ref", Refs + commit, commit], ct);
            }

            return folder;
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>Makes one pack of many. Call it before the first build.</summary>
    public async Task TidyAsync(CancellationToken ct)
    {
        if (!Directory.Exists(layout.RunnerSources)) return;
        foreach (var folder in Directory.EnumerateDirectories(layout.RunnerSources, "*.git"))
        {
            var packs = Path.Combine(folder, "objects", "pack");
            if (Directory.Exists(packs) && Directory.EnumerateFiles(packs, "*.pack").Take(MostPacks).Count() == MostPacks)
                await GitCommand.RunAsync(folder, ["repack", "-a", "-d", "--quiet"], ct);
        }
    }

    /// <summary>What git had of packs that were cut; nobody else writes there now.</summary>
    private static void RemoveCut(string folder)
    {
        var packs = Path.Combine(folder, "objects", "pack");
        if (!Directory.Exists(packs)) return;
        foreach (var cut in Directory.EnumerateFiles(packs, "tmp_*")) File.Delete(cut);
    }

    /// <summary>The commits that are there with all that they reach, newest first.</summary>
    private static async Task<IReadOnlyList<string>> BuiltAsync(string folder, CancellationToken ct)
        => (await GitCommand.RunAsync(
            folder, ["for-each-ref", "--sort=-committerdate", "--format=%(objectname)", Refs], ct))
            .Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
