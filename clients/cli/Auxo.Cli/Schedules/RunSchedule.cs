using System.CommandLine;

using Auxo.Cli.Output;

namespace Auxo.Cli.Schedules;

/// <summary><c>auxo schedule run NAME</c></summary>
internal static class RunSchedule
{
    public static Command Create(CliHost host)
    {
        var name = ScheduleArgument.Create();
        var repository = ScheduleArgument.Repository();
        return new Command("run", "Begin its build now, once; its times stay as they are") { name, repository }
            .Does(host, async (parsed, session, ct) =>
            {
                var schedule = await ScheduleArgument.ResolveAsync(
                    session.Clients, parsed.GetRequiredValue(name), parsed.GetValue(repository), ct);
                var build = await session.Clients.Pipeline.RunScheduleAsync(schedule.Rid, schedule.Name, ct);
                if (session.Terminal.Json) session.Terminal.WriteJson(build);
                else session.Terminal.Line(
                    $"Build [bold]{build.Short}[/] of {Terminal.Safe(build.Subject)} is queued. "
                        + $"'auxo ci logs {build.Short} --follow' shows it.");
                return ExitCode.Ok;
            });
    }
}
