using System.CommandLine;
using System.Globalization;

using Auxo.Api;
using Auxo.Cli.Output;

namespace Auxo.Cli.Registry;

/// <summary><c>auxo registry list</c></summary>
internal static class ListRepositories
{
    public static Command Create(CliHost host)
        => new Command("list", "Show the repositories, what they hold and how full they are").Does(host, async (_, session, ct) =>
        {
            var (terminal, page) = (session.Terminal, await session.Clients.Registry.RepositoriesAsync(ct));
            if (terminal.Json) terminal.WriteJson(page);
            else if (page.Items.Count == 0) terminal.Line(
                "There is no repository yet: auxo registry define npm, or auxo mirror add npm URL");
            else
            {
                var columns = new Columns(5, "REPOSITORY", "FORMAT", "FILES", "USED", "OF", "");
                foreach (var r in page.Items)
                {
                    columns.Add(new Cell(r.Name, "bold"), r.Format, r.FileCount.ToString(CultureInfo.InvariantCulture),
                        Amounts.Size(r.UsedBytes), Amounts.Size(r.QuotaBytes), string.Join("; ", Notes(r)));
                }

                columns.Write(terminal);
            }

            return ExitCode.Ok;
        });

    private static IEnumerable<string> Notes(RegistryRepository r)
    {
        if (r.Mirror is { } mirror) yield return $"mirror of {mirror.Upstream}";
        if (r.AnonymousRead) yield return "everybody may read";
        if (r.Immutable) yield return "nothing is replaced";
    }
}
