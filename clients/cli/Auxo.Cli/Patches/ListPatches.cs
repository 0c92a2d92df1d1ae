using System.CommandLine;

using Auxo.Cli.Output;
using Auxo.Cli.Patches.Copies;
using Auxo.Cli.Patches.Listing;
using Auxo.Cli.Patches.Owning;

namespace Auxo.Cli.Patches;

/// <summary><c>auxo patch list</c></summary>
internal static class ListPatches
{
    private static readonly string[] States = ["open", "draft", "merged", "archived"];

    public static Command Create(CliHost host)
    {
        var states = States.Select(static s => new Option<bool>("--" + s) { Description = $"Those that are {s}" }).ToList();
        var all = new Option<bool>("--all") { Description = "All of them; by default those that are open or drafts" };
        var everywhere = new Option<bool>("--all-repositories") { Description = "Of every repository that Auxo follows" };
        var command = new Command("list", "Show patches with the results of their builds") { all, everywhere };
        foreach (var state in states) command.Add(state);
        return command.Does(host, async (parsed, session, ct) =>
        {
            var named = States.Where((_, i) => parsed.GetValue(states[i])).ToHashSet(StringComparer.Ordinal);
            var wanted = parsed.GetValue(all) ? [.. States]
                : named.Count > 0 ? named
                : new HashSet<string>(States[..2], StringComparer.Ordinal);
            var list = parsed.GetValue(everywhere) ? await EverywhereAsync(session, wanted, ct) : await HereAsync(session, wanted, ct);
            list = list with { Items = await OwnersOfPatches.AddAsync(session.Host, list.Items, ct) };
            if (session.Terminal.Json) session.Terminal.WriteJson(new { items = list.Items, next = (string?)null, missing = list.Missing });
            else Show(session.Terminal, list, parsed.GetValue(everywhere), [.. States.Where(wanted.Contains)]);
            return ExitCode.Ok;
        });
    }

    /// <summary>Of the working copy's repository: from Auxo, or where it is away from the storage, without results.</summary>
    private static async Task<PatchList> HereAsync(Session session, HashSet<string> wanted, CancellationToken ct)
    {
        var work = await UserCopy.FindAsync(new UserPrograms(session.Host), session.Host.WorkingFolder, ct);
        CliException away;
        try
        {
            var repository = await ReadPatches.TrackedAsync(session.Clients, work.Rid, ct);
            return new PatchList(Sorted(await ReadPatches.OfAsync(session.Clients, repository, wanted, ct)), Missing: null);
        }
        catch (CliException e)
        {
            away = e;
        }

        var (home, _) = await RadicleCopy.ProfileAsync(session.Host, ct);
        await using var storage = await RadicleCopy.OpenStorageAsync(home, work.Rid, ct);
        var name = (await storage.ReadIdentityAsync(ct)).Name;
        var patches = (await storage.ReadPatchesAsync(ct)).Patches.Select(p => ListedPatch.Of(p, work.Rid, name));
        return new PatchList(Sorted(patches.Where(p => wanted.Contains(p.Status))), away.Message);
    }

    private static async Task<PatchList> EverywhereAsync(Session session, HashSet<string> wanted, CancellationToken ct)
    {
        var items = new List<ListedPatch>();
        foreach (var repository in (await session.Clients.Ingest.RepositoriesAsync(ct)).Items)
            items.AddRange(await ReadPatches.OfAsync(session.Clients, repository, wanted, ct));
        return new PatchList(Sorted(items), Missing: null);
    }

    private static IReadOnlyList<ListedPatch> Sorted(IEnumerable<ListedPatch> patches)
        => [.. patches.OrderByDescending(static p => p.OpenedAt).ThenBy(static p => p.PatchId, StringComparer.Ordinal)];

    private static void Show(Terminal terminal, PatchList list, bool everywhere, IReadOnlyList<string> wanted)
    {
        var some = wanted.Count < States.Length;
        if (list.Missing is { } missing) terminal.Line($"[yellow]! Results are missing:[/] {Terminal.Safe(missing)}");
        if (list.Items.Count == 0)
        {
            terminal.Line($"No patch is {(some ? string.Join(" or ", wanted) + ". All: auxo patch list --all." : "here.")} Open one: "
                + "auxo patch create TITLE");
            return;
        }

        var owned = list.Items.Any(static p => p.Owners is not null);
        string[] titles =
        [
            "PATCH", "STATE", "RESULT", .. owned ? ["OWNERS"] : Array.Empty<string>(),
            .. everywhere ? ["REPOSITORY"] : Array.Empty<string>(), "TITLE", "BY", "WHEN",
        ];
        var columns = new Columns(titles.Length - 3, titles);
        foreach (var patch in list.Items)
        {
            Cell result = patch.Build is { } build ? Words.Verdict(build) : new(list.Missing is null ? "no build" : "?", "dim");
            Cell[] first =
            [
                new(patch.PatchId[..7], "bold"), ListedPatch.State(patch.Status), result,
                .. owned ? [OwnersOfPatches.Cell(patch.Owners)] : Array.Empty<Cell>(),
            ];
            Cell[] last =
            [
                new(patch.Title), new(Columns.Cut(patch.AuthorAlias ?? Words.ShortDid(patch.Author), 16)),
                new(Words.Ago(terminal.Now, patch.OpenedAt), "dim"),
            ];
            columns.Add(everywhere ? [.. first, new Cell(Columns.Cut(patch.Repository, 20)), .. last] : [.. first, .. last]);
        }

        columns.Write(terminal);
        var example = (list.Items.FirstOrDefault(static p => p.Status == "open") ?? list.Items[0]).PatchId[..7];
        terminal.Line();
        terminal.Line(
            $"[dim]Look at one: auxo patch review {example}   merge it: auxo patch merge {example}   its log: auxo ci logs {example}[/]");
    }
}
