using System.CommandLine;
using System.Globalization;

using Auxo.Api;
using Auxo.Cli.Output;
using Auxo.Cli.Repositories;

namespace Auxo.Cli.Schedules;

/// <summary><c>auxo schedule list</c></summary>
internal static class ListSchedules
{
    public static Command Create(CliHost host)
    {
        var repository = ScheduleArgument.Repository();
        return new Command("list", "Show the schedules: when each is next, how it went, what was missed") { repository }
            .Does(host, (parsed, session, ct) => RunAsync(session, parsed.GetValue(repository), ct));
    }

    private static async Task<int> RunAsync(Session session, string? repository, CancellationToken ct)
    {
        var rid = repository is null ? null : (await RepositoryArgument.ResolveAsync(session.Clients.Ingest, repository, ct)).Rid;
        var page = await session.Clients.Pipeline.SchedulesAsync(rid, ct);
        var terminal = session.Terminal;
        if (terminal.Json)
        {
            terminal.WriteJson(page);
            return ExitCode.Ok;
        }

        if (page.Items.Count == 0)
        {
            terminal.Line("No schedule yet. Write one into .auxo/ci.yaml of the default branch: docs/schedules.md.");
            return ExitCode.Ok;
        }

        var columns = new Columns(1, "NAME", "REPOSITORY", "WHEN", "NEXT", "LAST", "MISSED");
        foreach (var schedule in page.Items)
        {
            columns.Add(
                new Cell(schedule.Name, "bold"), $"{schedule.RepositoryName} {schedule.Branch}", $"{schedule.Cron} {schedule.Zone}",
                Next(terminal, schedule), Last(schedule),
                schedule.Missed == 0 ? new Cell("-", "dim") : new Cell(schedule.Missed.ToString(CultureInfo.InvariantCulture), "yellow"));
        }

        columns.Write(terminal);
        return ExitCode.Ok;
    }

    /// <summary>In the schedule's own zone, as its cron is.</summary>
    private static Cell Next(Terminal terminal, Schedule schedule)
        => schedule.Enabled
            ? schedule.NextAt is { } next ? next.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture) : "never"
            : new Cell(
                schedule.DisabledAt is { } at ? $"{schedule.OffWords}, {Words.Ago(terminal.Now, at)}" : schedule.OffWords!, "yellow");

    private static Cell Last(Schedule schedule)
        => schedule.NothingSince is { } nothing ? new Cell($"nothing: {nothing}", "dim")
            : schedule.LastBuild is not { } build ? new Cell("-", "dim")
            : build.Outcome is null ? $"{build.ShortId} {build.State.Replace('_', ' ')}"
            : Words.Outcome(build.Outcome) with { Text = $"{build.ShortId} {Words.Outcome(build.Outcome).Text}" };
}
