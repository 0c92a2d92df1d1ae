using System.CommandLine;
using System.Globalization;

using Auxo.Api;
using Auxo.Cli.Output;

namespace Auxo.Cli.Dependencies;

/// <summary>
/// <c>auxo deps log [BUILD]</c>, <c>auxo deps why PACKAGE</c> and <c>auxo deps sbom BUILD</c>: which content came from the registry, and
/// for whom.
/// </summary>
internal static class DepsCommand
{
    public static Command Create(CliHost host) => new("deps", "What builds and people fetched from the registry")
    {
        CreateLog(host), CreateWhy(host), WriteBillOfMaterials.Create(host),
    };

    private static Command CreateLog(CliHost host)
    {
        var build = new Argument<string?>("build") {
            Description = "One build; without it, everything lately", Arity = ArgumentArity.ZeroOrOne };
        var limit = Limit();
        return new Command("log", "Show what was fetched, newest first") { build, limit }.Does(host, async (parsed, session, ct) =>
        {
            var page = await session.Clients.Registry.FetchesAsync(
                parsed.GetValue(build), package: null, caller: null, parsed.GetValue(limit), ct);
            if (session.Terminal.Json) session.Terminal.WriteJson(page);
            else if (page.Items.Count == 0) session.Terminal.Line(parsed.GetValue(build) is { } id
                ? $"Build {Terminal.Safe(id)} fetched nothing from the registry." : "Nothing was fetched from the registry yet.");
            else Show(session.Terminal, page.Items);
            return ExitCode.Ok;
        });
    }

    private static Command CreateWhy(CliHost host)
    {
        var package = new Argument<string>("package") { Description = "Its name, such as left-pad or @acme/left" };
        var limit = Limit();
        return new Command("why", "Who fetched a package, in which version, and where it came from; exit 1 when nobody did")
            { package, limit }.Does(host, async (parsed, session, ct) =>
        {
            var page = await session.Clients.Registry.FetchesAsync(
                build: null, parsed.GetRequiredValue(package), caller: null, parsed.GetValue(limit), ct);
            if (session.Terminal.Json) session.Terminal.WriteJson(page);
            else if (page.Items.Count == 0)
                session.Terminal.Line($"Nobody fetched {Terminal.Safe(parsed.GetRequiredValue(package))} from the registry.");
            else Show(session.Terminal, page.Items);
            return page.Items.Count == 0 ? ExitCode.Negative : ExitCode.Ok;
        });
    }

    /// <summary>A build by the digits by which every command knows it.</summary>
    private static string Who(string caller)
        => caller.Split(' ') is ["build", var id] && Guid.TryParse(id, out _) ? "build " + Words.Short(id) : caller;

    private static Option<int> Limit()
        => new("--limit") { Description = "How many lines at most", DefaultValueFactory = static _ => 100 };

    private static void Show(Terminal terminal, IReadOnlyList<Fetch> fetches)
    {
        var columns = new Columns(5, "WHEN", "WHO", "PACKAGE", "VERSION", "DIGEST", "FROM");
        foreach (var f in fetches)
        {
            columns.Add(
                f.FetchedAt.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture), Who(f.Caller),
                new Cell(f.Package, "bold"), f.Version == f.File && f.Version.Length > 19 ? f.Version[..19] : f.Version,
                f.Digest.Length > 19 ? f.Digest[7..19] : f.Digest,
                f.Source.Length > 0 ? f.Source : f.Repository);
        }

        columns.Write(terminal);
    }
}
