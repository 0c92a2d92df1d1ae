using System.Diagnostics;

using Auxo.Benchmarks.Measuring;
using Auxo.Git;
using Auxo.Radicle;

namespace Auxo.Benchmarks.Radicle;

/// <summary>
/// Every patch of a repository, read for the first time: each object from git, each signature checked, each patch put together. Beside it
/// git alone gives out the same objects and nobody looks at them.
/// </summary>
internal static class ColdPatches
{
    private const int Operations = 10;

    /// <summary>Measures.</summary>
    public static async Task<IReadOnlyList<Figure>> RunAsync(BenchmarkContext context, CancellationToken ct)
    {
        var (patches, rounds) = (context.Options.Count(10_000, 500), context.Options.Count(5, 2));
        var folder = Directory.CreateTempSubdirectory("auxo-bench-");
        try
        {
            using var many = await ManyPatches.CreateAsync(ct);
            var path = (await many.WriteAsync(folder.FullName, "many", patches, Operations, ct)).Path;
            await GitCommand.RunAsync(path, ["repack", "-a", "-d", "-q"], ct);
            var names = Path.Combine(folder.FullName, "names");
            await ShellAsync(
                path, $"git cat-file --batch-all-objects --batch-check='%(objectname)' | sort -R --random-source=/dev/zero > {names}", ct);
            context.Tell($"{patches} patches, {File.ReadLines(names).Count()} objects");
            List<double> auxo = [], git = [], memory = [];
            for (var round = 0; round <= rounds; round++)
            {
                var begun = TimeProvider.System.GetTimestamp();
                await ShellAsync(path, $"git cat-file --batch < {names} > /dev/null", ct);
                if (round > 0) git.Add(TimeProvider.System.GetElapsedTime(begun).TotalMilliseconds);

                begun = TimeProvider.System.GetTimestamp();
                await using var repository = await RadicleRepository.OpenAsync(path, ct);
                var read = await repository.ReadPatchesAsync(ct);
                if (round > 0) auxo.Add(TimeProvider.System.GetElapsedTime(begun).TotalMilliseconds);
                if (read.Patches.Count != patches || read.Broken.Count > 0)
                    throw new InvalidOperationException($"{read.Patches.Count} patches were read, {read.Broken.Count} are broken.");
                if (round > 0) memory.Add(GC.GetTotalMemory(forceFullCollection: true) / 1024.0 / 1024);
                GC.KeepAlive(read);
            }

            return
            [
                new($"{patches} patches of {Operations} operations, read for the first time", "ms", new Series(auxo), new Series(git),
                    Goal.AtMostOfPeer(1.3))
                {
                    Note = "every signature is checked (ed25519) and every patch put together; the peer is 'git cat-file --batch' of the "
                        + "same objects into nothing",
                },
                new("managed memory with all of them at hand", "MiB", new Series(memory)) { IsPart = true },
            ];
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task ShellAsync(string folder, string command, CancellationToken ct)
    {
        using var shell = Process.Start(new ProcessStartInfo("bash", ["-c", command]) { WorkingDirectory = folder })!;
        await shell.WaitForExitAsync(ct);
        if (shell.ExitCode != 0) throw new InvalidOperationException($"'{command}' ended with {shell.ExitCode}");
    }
}
