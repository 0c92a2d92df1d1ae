using System.Diagnostics;
using System.Net.Http.Json;

using Auxo.Benchmarks.Measuring;

namespace Auxo.Benchmarks.Registry.Images;

/// <summary>
/// An image of 200 MB, pulled and pushed by skopeo: the pull beside nginx, which serves the same bytes as files, the push beside docker's
/// own registry. Every push is of bytes that neither has seen.
/// </summary>
internal static class ImageCopies
{
    private const int Layers = 4;
    private const int LayerBytes = 50_000_000;

    /// <summary>Measures.</summary>
    public static async Task<IReadOnlyList<Figure>> RunAsync(BenchmarkContext context, CancellationToken ct)
    {
        if (PeerServer.Find("skopeo") is not { } skopeo)
        {
            context.Miss("no skopeo: images were not measured (Debian: apt install skopeo)");
            return [];
        }

        var instance = await context.PlainInstanceAsync();
        var registry = new RegistrySide(instance, "bench-oci");
        using var defined = await instance.Client("registry").PutAsJsonAsync(
            "/repositories/bench-oci", new { format = "oci", quotaBytes = 1L << 40 }, ct);
        defined.EnsureSuccessStatusCode();
        await using var nginx = await NginxSide.StartAsync(context, ct);
        await using var docker = await DockerRegistrySide.StartAsync(context, ct);
        var folder = Directory.CreateTempSubdirectory("auxo-images-").FullName;
        try
        {
            List<double> pushes = [], dockerPushes = [], pulls = [], nginxPulls = [], dockerPulls = [];
            for (var i = 0; i < context.Options.Count(6, 2); i++)
            {
                context.Tell($"image {i + 1}");
                var image = await ImageFolder.MakeAsync(Path.Combine(folder, $"image-{i}"), Layers, LayerBytes, ct);
                if (nginx is not null) image.Serve(nginx.Files, $"image-{i}", "v1");
                var push = await CopyAsync($"dir:{image.Path}", At(registry.Address, $"bench-oci/image-{i}"), registry.Token);
                var dockerPush = docker is null ? 0 : await CopyAsync($"dir:{image.Path}", At(docker.Address, $"image-{i}"), token: null);
                var pull = await PullAsync(registry.Address, $"bench-oci/image-{i}", registry.Token);
                var nginxPull = nginx is null ? 0 : await PullAsync(nginx.Address, $"image-{i}", token: null);
                var dockerPull = docker is null ? 0 : await PullAsync(docker.Address, $"image-{i}", token: null);
                Directory.Delete(image.Path, recursive: true);
                // The first warms everybody up.
                if (i == 0) continue;
                pushes.Add(push);
                pulls.Add(pull);
                if (docker is not null) (dockerPushes, dockerPulls) = ([.. dockerPushes, dockerPush], [.. dockerPulls, dockerPull]);
                if (nginx is not null) nginxPulls.Add(nginxPull);
            }

            List<Figure> figures = [
                new Figure("pull of an image of 200 MB by skopeo", "ms", new Series(pulls), Of(nginxPulls), Goal.AtMostOfPeer(1.1))
                {
                    Note = "the peer is nginx with the same bytes as files, without token or database; skopeo's own work is in both",
                },
                new Figure("push of an image of 200 MB by skopeo", "ms", new Series(pushes), Of(dockerPushes), Goal.AtMostOfPeer(0.5))
                {
                    Note = "the peer is docker's registry, which syncs nothing; all bytes are new to both",
                }];
            if (Of(dockerPulls) is { } pulled) figures.Insert(1, new Figure(
                "beside docker's registry", "ms", new Series(pulls), pulled) { IsPart = true });
            return figures;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        async Task<double> PullAsync(Uri server, string name, string? token)
        {
            var place = Path.Combine(folder, "pulled");
            var took = await CopyAsync(At(server, name), $"dir:{place}", token);
            Directory.Delete(place, recursive: true);
            return took;
        }

        async Task<double> CopyAsync(string from, string to, string? token)
        {
            List<string> arguments = ["copy", "--quiet", "--insecure-policy", "--src-tls-verify=false", "--dest-tls-verify=false"];
            var side = to.StartsWith("dir:", StringComparison.Ordinal) ? "src" : "dest";
            if (token is not null) arguments.Add($"--{side}-creds=bench:{token}");
            var start = new ProcessStartInfo(skopeo, [.. arguments, from, to])
            {
                UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true,
            };
            var begun = TimeProvider.System.GetTimestamp();
            using var process = Process.Start(start)!;
            var (said, error) = (process.StandardOutput.ReadToEndAsync(ct), process.StandardError.ReadToEndAsync(ct));
            await process.WaitForExitAsync(ct);
            var took = TimeProvider.System.GetElapsedTime(begun).TotalMilliseconds;
            return process.ExitCode == 0 ? took : throw new InvalidOperationException($"skopeo {from} {to}: {await said}{await error}");
        }
    }

    private static Series? Of(List<double> values) => values.Count == 0 ? null : new Series(values);

    private static string At(Uri server, string name) => $"docker://{server.Authority}/{name}:v1";
}
