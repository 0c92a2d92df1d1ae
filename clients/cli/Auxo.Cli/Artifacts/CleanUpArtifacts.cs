using System.CommandLine;

using Auxo.Api;
using Auxo.Cli.Output;

namespace Auxo.Cli.Artifacts;

/// <summary><c>auxo artifacts cleanup</c>: what retention lets go every day; without <c>--now</c> it is only shown.</summary>
internal static class CleanUpArtifacts
{
    public static Command Create(CliHost host)
    {
        var now = new Option<bool>("--now")
        {
            Description = "Let it go now; without this it is only shown, and goes with the hourly cleaning",
        };
        return new Command("cleanup", "Show which versions retention lets go, and why; --now lets them go") { now }
            .Does(host, (parsed, session, ct) => RunAsync(session, parsed.GetValue(now), ct));
    }

    private static async Task<int> RunAsync(Session session, bool now, CancellationToken ct)
    {
        var (terminal, registry) = (session.Terminal, session.Clients.Registry);
        // The answer names builds only; what they were of is said from the list of what is there.
        var known = terminal.Json ? [] : (await registry.ArtifactsAsync(null, null, null, null, 200, null, ct))
            .Items.ToDictionary(static v => v.BuildId, StringComparer.Ordinal);
        var gone = (await (now ? registry.CleanUpAsync(ct) : registry.PreviewCleanUpAsync(ct))).Items;
        if (terminal.Json)
        {
            terminal.WriteJson(new { done = now, items = gone });
            return ExitCode.Ok;
        }

        if (gone.Count == 0)
        {
            terminal.Line("Nothing goes: everything is among the newest of its branch, or was published or fetched lately.");
            return ExitCode.Ok;
        }

        var columns = new Columns(3, "BUILD", "WHAT", "SIZE", "WHY") { Wraps = true };
        foreach (var (id, reason) in gone)
        {
            var version = known.GetValueOrDefault(id);
            columns.Add(new Cell(version?.ShortId ?? Words.Short(id), "bold"), version is null
                ? ""
                : $"{version.RepositoryName} {version.Ref}", version is null
                    ? ""
                    : Amounts.Size(version.Files.Sum(static f => f.SizeBytes)), reason);
        }

        columns.Write(terminal);
        terminal.Line();
        terminal.Line(now
            ? $"{gone.Count} versions are gone; what nobody else uses is freed."
            : "[dim]They go within the hour; at once: auxo artifacts cleanup --now. Auxo__Registry__KeepNewest and "
                + "KeepDays change the rule.[/]");
        return ExitCode.Ok;
    }
}
