using System.CommandLine;
using System.Globalization;

using Auxo.Api;
using Auxo.Cli.Output;
using Auxo.Cli.Tokens;

namespace Auxo.Cli.Access;

/// <summary><c>auxo access log</c>: who tried to get in.</summary>
internal static class AccessCommand
{
    public static Command Create(CliHost host) => new("access", "Who tried to get in, with what, and why not") { CreateLog(host) };

    private static Command CreateLog(CliHost host)
    {
        var failed = new Option<bool>("--failed") { Description = "Only those who were refused" };
        var since = new Option<string?>("--since") { Description = "Only the last part, such as 30m, 12h or 7d" };
        var name = new Option<string?>("--name") { Description = "Only one account or person" };
        var address = new Option<string?>("--address") { Description = "Only from one address" };
        var limit = new Option<int>("--limit") { Description = "How many lines at most", DefaultValueFactory = static _ => 100 };
        return new Command("log", "Show who tried to get in, the latest first; what is alike on one day is one line")
            { failed, since, name, address, limit }.Does(host, async (parsed, session, ct) =>
        {
            var from = parsed.GetValue(since) is { } text ? host.Time.GetUtcNow().AddSeconds(-TokenCommand.Seconds(text)) : default;
            var page = await session.Clients.Registry.AuthenticationsAsync(
                parsed.GetValue(failed), from == default ? null : from.UtcDateTime.ToString("O", CultureInfo.InvariantCulture),
                parsed.GetValue(name), parsed.GetValue(address), parsed.GetValue(limit), ct);
            if (session.Terminal.Json) session.Terminal.WriteJson(page);
            else if (page.Items.Count == 0)
                session.Terminal.Line(parsed.GetValue(failed) ? "Nobody was refused." : "Nobody tried to get in.");
            else Show(session.Terminal, page.Items);
            return ExitCode.Ok;
        });
    }

    private static void Show(Terminal terminal, IReadOnlyList<Authentication> tries)
    {
        var columns = new Columns(5, "LAST", "WHO", "WITH", "FROM", "OUTCOME", "TIMES", "SERVICE");
        foreach (var tried in tries)
        {
            columns.Add(
                tried.LastAt.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture),
                new Cell(tried.Name ?? "–", "bold"), tried.Kind.Replace('_', ' '), tried.Address,
                tried.Accepted ? new Cell("let in", "dim") : new Cell((tried.Refusal ?? "refused").Replace('_', ' '), "red"),
                tried.Times.ToString(CultureInfo.InvariantCulture), tried.Service);
        }

        columns.Write(terminal);
    }
}
