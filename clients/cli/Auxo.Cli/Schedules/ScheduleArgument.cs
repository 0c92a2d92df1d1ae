using System.CommandLine;

using Auxo.Api;
using Auxo.Cli.Repositories;

namespace Auxo.Cli.Schedules;

/// <summary>A schedule as people name it: its name, and the repository where several have one of that name.</summary>
internal static class ScheduleArgument
{
    public static Argument<string> Create() => new("name") { Description = "Its name ('auxo schedule list' shows them)" };

    public static Option<string?> Repository() => new("--repository", "--repo") { Description = "Only of this repository" };

    /// <exception cref="CliException">None or more than one fits.</exception>
    public static async Task<Schedule> ResolveAsync(Clients clients, string name, string? repository, CancellationToken ct)
    {
        var rid = repository is null ? null : (await RepositoryArgument.ResolveAsync(clients.Ingest, repository, ct)).Rid;
        var all = (await clients.Pipeline.SchedulesAsync(rid, ct)).Items;
        var found = all.Where(schedule => schedule.Name == name).ToList();
        return found.Count switch
        {
            1 => found[0],
            0 => throw new CliException(
                ExitCode.Negative, $"No schedule is called '{name}'.",
                Suggestions.Nearest(name, all.Select(static schedule => schedule.Name)) is { } near ? $"Did you mean '{near}'?"
                    : all.Count == 0 ? "Write one into .auxo/ci.yaml of the default branch: docs/schedules.md."
                    : "'auxo schedule list' shows them."),
            _ => throw new CliException(
                ExitCode.Usage, $"{found.Count} repositories have a schedule '{name}'.",
                "Add --repository with one of: " + string.Join(", ", found.Select(static schedule => schedule.RepositoryName))),
        };
    }
}
