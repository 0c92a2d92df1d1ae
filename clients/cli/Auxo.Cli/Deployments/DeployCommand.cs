using System.CommandLine;

using Auxo.Api;
using Auxo.Cli.Output;
using Auxo.Cli.Repositories;
using Auxo.Git;

namespace Auxo.Cli.Deployments;

/// <summary>
/// <c>auxo deploy record REPOSITORY</c>: tells metrics what went live, where a passed build of the default branch is not what a
/// deployment is.
/// </summary>
internal static class DeployCommand
{
    public static Command Create(CliHost host) => new("deploy", "Tell what went live, for DORA's numbers") { Record(host) };

    private static Command Record(CliHost host)
    {
        var repository = RepositoryArgument.Create();
        var commit = new Option<string>("--commit")
        {
            Description = "What is live now: 40 digits, or as git names it in this folder", DefaultValueFactory = static _ => "HEAD",
        };
        var id = new Option<string?>("--id")
        {
            Description = "Its name at whoever deploys; send one, and a repeated report is no second deployment",
        };
        var environment = new Option<string?>("--environment") { Description = "Where to (default production)" };
        var kind = new Option<string?>("--kind") { Description = "What for (default planned)" };
        kind.AcceptOnlyFromAmong("planned", "hotfix", "rollback");
        var failed = new Option<bool>("--failed") { Description = "The attempt failed and never went live" };
        var rollout = new Option<string?>("--rollout") { Description = "The same name for the parts of one rollout" };
        var remediates = new Option<string?>("--remediates") { Description = "The failure that it repairs" };
        var at = new Option<DateTimeOffset?>("--at") { Description = "When, such as 2026-11-01T12:00Z; by default now" };
        return new Command("record", "Report a deployment; it counts from then on ('auxo metrics dora')")
        {
            repository, commit, id, environment, kind, failed, rollout, remediates, at,
        }
            .Does(host, async (parsed, session, ct) =>
            {
                var tracked = await RepositoryArgument.ResolveAsync(session.Clients.Ingest, parsed.GetRequiredValue(repository), ct);
                var live = await CommitAsync(host.WorkingFolder, parsed.GetRequiredValue(commit), ct);
                var stored = await session.Clients.Metrics.DeployedAsync(
                    new DeploymentReport
                    {
                        Rid = tracked.Rid,
                        Commit = live,
                        Id = parsed.GetValue(id),
                        Environment = parsed.GetValue(environment),
                        Succeeded = parsed.GetValue(failed) ? false : null,
                        Kind = parsed.GetValue(kind),
                        RolloutId = parsed.GetValue(rollout),
                        Remediates = parsed.GetValue(remediates),
                        At = parsed.GetValue(at),
                    },
                    ct);
                if (session.Terminal.Json) session.Terminal.WriteJson(stored);
                else
                {
                    session.Terminal.Line(
                        $"[green]✓[/] {(parsed.GetValue(failed) ? "The failed attempt" : "The deployment")} "
                            + $"{Terminal.Safe(stored.DeploymentId)} of {Terminal.Safe(tracked.Name)} at {Words.Short(live)} is recorded.");
                    session.Terminal.Line(
                        $"  [dim]When it fails: auxo failure open {Terminal.Safe(tracked.Name)} --deployment "
                            + $"{Terminal.Safe(stored.DeploymentId)} --title '…'[/]");
                }

                return ExitCode.Ok;
            });
    }

    private static async Task<string> CommitAsync(string folder, string revision, CancellationToken ct)
    {
        if (revision.Length == 40 && revision.All(char.IsAsciiHexDigitLower)) return revision;
        try
        {
            return (await GitCommand.RunAsync(folder, ["rev-parse", "--verify", "--end-of-options", revision + "^{commit}"], ct)).Trim();
        }
        catch (GitException e)
        {
            throw new CliException(ExitCode.Usage, $"'{revision}' names no commit in {folder}.",
                "Go into the repository, or give all 40 digits: --commit …", e);
        }
    }
}
