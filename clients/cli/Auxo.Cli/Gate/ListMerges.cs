using System.CommandLine;

using Auxo.Cli.Output;
using Auxo.Cli.Repositories;

namespace Auxo.Cli.Gate;

/// <summary><c>auxo gate list</c></summary>
internal static class ListMerges
{
    public static Command Create(CliHost host)
    {
        var repository = new Option<string?>("--repository", "--repo") { Description = "Only of this repository" };
        var all = new Option<bool>("--all") { Description = "Also those that had passed" };
        return new Command("list", "Show the merges whose result had not passed") { repository, all }
            .Does(host, (parsed, session, ct) => RunAsync(session, parsed.GetValue(repository), parsed.GetValue(all), ct));
    }

    private static async Task<int> RunAsync(Session session, string? repository, bool all, CancellationToken ct)
    {
        var rid = repository is null ? null : (await RepositoryArgument.ResolveAsync(session.Clients.Ingest, repository, ct)).Rid;
        var page = await session.Clients.Pipeline.MergesAsync(rid, !all, limit: 50, ct);
        var terminal = session.Terminal;
        if (terminal.Json)
        {
            terminal.WriteJson(page);
            return ExitCode.Ok;
        }

        if (page.Items.Count == 0)
        {
            terminal.Line(all ? "No merge was seen yet." : "Every merge that was seen had passed.");
            return ExitCode.Ok;
        }

        var columns = new Columns(4, "WHEN", "REPOSITORY", "PATCH", "COMMIT", "WHY", "BY") { Wraps = true };
        foreach (var merge in page.Items)
            columns.Add(
                Words.Ago(terminal.Now, merge.SeenAt), merge.RepositoryName, merge.PatchId[..7], merge.Commit[..7],
                new Cell(merge.Reason, merge.Passed ? "green" : "red"), Words.ShortDid(merge.By));
        columns.Write(terminal);
        return ExitCode.Ok;
    }
}
