using System.CommandLine;
using System.Globalization;

using Auxo.Api;
using Auxo.Cli.Output;

namespace Auxo.Cli.Mirrors;

/// <summary><c>auxo mirror list</c>, and <c>auxo mirror status</c>, which ends with 1 when something is wrong.</summary>
internal static class ListMirrors
{
    public static Command Create(CliHost host)
        => new Command("list", "Show the mirrors and what they keep").Does(host, async (_, session, ct) =>
        {
            await ShowAsync(session, ct);
            return ExitCode.Ok;
        });

    public static Command CreateStatus(CliHost host)
        => new Command("status", "The same, and exit 1 when an upstream does not answer, or a mirror is old or nearly full").Does(
            host, async (_, session, ct) =>
        {
            var mirrors = await ShowAsync(session, ct);
            return mirrors.Any(m => Trouble(m, host.Time.GetUtcNow()) is not null) ? ExitCode.Negative : ExitCode.Ok;
        });

    private static async Task<IReadOnlyList<MirrorStatus>> ShowAsync(Session session, CancellationToken ct)
    {
        var (terminal, page, now) = (session.Terminal, await session.Clients.Registry.MirrorsAsync(ct), session.Host.Time.GetUtcNow());
        if (terminal.Json) terminal.WriteJson(page);
        else if (page.Items.Count == 0) terminal.Line("There is no mirror yet: auxo mirror add npm URL");
        else
        {
            var columns = new Columns(6, "MIRROR", "UPSTREAM", "LISTS", "FILES", "USED", "ASKED", "") { Wraps = true, Least = 60 };
            foreach (var m in page.Items)
            {
                columns.Add(new Cell(m.Repository, "bold"), m.Upstream, m.Documents.ToString(CultureInfo.InvariantCulture),
                    m.Files.ToString(CultureInfo.InvariantCulture), Amounts.Size(m.UsedBytes),
                    m.AskedAt is { } asked ? Words.Ago(now, asked) : "never",
                    Trouble(m, now) is { } trouble ? new Cell(trouble, "yellow")
                        : m.AskedAt is null ? new Cell("not tried yet", "dim") : new Cell("good", "green"));
            }

            columns.Write(terminal);
        }

        return page.Items;
    }

    /// <summary>What is wrong with a mirror; null when nothing is.</summary>
    internal static string? Trouble(MirrorStatus m, DateTimeOffset now)
        => m.Failure is { } failure ? $"upstream: {failure}"
            : m.OldestCheck is { } oldest && (now - oldest).TotalDays > m.RefreshDays + 1
                ? $"lists were last asked for {Words.Ago(now, oldest)}: auxo mirror refresh {m.Repository}"
            : m.UsedBytes > m.QuotaBytes * 9 / 10 ? $"nearly full: {Amounts.Size(m.UsedBytes)} of {Amounts.Size(m.QuotaBytes)}"
            : null;
}
