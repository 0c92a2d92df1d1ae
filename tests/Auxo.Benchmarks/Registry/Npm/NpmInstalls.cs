using System.Diagnostics;
using System.Globalization;

using Auxo.Benchmarks.Measuring;

namespace Auxo.Benchmarks.Registry.Npm;

/// <summary>npm itself, with an empty cache and no lock file, in turn from the one and from the other.</summary>
internal static class NpmInstalls
{
    /// <summary>Measures; null where there is no npm.</summary>
    public static async Task<Figure?> RunAsync(
        BenchmarkContext context, RegistrySide registry, VerdaccioSide verdaccio, string package, CancellationToken ct)
    {
        if (PeerServer.Find("npm") is not { } npm)
        {
            context.Miss("no npm to install with");
            return null;
        }

        context.Tell("installations by npm");
        var folder = Directory.CreateTempSubdirectory("auxo-npm-");
        try
        {
            var address = new Uri(registry.Address, "/npm/bench-npm/");
            List<double> mine = [], peers = [];
            for (var i = 0; i < context.Options.Count(6, 2); i++)
            {
                var (our, their) = (await InstallAsync(address, registry.Token), await InstallAsync(verdaccio.Address, token: null));
                // The first fills the mirror.
                if (i == 0) continue;
                mine.Add(our);
                peers.Add(their);
            }

            return new Figure("npm install of 301 packages, warm mirror, empty cache", "ms", new Series(mine), new Series(peers),
                Goal.AtMostOfPeer(0.5))
            {
                Note = "npm's own work is in both; the peer is Verdaccio without accounts",
            };
        }
        finally
        {
            folder.Delete(recursive: true);
        }

        async Task<double> InstallAsync(Uri address, string? token)
        {
            var place = folder.CreateSubdirectory(Guid.NewGuid().ToString("N")).FullName;
            await File.WriteAllTextAsync(Path.Combine(place, "package.json"), "{}", ct);
            await File.WriteAllTextAsync(Path.Combine(place, ".npmrc"), string.Create(CultureInfo.InvariantCulture,
                $"registry={address}\ncache={place}/cache\naudit=false\nfund=false\nupdate-notifier=false\nignore-scripts=true\n")
                + (token is null ? "" : $"//{address.Authority}{address.AbsolutePath}:_authToken={token}\n"), ct);
            var start = new ProcessStartInfo(npm, ["install", package])
            {
                UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = place,
            };
            var begun = TimeProvider.System.GetTimestamp();
            using var process = Process.Start(start)!;
            var (said, error) = (process.StandardOutput.ReadToEndAsync(ct), process.StandardError.ReadToEndAsync(ct));
            await process.WaitForExitAsync(ct);
            var took = TimeProvider.System.GetElapsedTime(begun).TotalMilliseconds;
            if (process.ExitCode != 0) throw new InvalidOperationException($"npm install: {await said}{await error}");
            Directory.Delete(place, recursive: true);
            return took;
        }
    }
}
