using System.CommandLine;

using Auxo.Cli.Output;

namespace Auxo.Cli.Schedules;

/// <summary><c>auxo schedule enable NAME</c> and <c>disable NAME</c></summary>
internal static class SwitchSchedule
{
    public static Command Create(CliHost host, string verb, string description, string done)
    {
        var name = ScheduleArgument.Create();
        var repository = ScheduleArgument.Repository();
        return new Command(verb, description) { name, repository }.Does(host, async (parsed, session, ct) =>
        {
            var schedule = await ScheduleArgument.ResolveAsync(
                session.Clients, parsed.GetRequiredValue(name), parsed.GetValue(repository), ct);
            await session.Clients.Pipeline.SwitchScheduleAsync(schedule.Rid, schedule.Name, verb, ct);
            if (session.Terminal.Json) session.Terminal.WriteJson(new { schedule.Rid, schedule.Name, enabled = verb == "enable" });
            else session.Terminal.Line(
                $"[green]✓[/] Schedule {Terminal.Safe(schedule.Name)} of {Terminal.Safe(schedule.RepositoryName)} {done}.");
            return ExitCode.Ok;
        });
    }
}
