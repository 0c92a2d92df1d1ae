using System.CommandLine;

using Auxo.Cli.Ci;

namespace Auxo.Cli.Scan;

/// <summary><c>auxo scan image</c>: Trivy looks at a container image, and the gate table judges.</summary>
internal static class ScanImage
{
    public static Command Create(CliHost host)
    {
        var image = new Argument<string>("image") { Description = "Its name, such as debian:13 or registry.example.org/app@sha256:…" };
        return new Command("image", "Vulnerable packages in a container image, by Trivy; exit code 1 when something blocks") { image }
            .Does(host, (parsed, session, ct) => PipelineProgram.RunAsync(
                session,
                ["scan", "image", parsed.GetRequiredValue(image),
                    .. parsed.GetValue(GlobalOptions.Json) ? ["--json"] : Array.Empty<string>()],
                ct));
    }
}
