using System.CommandLine;

using Auxo.Api;
using Auxo.Cli.Ci;
using Auxo.Cli.Output;
using Auxo.Cli.WorkingCopies;

namespace Auxo.Cli.Dependencies;

/// <summary><c>auxo deps sbom BUILD [--output FILE]</c>: what a build fetched from the registry, as CycloneDX.</summary>
internal static class WriteBillOfMaterials
{
    public static Command Create(CliHost host)
    {
        var build = BuildArgument.Create();
        var output = new Option<string?>("--output", "-o") { Description = "The file to write; without it, it is printed" };
        return new Command("sbom", "Write what a build that ended fetched from the registry: a CycloneDX bill of materials in JSON")
        {
            build, output,
        }
            .Does(host, (parsed, session, ct) => RunAsync(session, parsed.GetRequiredValue(build), parsed.GetValue(output), ct));
    }

    private static async Task<int> RunAsync(Session session, string text, string? output, CancellationToken ct)
    {
        // The pipeline may have forgotten a build of which the registry still knows what it fetched.
        var id = Guid.TryParse(text.Trim(), out var whole)
            ? whole : Guid.Parse((await BuildArgument.ResolveAsync(session.Clients.Pipeline, text, ct)).Id);
        var document = await session.Clients.Http("registry").GetByteArrayAsync(new Uri($"builds/{id}/sbom", UriKind.Relative), ct);
        if (output is null)
        {
            await session.Terminal.WriteLogAsync(document, ct);
            return ExitCode.Ok;
        }

        var file = Path.GetFullPath(output, session.Host.WorkingFolder);
        await FreshFile.ReplaceAsync(file, document, ct);
        if (session.Terminal.Json) session.Terminal.WriteJson(new { build = id, file, sizeBytes = document.Length });
        else session.Terminal.Line(
            $"[green]✓[/] {Terminal.Safe(Path.GetRelativePath(session.Host.WorkingFolder, file))}  {Amounts.Size(document.Length)}");
        return ExitCode.Ok;
    }
}
