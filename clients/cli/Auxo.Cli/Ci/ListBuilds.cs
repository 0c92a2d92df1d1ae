using System.CommandLine;
using System.CommandLine.Parsing;

using Auxo.Cli.Metrics;
using Auxo.Cli.Output;
using Auxo.Cli.Repositories;

namespace Auxo.Cli.Ci;

/// <summary><c>auxo ci status [COUNT]</c></summary>
internal static class ListBuilds
{
    public static Command Create(CliHost host)
    {
        var count = new Argument<int>("count")
        {
            Description = "How many, newest first (1 to 200)", DefaultValueFactory = static _ => 10, CustomParser = ParseCount,
        };
        var repository = new Option<string?>("--repo") { Description = "Only this repository" };
        var patch = new Option<string?>("--patch") { Description = "Only this patch (its whole id)" };
        var commit = new Option<string?>("--commit") { Description = "Only this commit (its whole id)" };
        return new Command("status", "Show the newest builds") { count, repository, patch, commit }
            .Does(host, (parsed, session, ct) => RunAsync(
                session, parsed.GetValue(count), parsed.GetValue(repository), parsed.GetValue(patch), parsed.GetValue(commit), ct));
    }

    private static int ParseCount(ArgumentResult result)
    {
        if (int.TryParse(result.Tokens[0].Value, out var count) && count is >= 1 and <= 200) return count;
        result.AddError($"'{result.Tokens[0].Value}' is no count between 1 and 200.");
        return 0;
    }

    private static async Task<int> RunAsync(
        Session session, int count, string? repository, string? patch, string? commit, CancellationToken ct)
    {
        var rid = repository is null ? null : (await RepositoryArgument.ResolveAsync(session.Clients.Ingest, repository, ct)).Rid;
        var page = await session.Clients.Pipeline.BuildsAsync(rid, patch, commit, count, after: null, ct);
        var terminal = session.Terminal;
        var rates = patch is null && commit is null ? await AllTimeRate.OfAsync(session.Clients, page.Items, ct) : [];
        if (terminal.Json)
        {
            terminal.WriteJson(new { page.Items, page.Next, AllTime = rates });
            return ExitCode.Ok;
        }

        if (page.Items.Count == 0)
        {
            terminal.Line("No build yet. 'auxo ci build' builds the commit you are on; 'auxo status' says why a push has no build.");
            return ExitCode.Ok;
        }

        var columns = new Columns(2, "BUILD", "VERDICT", "WHAT", "WHEN", "TOOK");
        foreach (var build in page.Items)
        {
            columns.Add(
                new Cell(build.Short, "bold"), Words.Verdict(build), $"{build.RepositoryName} {build.Subject} {build.Title}",
                Words.Ago(terminal.Now, build.FinishedAt ?? build.StartedAt ?? build.QueuedAt), Duration.Of(build.DurationSeconds));
        }

        columns.Write(terminal);
        foreach (var rate in rates)
            terminal.Line(
                $"[dim]{Terminal.Safe(rate.Repository)}, all time: {Chart.Percent(rate.Ratio)} of {rate.Verdicts} "
                    + "builds with a verdict passed[/]");
        return ExitCode.Ok;
    }
}
