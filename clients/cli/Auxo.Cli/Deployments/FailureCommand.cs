using System.CommandLine;

using Auxo.Api;
using Auxo.Cli.Output;
using Auxo.Cli.Repositories;

namespace Auxo.Cli.Deployments;

/// <summary><c>auxo failure open|close|reopen|dismiss|list REPOSITORY</c>: failures of what is live, as people notice them.</summary>
internal static class FailureCommand
{
    private const int Days = 365;

    public static Command Create(CliHost host) => new("failure", "Tell what fails in production and when it is over, for DORA's numbers")
    {
        List(host),
        Open(host),
        Turn(host, "close", "recover", "People are served again", "is over"),
        Turn(host, "reopen", "reopen", "It is back after all", "is open again"),
        Turn(host, "dismiss", "dismiss", "It was none; it counts nowhere", "is dismissed and counts nowhere"),
    };

    private static Command List(CliHost host)
    {
        var repository = RepositoryArgument.Create();
        var all = new Option<bool>("--all") { Description = $"Those that are over, too (of the last {Days} days)" };
        return new Command("list", "Show the failures that are open") { repository, all }.Does(host, async (parsed, session, ct) =>
        {
            var tracked = await RepositoryArgument.ResolveAsync(session.Clients.Ingest, parsed.GetRequiredValue(repository), ct);
            var evidence = await session.Clients.Metrics.EvidenceAsync(tracked.Rid, Days, ct);
            var failures = evidence.Recoveries.SelectMany(static r
                => r.Failures.Select(f => (Failure: f, Deployment: (string?)r.Deployment)))
                    .Concat(evidence.Unattributed.Select(static f => (Failure: f, Deployment: (string?)null)))
                .Where(f => parsed.GetValue(all) || f.Failure.OpenSince is not null)
                    .DistinctBy(static f => f.Failure.Id).OrderByDescending(static f => f.Failure.StartedAt).ToList();
            var terminal = session.Terminal;
            if (terminal.Json) terminal.WriteJson(new
            {
                items = failures.Select(static f => new
                {
                    f.Failure.Id, f.Failure.Title, f.Failure.StartedAt, f.Failure.OpenSince, f.Failure.Inferred,
                f.Failure.RecoveredBy, f.Deployment,
                }),
            });
            else if (failures.Count == 0) terminal.Line(parsed.GetValue(all) ? "No failure is known." : "[green]✓ no failure is open[/]");
            else
            {
                var columns = new Columns(2, "FAILURE", "STATE", "WHAT", "SINCE", "DEPLOYMENT") { Wraps = true };
                foreach (var (f, deployment) in failures)
                {
                    columns.Add(
                        new Cell(f.Id, "bold"), f.OpenSince is null
                            ? new Cell("✓ over", "green")
                            : new Cell("✗ open", "red"), (f.Title ?? "") + (f.Inferred ? " (inferred)" : ""),
                        Words.Ago(terminal.Now, f.StartedAt), deployment is null ? "" : Words.Short(deployment));
                }

                columns.Write(terminal);
            }

            return ExitCode.Ok;
        });
    }

    private static Command Open(CliHost host)
    {
        var repository = RepositoryArgument.Create();
        var title = new Option<string?>("--title") { Description = "One line for people" };
        var id = new Option<string?>("--id")
        {
            Description = "Its name, such as an incident's; send one, and a repeated report is no second failure",
        };
        var deployment = new Option<string?>("--deployment")
        {
            Description = "The deployment that caused it; leave it out while nobody knows",
        };
        var started = new Option<DateTimeOffset?>("--started") { Description = "When it began, where that is known" };
        var at = new Option<DateTimeOffset?>("--at") { Description = "When it was noticed; by default now" };
        return new Command("open", "Report that what is live fails; subscribers get a notification") { repository, title, id,
            deployment, started, at }.Does(host, async (parsed, session, ct) =>
        {
            var tracked = await RepositoryArgument.ResolveAsync(session.Clients.Ingest, parsed.GetRequiredValue(repository), ct);
            var stored = await session.Clients.Metrics.FailedAsync(
                new FailureReport(tracked.Rid, parsed.GetValue(id), parsed.GetValue(deployment),
                    parsed.GetValue(title), parsed.GetValue(started), parsed.GetValue(at)), ct);
            if (session.Terminal.Json) session.Terminal.WriteJson(stored);
            else
            {
                session.Terminal.Line($"[yellow]![/] Failure {Terminal.Safe(stored.FailureId)} of {Terminal.Safe(tracked.Name)} is open.");
                session.Terminal.Line(
                    $"  [dim]When people are served again: auxo failure close {Terminal.Safe(tracked.Name)} "
                        + $"{Terminal.Safe(stored.FailureId)}[/]");
            }

            return ExitCode.Ok;
        });
    }

    private static Command Turn(CliHost host, string word, string verb, string description, string done)
    {
        var repository = RepositoryArgument.Create();
        var id = new Argument<string>("failure") { Description = "Its name ('auxo failure list' shows them)" };
        var at = new Option<DateTimeOffset?>("--at") { Description = "When; by default now" };
        var by = new Option<string?>("--by") { Description = "Who or what ended it" };
        var reason = new Option<string?>("--reason") { Description = "Why it was none" };
        var command = new Command(word, description) { repository, id, at };
        if (verb == "recover") command.Add(by);
        if (verb == "dismiss") command.Add(reason);
        return command.Does(host, async (parsed, session, ct) =>
        {
            var tracked = await RepositoryArgument.ResolveAsync(session.Clients.Ingest, parsed.GetRequiredValue(repository), ct);
            await session.Clients.Metrics.TransitionAsync(
                tracked.Rid, parsed.GetRequiredValue(id), verb,
                new FailureTransition(parsed.GetValue(at), verb == "recover"
                    ? parsed.GetValue(by)
                    : null, verb == "dismiss" ? parsed.GetValue(reason) : null), ct);
            if (session.Terminal.Json) session.Terminal.WriteJson(new { tracked.Rid, failure = parsed.GetRequiredValue(id), done = verb });
            else session.Terminal.Line($"[green]✓[/] Failure {Terminal.Safe(parsed.GetRequiredValue(id))} {done}.");
            return ExitCode.Ok;
        });
    }
}
