using System.CommandLine;

using Auxo.Api;
using Auxo.Cli.Output;
using Auxo.Cli.Repositories;

namespace Auxo.Cli.Artifacts;

/// <summary><c>auxo artifacts list</c></summary>
internal static class ListArtifacts
{
    public static Command Create(CliHost host)
    {
        var repository = new Option<string?>("--repo") { Description = "Only this repository" };
        var branch = new Option<string?>("--branch") { Description = "Only this branch" };
        var count = new Option<int>("--count")
        {
            Description = "How many versions, newest first (1 to 200)", DefaultValueFactory = static _ => 20,
        };
        return new Command("list", "Show what was published") { repository, branch, count }
            .Does(host, (parsed, session, ct)
                => RunAsync(session, parsed.GetValue(repository), parsed.GetValue(branch), parsed.GetValue(count), ct));
    }

    private static async Task<int> RunAsync(Session session, string? repository, string? branch, int count, CancellationToken ct)
    {
        if (count is < 1 or > 200) throw new CliException(ExitCode.Usage, $"'{count}' is no count between 1 and 200.");
        var rid = repository is null ? null : (await RepositoryArgument.ResolveAsync(session.Clients.Ingest, repository, ct)).Rid;
        var page = await session.Clients.Registry.ArtifactsAsync(rid, branch, commit: null, build: null, count, after: null, ct);
        var terminal = session.Terminal;
        if (terminal.Json)
        {
            terminal.WriteJson(page);
            return ExitCode.Ok;
        }

        if (page.Items.Count == 0)
        {
            terminal.Line("Nothing is published yet: a step's 'artifacts' are, when the build of a trusted author passes.");
            return ExitCode.Ok;
        }

        var columns = new Columns(3, "BUILD", "COMMIT", "SIZE", "WHAT", "WHEN");
        foreach (var version in page.Items)
        {
            var subject = version.PatchId is { } patch ? $"patch {Words.Short(patch)}" : version.Ref;
            columns.Add(
                new Cell(version.ShortId, "bold"), Words.Short(version.Commit), "",
                $"{version.RepositoryName} {subject}{(version.Latest ? " (latest)" : "")} {version.Title}",
                Words.Ago(terminal.Now, version.PublishedAt));
            foreach (var file in version.Files) columns.Add("", "", Amounts.Size(file.SizeBytes), "  " + file.Name, "");
        }

        columns.Write(terminal);
        return ExitCode.Ok;
    }
}
