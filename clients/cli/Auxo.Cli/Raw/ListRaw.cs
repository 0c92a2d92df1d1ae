using System.CommandLine;

using Auxo.Api;
using Auxo.Cli.Output;

namespace Auxo.Cli.Raw;

/// <summary><c>auxo raw list [REPOSITORY]</c></summary>
internal static class ListRaw
{
    public static Command Create(CliHost host)
    {
        var repository = new Argument<string?>("repository")
        {
            Description = "Show its files; without it, the repositories", Arity = ArgumentArity.ZeroOrOne,
        };
        var prefix = new Option<string?>("--prefix") { Description = "Only files whose names begin so" };
        return new Command("list", "Show the raw repositories and how full they are, or the files in one") { repository, prefix }
            .Does(host, (parsed, session, ct) => parsed.GetValue(repository) is { } name
                ? FilesAsync(session, name, parsed.GetValue(prefix), ct)
                : RepositoriesAsync(session, ct));
    }

    private static async Task<int> RepositoriesAsync(Session session, CancellationToken ct)
    {
        var (terminal, all) = (session.Terminal, await session.Clients.Registry.RepositoriesAsync(ct));
        var page = all with { Items = [.. all.Items.Where(static r => r.Format == "raw")] };
        if (terminal.Json) terminal.WriteJson(page);
        else if (page.Items.Count == 0) terminal.Line("There is no raw repository yet: auxo raw define NAME");
        else
        {
            var columns = new Columns(0, "REPOSITORY", "FILES", "USED", "OF", "");
            foreach (var r in page.Items)
                columns.Add(new Cell(r.Name, "bold"), r.FileCount.ToString(System.Globalization.CultureInfo.InvariantCulture),
                    Amounts.Size(r.UsedBytes), Amounts.Size(r.QuotaBytes), r.Immutable ? "never replaces a file" : "");
            columns.Write(terminal);
        }

        return ExitCode.Ok;
    }

    private static async Task<int> FilesAsync(Session session, string repository, string? prefix, CancellationToken ct)
    {
        var files = new List<RawFile>();
        string? after = null;
        do
        {
            var page = await session.Clients.Registry.FilesAsync(repository, prefix, after, 1000, ct);
            files.AddRange(page.Items);
            after = page.Next;
        }
        while (after is not null);

        var terminal = session.Terminal;
        if (terminal.Json) terminal.WriteJson(new Page<RawFile>(files, null));
        else if (files.Count == 0) terminal.Line(prefix is null
            ? $"'{Terminal.Safe(repository)}' is empty: auxo raw put {Terminal.Safe(repository)} FILE"
            : $"No file begins with '{Terminal.Safe(prefix)}'.");
        else
        {
            var columns = new Columns(0, "NAME", "SIZE", "DIGEST", "WHEN", "BY");
            foreach (var f in files) columns.Add(f.Path, Amounts.Size(f.SizeBytes),
                new Cell(f.Digest[..Math.Min(19, f.Digest.Length)], "dim"), Words.Ago(terminal.Now, f.StoredAt), f.StoredBy);
            columns.Write(terminal);
        }

        return ExitCode.Ok;
    }
}
