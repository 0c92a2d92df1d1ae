using System.CommandLine;

namespace Auxo.Cli.Schedules;

/// <summary><c>auxo schedule …</c></summary>
internal static class ScheduleCommand
{
    public static Command Create(CliHost host) => new(
        "schedule", "What is built at set times: Auxo's own scans, and what the pipeline files say")
    {
        ListSchedules.Create(host),
        SwitchSchedule.Create(host, "enable", "Switch a schedule on again; what it missed meanwhile is not made up for", "is on"),
        SwitchSchedule.Create(host, "disable", "Switch a schedule off until it is switched on, whatever is committed", "is off"),
        RunSchedule.Create(host),
    };
}
