using System.CommandLine;

using Auxo.Api;
using Auxo.Cli.Artifacts;
using Auxo.Cli.Output;

namespace Auxo.Cli.Raw;

/// <summary><c>auxo raw get REPOSITORY NAME…</c>: as artifacts are fetched, carried on where it broke and checked.</summary>
internal static class GetRaw
{
    public static Command Create(CliHost host)
    {
        var repository = RawCommand.Repository();
        var names = new Argument<string[]>("file") { Description = "Their names there", Arity = ArgumentArity.OneOrMore };
        var output = new Option<string?>("--output", "-o") { Description = "The folder to put them into; by default this one" };
        return new Command("get", "Fetch files, go on where a broken download ended, and check their digests") { repository, names, output }
            .Does(host, (parsed, session, ct) => RunAsync(
                session, parsed.GetRequiredValue(repository), parsed.GetRequiredValue(names),
                Path.GetFullPath(parsed.GetValue(output) ?? ".", host.WorkingFolder), ct));
    }

    private static async Task<int> RunAsync(Session session, string repository, string[] names, string folder, CancellationToken ct)
    {
        var done = new List<object>();
        foreach (var name in names)
        {
            var page = await session.Clients.Registry.FilesAsync(repository, prefix: name, after: null, limit: 20, ct);
            var file = page.Items.FirstOrDefault(f => f.Path == name) ?? throw new CliException(
                ExitCode.Negative, $"'{repository}' has no file '{name}'.", page.Items.Count > 0 ? "It has: "
                    + string.Join(", ", page.Items.Select(static f => f.Path)) : $"'auxo raw list {repository}' shows its files.");
            var path = GetArtifacts.Target(folder, file.Path);
            var outcome = await Download.RunAsync(session.Clients.Http("registry"),
                new ArtifactFile(file.Path, file.MediaType, file.Digest, file.SizeBytes, file.Url), path, ct);
            if (session.Terminal.Json) done.Add(new
            {
                file.Path, target = path, file.Digest, file.SizeBytes, outcome.Resumed, outcome.AlreadyThere,
            });
            else
            {
                session.Terminal.Line(
                    $"[green]✓[/] {Terminal.Safe(Path.GetRelativePath(session.Host.WorkingFolder, path))}  {Amounts.Size(file.SizeBytes)}"
                    + (outcome.AlreadyThere
                        ? "  (was there)"
                        : outcome.Resumed > 0 ? $"  (went on at {Amounts.Size(outcome.Resumed)})"
                        : ""));
            }
        }

        if (session.Terminal.Json) session.Terminal.WriteJson(new { repository, files = done });
        return ExitCode.Ok;
    }
}
