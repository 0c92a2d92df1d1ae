using System.CommandLine;

using Auxo.Cli.Gate;
using Auxo.Cli.Output;
using Auxo.Contracts;
using Auxo.Git;
using Auxo.Radicle;

namespace Auxo.Cli.Repositories.Visibility;

/// <summary><c>auxo repo visibility [REPOSITORY]</c>: who may read it, and who has it.</summary>
internal static class ShowVisibility
{
    public static Command Create(CliHost host)
    {
        var repository = new Argument<string?>("repository")
        {
            Description = "Its id (rad:z…), its name in this node's storage, or a folder; left out, the one of this folder",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var all = new Option<bool>("--all") { Description = "Every repository in this node's storage" };
        return new Command(
            "visibility", "Show who may read a repository, who decides, and which nodes have it; exit code 1 where one should not")
        {
            repository, all,
        }
            .Does(host, (parsed, session, ct) => RunAsync(session, parsed.GetValue(repository), parsed.GetValue(all), ct));
    }

    private static async Task<int> RunAsync(Session session, string? asked, bool all, CancellationToken ct)
    {
        if (RadicleHome.Find(session.Host.Variable) is not RadicleHomeSearch.Found { Home: var home })
            throw new CliException(
                ExitCode.Negative, "There is no Radicle profile here, so nothing can be read.",
                "Make one with 'rad auth', or set RAD_HOME.");
        var node = await NodeAsync(session, home, ct);
        var found = new List<RepositoryReaders>();
        foreach (var rid in all ? Stored(home) : [await ResolveAsync(session, home, asked, ct)])
            found.Add(await RepositoryReaders.ReadAsync(home, node, rid, ct));
        if (session.Terminal.Json) session.Terminal.WriteJson(new { items = found });
        else if (all) Table(session.Terminal, found);
        else One(session.Terminal, found[0]);
        return found.Exists(static one => one.Problem is not null || one.Seeds?.Any(static seed => !seed.MayRead) is true)
            ? ExitCode.Negative : ExitCode.Ok;
    }

    /// <summary>The node, when it answers: it is asked once and not for every repository.</summary>
    private static async Task<NodeControl?> NodeAsync(Session session, RadicleHome home, CancellationToken ct)
    {
        var node = new NodeControl(home.Socket, session.Host.Time);
        try
        {
            await node.StatusAsync(ct);
            return node;
        }
        catch (NodeException)
        {
            return null;
        }
    }

    private static IEnumerable<Rid> Stored(RadicleHome home)
    {
        foreach (var folder in Directory.EnumerateDirectories(home.Storage).Order(StringComparer.Ordinal))
            if (Rid.TryParse(Path.GetFileName(folder), provider: null, out var rid)) yield return rid;
    }

    private static async Task<Rid> ResolveAsync(Session session, RadicleHome home, string? asked, CancellationToken ct)
    {
        var folder = Path.GetFullPath(asked ?? ".", session.Host.WorkingFolder);
        if (asked is not null && Rid.TryParse(asked, provider: null, out var rid)) return rid;
        if (Directory.Exists(folder)
            && WorkTree.RidOf(await GitCommand.AskAsync(folder, ct, "config", "--get", "remote.rad.url")) is { } ofFolder)
            return Rid.Parse(ofFolder);
        if (asked is null) throw new CliException(
            ExitCode.Usage, $"{folder} is no clone of a Radicle repository.", "Name one: auxo repo visibility rad:z…   Or all: --all");
        var named = new List<Rid>();
        foreach (var stored in Stored(home))
            if ((await RepositoryReaders.ReadAsync(home, node: null, stored, ct)).Name == asked) named.Add(stored);
        return named switch
        {
            [var one] => one,
            [] => throw new CliException(
                ExitCode.Negative, $"No repository in this node's storage is called '{asked}'.", "All of them: auxo repo visibility --all"),
            _ => throw new CliException(
                ExitCode.Usage, $"{named.Count} repositories are called '{asked}'.", "Say which: " + string.Join(", ", named)),
        };
    }

    private static void One(Terminal terminal, RepositoryReaders one)
    {
        if (one.Problem is not null)
        {
            terminal.Line($"[red]✗[/] {Terminal.Safe(one.Rid)} cannot be read: {Terminal.Safe(one.Problem)}");
            return;
        }

        terminal.Line($"[bold]{Terminal.Safe(one.Name)}[/]  {one.Visibility}  {Terminal.Safe(one.Rid)}");
        Lines("delegates", one.Delegates);
        terminal.Line($"  threshold  {one.Threshold} of {one.Delegates.Count}");
        if (one.Visibility == "private") Lines("allowed", one.Allowed);
        terminal.Line(
            one.Readers is null ? "  readers    everybody" : $"  readers    {one.Readers.Count}: the delegates and who is allowed");
        if (one.Seeds is null) terminal.Line("  seeds      not known: the node does not answer (rad node start)");
        else Lines("seeds", one.Seeds.Select(static seed => seed.Nid + (seed.Synced is true ? "" : "  (not known to be up to date)")));
        foreach (var seed in one.Seeds?.Where(static seed => !seed.MayRead) ?? []) terminal.Line(Stranger(one, seed));

        void Lines(string what, IEnumerable<string> values)
        {
            var first = true;
            foreach (var value in values.DefaultIfEmpty("nobody"))
            {
                terminal.Line($"  {(first ? what : ""),-9}  {Terminal.Safe(value)}");
                first = false;
            }
        }
    }

    private static void Table(Terminal terminal, List<RepositoryReaders> found)
    {
        if (found.Count == 0)
        {
            terminal.Line("There is no repository in this node's storage.");
            return;
        }

        var columns = new Columns(0, "NAME", "VISIBILITY", "DELEGATES", "THRESHOLD", "ALLOWED", "SEEDS", "ID");
        foreach (var one in found)
        {
            // What could not be read is not 'nobody', and not 'all'.
            if (one.Problem is not null) columns.Add("?", new Cell("?", "red"), "?", "?", "?", "?", new Cell(one.Rid, "dim"));
            else columns.Add(
                new Cell(one.Name, "bold"), one.Visibility!, $"{one.Delegates.Count}", $"{one.Threshold}",
                one.Visibility == "private" ? $"{one.Allowed.Count}" : "all", one.Seeds is null ? "?" : $"{one.Seeds.Count}",
                new Cell(one.Rid, "dim"));
        }

        columns.Write(terminal);
        foreach (var one in found)
        {
            if (one.Problem is not null) terminal.Line($"[red]✗[/] {Terminal.Safe(one.Rid)} cannot be read: {Terminal.Safe(one.Problem)}");
            foreach (var seed in one.Seeds?.Where(static seed => !seed.MayRead) ?? []) terminal.Line(Stranger(one, seed));
        }
    }

    private static string Stranger(RepositoryReaders one, SeedingNode seed)
        => $"[red]✗[/] {Terminal.Safe(one.Name)} is private, and {Terminal.Safe(seed.Nid)} has it without being allowed to read it";
}
