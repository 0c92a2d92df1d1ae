using System.CommandLine;

using Auxo.Api;
using Auxo.Cli.Output;
using Auxo.Cli.Repositories;
using Auxo.Cli.WorkingCopies;

namespace Auxo.Cli.Artifacts;

/// <summary><c>auxo artifacts get REPOSITORY [NAME…]</c></summary>
internal static class GetArtifacts
{
    public static Command Create(CliHost host)
    {
        var repository = RepositoryArgument.Create();
        var names = new Argument<string[]>("name")
        {
            Description = "The files; all of them when none is named", Arity = ArgumentArity.ZeroOrMore,
        };
        var version = new Option<string>("--version")
        {
            Description = "latest (of the default branch), or the first digits of a build's id or of a commit",
            DefaultValueFactory = static _ => "latest",
        };
        var output = new Option<string?>("--output", "-o") { Description = "The folder to put them into; by default this one" };
        var provenance = new Option<bool>("--provenance")
        {
            Description = $"Also {VerifyArtifacts.UsualFile}: the signed statement where they came from, for 'auxo artifacts verify'",
        };
        return new Command("get", "Fetch files, go on where a broken download ended, and check their digests")
        {
            repository, names, version, output, provenance,
        }
            .Does(host, (parsed, session, ct) => RunAsync(
                session, parsed.GetRequiredValue(repository), parsed.GetValue(names)
                    ?? [], parsed.GetRequiredValue(version), Path.GetFullPath(parsed.GetValue(output) ?? ".", host.WorkingFolder),
                parsed.GetValue(provenance), ct));
    }

    private static async Task<int> RunAsync(
        Session session, string repository, string[] names, string version, string folder, bool provenance,
        CancellationToken ct)
    {
        var rid = (await RepositoryArgument.ResolveAsync(session.Clients.Ingest, repository, ct)).Rid;
        var found = await VersionArgument.ResolveAsync(session.Clients.Registry, rid, version, ct);
        if (names.FirstOrDefault(name => found.Files.All(f => f.Name != name)) is { } missing)
        {
            throw new CliException(
                ExitCode.Negative, $"Build {found.ShortId} has no file '{missing}'.",
                Suggestions.Nearest(missing, found.Files.Select(static f => f.Name)) is { } near
                    ? $"Did you mean '{near}'?"
                    : "It has: " + string.Join(", ", found.Files.Select(static f => f.Name).Take(20)));
        }

        var files = found.Files.Where(f => names.Length == 0 || names.Contains(f.Name, StringComparer.Ordinal)).ToList();
        var targets = files.ConvertAll(file => (File: file, Path: Target(folder, file.Name)));
        var done = new List<object>();
        foreach (var (file, path) in targets)
        {
            var outcome = await Download.RunAsync(session.Clients.Http("registry"), file, path, ct);
            if (session.Terminal.Json) done.Add(new
            {
                file.Name, path, file.Digest, file.SizeBytes, outcome.Resumed, outcome.AlreadyThere,
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

        if (provenance)
        {
            var envelope = await session.Clients.Http("registry")
                .GetByteArrayAsync(new Uri(
                    $"artifacts/{Uri.EscapeDataString(rid)}/{found.BuildId}/provenance/envelope", UriKind.Relative), ct);
            await FreshFile.ReplaceAsync(Path.Combine(folder, VerifyArtifacts.UsualFile), envelope, ct);
        }

        if (session.Terminal.Json) session.Terminal.WriteJson(new { found.BuildId, found.Commit, found.Rid, files = done });
        else session.Terminal.Line(
            $"From build {Terminal.Safe(found.ShortId)} of {Terminal.Safe(found.RepositoryName)} at "
                + $"{Terminal.Safe(Words.Short(found.Commit))}; every digest fits.");
        return ExitCode.Ok;
    }

    /// <summary>Where a file goes: its own name below the folder, never outside of it, whatever a registry says its name is.</summary>
    internal static string Target(string folder, string name)
    {
        var path = Path.GetFullPath(Path.Combine(folder, name.Replace('\\', '/')));
        return path.StartsWith(folder.TrimEnd('/') + "/", StringComparison.Ordinal)
            ? path
            : throw new CliException(
                ExitCode.Negative, $"The file '{TamedText.OneLine(name)}' would be written outside of {folder}; it is left alone.");
    }
}
