using System.CommandLine;

using Auxo.Cli.Ci;

namespace Auxo.Cli.Scan;

/// <summary>A scan by the built-in checks, which the pipeline's program has: it finds what a build finds.</summary>
internal static class ScanFolder
{
    public static Command Create(CliHost host, string kind, string about)
    {
        var path = new Argument<string>("path") { Description = "A folder", DefaultValueFactory = static _ => "." };
        return new Command(kind, about) { path }
            .Does(host, (parsed, session, ct) => PipelineProgram.RunAsync(
                session,
                ["scan", kind, PipelineProgram.Folder(session, parsed.GetRequiredValue(path)),
                    .. parsed.GetValue(GlobalOptions.Json) ? ["--json"] : Array.Empty<string>()],
                ct));
    }
}
