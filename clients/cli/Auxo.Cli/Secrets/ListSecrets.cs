using System.CommandLine;

using Auxo.Api;
using Auxo.Cli.Output;
using Auxo.Cli.Repositories;

namespace Auxo.Cli.Secrets;

/// <summary><c>auxo secret list</c></summary>
internal static class ListSecrets
{
    public static Command Create(CliHost host)
    {
        var repository = new Option<string?>("--repository", "--repo") { Description = "Those that its builds can be given" };
        return new Command("list", "Show what steps can be given, which, and when one was; never a value") { repository }
            .Does(host, async (parsed, session, ct) =>
            {
                var rid = parsed.GetValue(repository) is { } named
                    ? (await RepositoryArgument.ResolveAsync(session.Clients.Ingest, named, ct)).Rid
                    : null;
                return Show(session.Terminal, await session.Clients.Pipeline.SecretsAsync(rid, ct));
            });
    }

    private static int Show(Terminal terminal, Page<Secret> page)
    {
        if (terminal.Json)
        {
            terminal.WriteJson(page);
            return ExitCode.Ok;
        }

        if (page.Items.Count == 0)
        {
            terminal.Line("No secret yet: auxo secret set NAME --repository REPOSITORY");
            return ExitCode.Ok;
        }

        var columns = new Columns(2, "NAME", "REPOSITORY", "GIVEN TO", "SET", "USED") { Wraps = true };
        foreach (var secret in page.Items)
        {
            columns.Add(
                new Cell(secret.Name, "bold"), secret.Rid is null ? new Cell("all", "yellow") : secret.RepositoryName ?? secret.Rid,
                secret.IsReadable ? GivenTo(secret) : new Cell("no step: its key is not here, set it again", "red"),
                $"{secret.SetBy}, {Words.Ago(terminal.Now, secret.SetAt)}",
                secret.UsedAt is null ? new Cell("never", "dim") : Words.Ago(terminal.Now, secret.UsedAt));
        }

        columns.Write(terminal);
        return ExitCode.Ok;
    }

    private static string GivenTo(Secret secret)
        => (secret.Branches.Count == 0 ? "default branch, tags" : string.Join(", ", secret.Branches))
            + secret.Patches switch { "none" => "", "trusted" => ", trusted patches", _ => ", trusted and approved patches" }
            + (secret.Steps.Count == 0 ? "" : $"; only {string.Join(", ", secret.Steps)}");
}
