using System.CommandLine;
using System.Globalization;

using Auxo.Api;
using Auxo.Cli.Output;
using Auxo.Cli.Repositories;

namespace Auxo.Cli.Baselines;

/// <summary><c>auxo repo baseline show REPOSITORY</c></summary>
internal static class ShowBaseline
{
    private const int MostPoints = 5;

    public static Command Create(CliHost host)
    {
        var repository = RepositoryArgument.Create();
        var paths = new Option<bool>("--paths") { Description = "List the files too" };
        return new Command("show", "Show what is known, by check and rule") { repository, paths }
            .Does(host, (parsed, session, ct)
                => RunAsync(session, parsed.GetRequiredValue(repository), parsed.GetValue(paths), ct));
    }

    private static async Task<int> RunAsync(Session session, string text, bool paths, CancellationToken ct)
    {
        var repository = await RepositoryArgument.ResolveAsync(session.Clients.Ingest, text, ct);
        var baseline = await session.Clients.Pipeline.BaselineAsync(repository.Rid, ct);
        var terminal = session.Terminal;
        if (terminal.Json)
        {
            terminal.WriteJson(baseline);
            return ExitCode.Ok;
        }

        terminal.Line(Head(terminal, repository.Name, baseline));
        foreach (var check in baseline.Unmeasured) terminal.Line(
            $"{Terminal.Safe(check)} could not be made so far; what it finds at first will be known.");
        var shown = paths ? baseline.Findings : baseline.Counts;
        if (shown.Count > 0)
        {
            var columns = new Columns(paths ? 3 : 1, "COUNT", "CHECK", "RULE", paths ? "FILE" : "");
            foreach (var found in shown)
                columns.Add(found.Count.ToString(CultureInfo.InvariantCulture), found.Check, found.Rule,
                    paths ? (found.Path ?? "the whole tree") + (found.Awaited ? " (accepted)" : "") : "");
            columns.Write(terminal);
        }

        if (baseline.Trend.Count > 1) terminal.Line("Over time: " + string.Join(" → ", baseline.Trend.TakeLast(MostPoints)
            .Select(static point => string.Create(CultureInfo.InvariantCulture, $"{point.Known} ({point.At.UtcDateTime:yyyy-MM-dd})"))));
        foreach (var accepted in baseline.Acceptances) terminal.Line(
            $"[dim]{Words.Ago(terminal.Now, accepted.At)}: {Terminal.Safe(accepted.By)} accepted {accepted.Findings} of "
                + $"{Words.Short(accepted.Commit)}[/]");
        return ExitCode.Ok;
    }

    private static string Head(Terminal terminal, string name, Baseline baseline)
        => baseline.TakenAt is { } taken
            ? $"[bold]{baseline.Known} known[/] in {Terminal.Safe(name)} [dim](set {Words.Ago(terminal.Now, taken)}, last changed by "
                + $"{Words.Short(baseline.Commit ?? "")})[/]"
            : $"Nothing is known of {Terminal.Safe(name)} yet; the next build of its default branch sets it.";
}
