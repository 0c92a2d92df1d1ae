using Auxo.Pipeline.Checks;
using Auxo.Pipeline.Checks.Advisories;
using Auxo.Pipeline.Checks.Files;

namespace Auxo.Pipeline.Local;

/// <summary>
/// <c>scan image</c>: Trivy looks at a container image, which it finds as it always does (Docker, podman, a registry), with the
/// environment of whoever asks. What it finds is judged as the check <c>dependencies</c> judges.
/// </summary>
internal static class ImageScan
{
    /// <summary>The kind of scan.</summary>
    public const string Kind = "image";

    private const string Check = "dependencies";
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    /// <summary>What Trivy's way to images and registries needs to know.</summary>
    private static readonly string[] Passed =
    [
        "HOME", "XDG_RUNTIME_DIR", "DOCKER_HOST", "DOCKER_CONFIG", "DOCKER_CERT_PATH", "DOCKER_TLS_VERIFY", "TRIVY_USERNAME",
        "TRIVY_PASSWORD", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR",
    ];

    /// <summary>Looks and prints.</summary>
    /// <returns>0 when nothing blocks, 1 when something does, 2 when Trivy could not look.</returns>
    public static async Task<int> RunAsync(
        string image, bool json, string place, TextWriter output, IConfiguration configuration, CancellationToken ct)
    {
        if (image.Length == 0 || image[0] == '-') throw new LocalException($"'{PlainText.OneLine(image, 100)}' is no name of an image.");
        var time = TimeProvider.System;
        var began = time.GetTimestamp();
        var report = await LookAsync(image, place, configuration, ct);
        var run = new CheckRun(Check, report, time.GetElapsedTime(began));
        return await LocalScan.SayAsync(image, [run], CheckSettings.Default, json, output);
    }

    private static async Task<CheckReport> LookAsync(string image, string place, IConfiguration configuration, CancellationToken ct)
    {
        var (trivy, why) = await Trivy.FindAsync(LocalAdvisories.From(configuration, place), ct);
        if (trivy is null) return CheckReport.Skipped(why == Trivy.NotInstalled ? $"{why}: only it looks at images" : why);
        var environment = Passed.Select(name => (Name: name, Value: configuration[name])).Where(static pair => pair.Value is not null)
            .ToDictionary(static pair => pair.Name, static pair => pair.Value!, StringComparer.Ordinal);
        try
        {
            var found = await trivy.RunAsync(
                ["image", "--scanners", "vuln", "--format", "json", "--skip-db-update", "--skip-java-db-update", .. Trivy.Silent,
                    "--quiet", "--cache-dir", Path.GetDirectoryName(trivy.Database)!, "--", image],
                place, Limit, ct, environment);
            return new CheckReport(
                [
                    .. found.SelectMany(static target => target.Value.Select(seen => seen with { Path = target.Key })),
                    .. trivy.Age(TimeProvider.System),
                ], []);
        }
        catch (Exception e) when (e is InvalidOperationException or TimeoutException)
        {
            return CheckReport.Errored(PlainText.OneLine(e.Message));
        }
    }
}
