using System.CommandLine;
using System.Globalization;

using Auxo.Api;
using Auxo.Cli.Output;

namespace Auxo.Cli.Runners;

/// <summary><c>auxo queue</c></summary>
internal static class ShowQueue
{
    public static Command Create(CliHost host)
        => new Command("queue", "Show what runs on which machine, and what waits: its place, why, and for how long still")
            .Does(host, static (_, session, ct) => RunAsync(session, ct));

    private static async Task<int> RunAsync(Session session, CancellationToken ct)
    {
        var page = await session.Clients.Pipeline.QueueAsync(ct);
        var terminal = session.Terminal;
        if (terminal.Json)
        {
            terminal.WriteJson(page);
            return ExitCode.Ok;
        }

        if (page.Items.Count == 0)
        {
            terminal.Line("Nothing runs and nothing waits.");
            return ExitCode.Ok;
        }

        var columns = new Columns(3, "PLACE", "BUILD", "WHAT", "HOW IT STANDS", "QUEUED", "BEGINS") { Wraps = true };
        foreach (var build in page.Items)
        {
            columns.Add(
                build.Position is { } place ? place.ToString(CultureInfo.InvariantCulture) : new Cell("runs", "green"),
                new Cell(build.ShortId, "bold"), $"{build.RepositoryName} {build.Ref}",
                build.Machine is { } machine ? $"on {machine}" : build.Reason ?? "",
                Words.Ago(terminal.Now, build.QueuedAt), Begins(build));
        }

        columns.Write(terminal);
        return ExitCode.Ok;
    }

    /// <summary>By the last builds of the repository.</summary>
    private static string Begins(QueuedBuild build)
        => build.Position is null ? ""
            : build.StartsInSeconds is not { } seconds ? "?"
            : seconds < 1 ? "now"
            : $"in {Duration.Of(seconds)}";
}
