using System.CommandLine;

using Auxo.Cli.Output;

namespace Auxo.Cli.Repositories;

/// <summary><c>auxo repo list</c></summary>
internal static class ListRepositories
{
    public static Command Create(CliHost host)
        => new Command("list", "Show the tracked repositories").Does(host, static (_, session, ct) => RunAsync(session, ct));

    private static async Task<int> RunAsync(Session session, CancellationToken ct)
    {
        var page = await session.Clients.Ingest.RepositoriesAsync(ct);
        var terminal = session.Terminal;
        if (terminal.Json)
        {
            terminal.WriteJson(page);
            return ExitCode.Ok;
        }

        if (page.Items.Count == 0)
        {
            terminal.Line("No repository is tracked yet. Track one: auxo repo track rad:z…, or the folder of a git repository.");
            return ExitCode.Ok;
        }

        // The id is never cut: it is what people copy.
        var columns = new Columns(0, "NAME", "BRANCH", "SINCE", "ID");
        foreach (var repository in page.Items)
            columns.Add(new Cell(repository.Name, "bold"), repository.DefaultBranch,
                Words.Ago(terminal.Now, repository.TrackedAt), new Cell(repository.Rid, "dim"));
        columns.Write(terminal);
        foreach (var repository in page.Items.Where(static r => r.Problem is not null))
            terminal.Line($"[red]✗ {Terminal.Safe(repository.Name)}:[/] {Terminal.Safe(repository.Problem)}");
        return ExitCode.Ok;
    }
}
