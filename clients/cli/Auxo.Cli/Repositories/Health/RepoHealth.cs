using System.CommandLine;

using Auxo.Api;
using Auxo.Cli.Output;

namespace Auxo.Cli.Repositories.Health;

/// <summary><c>auxo repo health [REPOSITORY]</c></summary>
internal static class RepoHealth
{
    public static Command Create(CliHost host)
    {
        var repository = new Argument<string?>("repository")
        {
            Description = "Its id, the beginning of it, or its name; without it all of them", Arity = ArgumentArity.ZeroOrOne,
        };
        var alert = new Option<bool>("--alert") { Description = "Say nothing of what is well; exit 1 when something is not" };
        var verbose = new Option<bool>("--verbose") { Description = "Show every check, also what is well and what is not known" };
        var asOf = new Option<DateTimeOffset?>("--as-of") { Description = "As it was then, such as 2026-11-01; of one repository" };
        var command = new Command("health", "Show how well repositories are, and what wins lost points back")
        {
            repository, alert, verbose, asOf,
        };
        command.Validators.Add(parsed =>
        {
            if (parsed.GetValue(asOf) is not null && parsed.GetValue(repository) is null)
                parsed.AddError("--as-of needs a repository: auxo repo health NAME --as-of 2026-11-01");
        });
        return command.Does(host, async (parsed, session, ct) =>
        {
            var rid = parsed.GetValue(repository) is { } text
                ? (await RepositoryArgument.ResolveAsync(session.Clients.Ingest, text, ct)).Rid
                : null;
            var reports = rid is null
                ? (await session.Clients.Metrics.AllHealthAsync(ct)).Items
                : [await session.Clients.Metrics.HealthAsync(rid, parsed.GetValue(asOf)?.ToString("O"), ct)];
            return Show(session.Terminal, reports, isOne: rid is not null, parsed.GetValue(alert), parsed.GetValue(verbose));
        });
    }

    private static int Show(Terminal terminal, IReadOnlyList<HealthReport> reports, bool isOne, bool alert, bool verbose)
    {
        var unwell = reports.Where(static r => r.Band is "critical" or "needs_attention").ToList();
        var shown = alert ? unwell : reports;
        if (terminal.Json)
        {
            if (isOne && !alert) terminal.WriteJson(reports[0]);
            else terminal.WriteJson(new Page<HealthReport>(shown, Next: null));
        }
        else if (reports.Count == 0)
        {
            terminal.Line("No repository is tracked yet. Track one: auxo repo track rad:z…, or the folder of a git repository.");
        }
        else if (isOne || verbose)
        {
            foreach (var report in shown) ShowHealth.One(terminal, report, verbose);
        }
        else if (shown.Count > 0)
        {
            ShowHealth.All(terminal, shown);
        }

        return alert && unwell.Count > 0 ? ExitCode.Negative : ExitCode.Ok;
    }
}
