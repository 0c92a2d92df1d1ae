using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text.Json;

using Auxo.Api;
using Auxo.Cli.Repositories;

namespace Auxo.Cli.Metrics;

/// <summary><c>auxo metrics ci|dora|security|coverage|promises</c>: dashboards on the terminal; and <c>export</c>.</summary>
internal static class MetricsCommand
{
    public static Command Create(CliHost host) => new(
        "metrics", "Show how builds go, how changes reach production, how safe and how tested they are, and what is promised")
    {
        Dashboard<CiReport>(host, "ci", "Success, durations and what fails", 7, "ci", ShowCi.One, ShowCi.All),
        Dashboard<DoraReport>(host, "dora", "DORA's numbers, each with how much is behind it", 30, "dora", ShowDora.One, ShowDora.All),
        ShowSecurity.Create(host),
        ShowCoverage.Create(host),
        ShowPromises.Create(host),
        ExportMetrics.Create(host),
    };

    private static Command Dashboard<T>(
        CliHost host, string name, string description, int defaultDays, string path, Action<Output.Terminal, T> one,
        Action<Output.Terminal, IReadOnlyList<T>> all)
    {
        var repository = new Argument<string?>("repository")
        {
            Description = "Its id, the beginning of it, or its name; without it all of them", Arity = ArgumentArity.ZeroOrOne,
        };
        var (days, asOf) = (Days(defaultDays), AsOf());
        return new Command(name, description) { repository, days, asOf }.Does(host, async (parsed, session, ct) =>
        {
            var (terminal, metrics) = (session.Terminal, session.Clients.Metrics);
            var rid = parsed.GetValue(repository) is { } text
                ? (await RepositoryArgument.ResolveAsync(session.Clients.Ingest, text, ct)).Rid
                : null;
            var answer = rid is null
                ? await metrics.AllAsync(path, parsed.GetValue(days), parsed.GetValue(asOf)?.ToString("O"), ct)
                : await metrics.OneAsync(path, rid, parsed.GetValue(days), parsed.GetValue(asOf)?.ToString("O"), ct);
            if (terminal.Json)
            {
                terminal.WriteJson(answer);
                return ExitCode.Ok;
            }

            var reports = rid is null ? answer.Deserialize<Page<T>>(ApiJson.Options)!.Items : [answer.Deserialize<T>(ApiJson.Options)!];
            if (reports.Count == 0) terminal.Line(
                "Nothing has been measured yet. Numbers begin with the first push or build: 'auxo repo track', 'auxo ci build'.");
            else if (reports.Count == 1) one(terminal, reports[0]);
            else all(terminal, reports);
            return ExitCode.Ok;
        });
    }

    /// <summary>How long a time is looked at.</summary>
    public static Option<int> Days(int usual) => new("--days")
    {
        Description = $"How many days (1 to 3660, default {usual})", DefaultValueFactory = _ => usual, CustomParser = ParseDays,
    };

    /// <summary>When that time ends; null for now.</summary>
    public static Option<DateTimeOffset?> AsOf()
        => new("--as-of") { Description = "As it was then, such as 2026-11-01 or 2026-11-01T12:00Z" };

    private static int ParseDays(ArgumentResult result)
    {
        if (int.TryParse(result.Tokens[0].Value, out var days) && days is >= 1 and <= 3660) return days;
        result.AddError($"'{result.Tokens[0].Value}' is no number of days between 1 and 3660.");
        return 0;
    }
}
