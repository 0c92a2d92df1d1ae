using System.CommandLine;
using System.Globalization;

using Auxo.Api;
using Auxo.Cli.Output;

namespace Auxo.Cli.Registry;

/// <summary><c>auxo registry packages [REPOSITORY]</c></summary>
internal static class ListPackages
{
    private const int PageSize = 1000;

    public static Command Create(CliHost host)
    {
        var repository = new Argument<string?>("repository")
        {
            Description = "One repository; without it, all that hold packages or images", Arity = ArgumentArity.ZeroOrOne,
        };
        var search = new Option<string?>("--search") { Description = "Only those whose name has this text in it" };
        return new Command("packages", "Show what is published: packages and images, their latest version, size and downloads")
            { repository, search }.Does(host, async (parsed, session, ct) =>
        {
            var registry = session.Clients.Registry;
            var names = parsed.GetValue(repository) is { } one ? [one]
                : (await registry.RepositoriesAsync(ct)).Items.Where(static r => r.Format != "raw").Select(static r => r.Name).ToList();
            var found = new List<(string Repository, PackageSummary Package)>();
            foreach (var name in names)
                found.AddRange((await AllAsync(registry, name, parsed.GetValue(search), ct)).Select(p => (name, p)));
            Show(session.Terminal, found, host.Time.GetUtcNow());
            return ExitCode.Ok;
        });
    }

    private static async Task<List<PackageSummary>> AllAsync(IRegistry registry, string name, string? search, CancellationToken ct)
    {
        var all = new List<PackageSummary>();
        string? after = null;
        do
        {
            var page = await registry.PackagesAsync(name, after, search, PageSize, ct);
            all.AddRange(page.Items);
            after = page.Next;
        }
        while (after is not null);
        return all;
    }

    private static void Show(
        Terminal terminal, List<(string Repository, PackageSummary Package)> found, DateTimeOffset now)
    {
        if (terminal.Json)
        {
            terminal.WriteJson(new
            {
                items = found.Select(static f => new
                {
                    repository = f.Repository, f.Package.Name, f.Package.Latest, f.Package.Versions, f.Package.SizeBytes,
                    f.Package.Downloads, f.Package.ChangedAt,
                }),
            });
            return;
        }

        if (found.Count == 0)
        {
            terminal.Line("Nothing is published: auxo registry setup CLIENT --publish says how.");
            return;
        }

        var columns = new Columns(1, "REPOSITORY", "PACKAGE", "LATEST", "VERSIONS", "SIZE", "DOWNLOADS", "CHANGED");
        // The image that is called like its repository has no name of its own.
        foreach (var (repository, p) in found)
            columns.Add(repository, new Cell(p.Name.Length > 0 ? p.Name : repository, "bold"), p.Latest ?? "",
                p.Versions.ToString(CultureInfo.InvariantCulture), Amounts.Size(p.SizeBytes),
                p.Downloads.ToString(CultureInfo.InvariantCulture), Words.Ago(now, p.ChangedAt));
        columns.Write(terminal);
    }
}
