using System.CommandLine;

using Auxo.Cli.Output;
using Auxo.Cli.WorkingCopies;
using Auxo.Contracts;
using Auxo.Git;
using Auxo.Owners;
using Auxo.Radicle;

namespace Auxo.Cli.Owners;

/// <summary><c>auxo owners suggest [CHANGE]</c></summary>
internal static class SuggestOwners
{
    public static Command Create(CliHost host)
    {
        var change = new Argument<string?>("change")
        {
            Description = "BASE..HEAD, or a patch by its id; left out: what HEAD adds to the default branch",
                Arity = ArgumentArity.ZeroOrOne,
        };
        var count = new Option<int>("--count") { Description = "How many people at most", DefaultValueFactory = static _ => 5 };
        var syntax = OwnersOption.Syntax();
        return new Command("suggest",
            "Say who should look at a change, and why: owners of the files, authors of the lines, who has time")
        {
            change, count, syntax,
        }
            .Does(host, (parsed, session, ct) => RunAsync(
                session, parsed.GetValue(change), parsed.GetValue(count), OwnersOption.Read(parsed.GetValue(syntax)), ct));
    }

    private static async Task<int> RunAsync(Session session, string? typed, int count, OwnersSyntax? syntax, CancellationToken ct)
    {
        var copy = await WorkingCopy.FindAsync(session.Host.WorkingFolder, ct);
        await using var storage = await LocalStorage.OpenAsync(session.Host, copy.Rid, ct);
        var change = await ChangeToReview.FindAsync(copy, storage, typed, ct);
        // Owners as they were before: a change must not say itself who may look at it.
        var file = await OwnersAsync(change, syntax, ct);
        var text = await WorkingCopy.FileAsync(change.Repository, change.Base, PeopleFile.Path, PeopleFile.MostBytes, ct);
        var people = text is null ? PeopleFile.Empty : PeopleFile.Read(text);
        var diff = await GitDiff.ReadAsync(
            change.Patch is null ? copy.Git : change.Repository, change.Base, change.Head, DiffLimits.Readable, ct);
        string[] paths = [.. diff.Files.Select(static f => f.Path).Concat(diff.Files.Select(static f => f.OldPath).OfType<string>())
            .Distinct(StringComparer.Ordinal)];
        var (blame, blamed) = await BlameChange.ReadAsync(change, diff.Files, session.Host.Time, ct);
        var evidence = new ReviewEvidence(
            [.. paths.Select(p => (p, file?.OwnersOf(p) ?? []))], blame, await LoadAsync(storage, change.Patch, ct),
            await AuthorsAsync(change, ct), change.Patch?.Author, session.Terminal.Now);
        var ranked = SuggestReviewers.Rank(evidence, people).Take(Math.Max(1, count)).ToList();
        var unowned = evidence.Files.Where(static f => f.Owners.Count == 0).Select(static f => f.Path).ToList();
        var partly = blamed < BlameChange.Countable(diff.Files) || diff.FileCount > diff.Files.Count;
        if (session.Terminal.Json) session.Terminal.WriteJson(new
        {
            change.Base, change.Head, Patch = change.Patch?.Id.Value, Owners = file?.Path, Files = diff.FileCount, unowned,
            Complete = !partly,
            Reviewers = ranked.Select(static r => new { r.Name, Did = r.Did?.Value, Score = Math.Round(r.Score, 3), r.Points }),
        });
        else Write(session.Terminal, change, file, diff, ranked, unowned, partly);
        return ExitCode.Ok;
    }

    private static void Write(
        Terminal terminal, ChangeToReview change, OwnersFile? file, Diff diff, List<SuggestedReviewer> ranked,
            List<string> unowned, bool partly)
    {
        var what = change.Patch is { } patch ? $"patch {patch.Id.Value[..7]}" : $"{change.Base[..7]}..{change.Head[..7]}";
        terminal.Line(
            $"{diff.FileCount} changed {(diff.FileCount == 1 ? "file" : "files")} in {what}, "
                + $"by {Terminal.Safe(file?.Path ?? "no CODEOWNERS")}");
        foreach (var reviewer in ranked)
        {
            terminal.Line();
            terminal.Line(
                $"{reviewer.Score,6:0.00}  [bold]{Terminal.Safe(reviewer.Name)}[/]  "
                    + (reviewer.Did is { } did ? $"[dim]{Terminal.Safe(did.Value)}[/]" : "[yellow]no key known[/]"));
            foreach (var point in reviewer.Points) terminal.Line(
                $"        {point.Value,5:+0.00;-0.00}  {Terminal.Safe(point.Why)}");
        }

        if (ranked.Count > 0) terminal.Line();
        else if (diff.FileCount == 0) terminal.Line("There is nothing to look at: commit first, or name another change.");
        else terminal.Line("Nobody else is known for these files: no owner, and nobody who wrote these lines.");
        if (unowned.Count > 0 && file is not null)
            terminal.Line($"{unowned.Count} of them {(unowned.Count == 1 ? "has" : "have")} no owner: "
                + Terminal.Safe(string.Join(", ", unowned.Take(3)))
                + (unowned.Count > 3 ? ", …" : ""));
        if (partly) terminal.Line("[dim]Not all lines were asked for: at most 30 files, and two seconds.[/]");
        if (file is null) terminal.Line("[dim]Make one: auxo owners assign PATH… @OWNER…[/]");
    }

    private static async Task<OwnersFile?> OwnersAsync(ChangeToReview change, OwnersSyntax? syntax, CancellationToken ct)
    {
        foreach (var place in OwnersPlaces.Of(syntax))
        {
            if (await WorkingCopy.FileAsync(change.Repository, change.Base, place, OwnersFile.MostBytes + 1, ct) is { } content)
                return OwnersFile.Read(place, content, syntax);
        }

        return null;
    }

    /// <summary>Open patches that somebody was asked to look at, or has looked at before their newest revision.</summary>
    private static async Task<IReadOnlyDictionary<Did, int>> LoadAsync(
        RadicleRepository? storage, RadiclePatch? own, CancellationToken ct)
    {
        if (storage is null) return new Dictionary<Did, int>();
        var patches = (await storage.ReadPatchesAsync(ct)).Patches
            .Where(p => p.State.Status == PatchStatus.Open && p.Id != own?.Id);
        return patches.SelectMany(static p => p.Assignees
                .Concat(p.Revisions.Where(r => r.Id != p.Latest.Id).SelectMany(static r => r.Reviews).Select(static r => r.Author))
                .Distinct().Except(p.Latest.Reviews.Select(static r => r.Author)))
            .CountBy(static did => did).ToDictionary();
    }

    private static async Task<IReadOnlyCollection<string>> AuthorsAsync(ChangeToReview change, CancellationToken ct)
    {
        var printed = await GitCommand.RunAsync(
            change.Repository,
            ["log", "--use-mailmap", "--max-count=1000", "--format=%aE%n%(trailers:key=Co-authored-by,valueonly)",
                $"{change.Base}..{change.Head}", "--"],
            ct);
        return [.. printed.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(static l => l.IndexOf('<', StringComparison.Ordinal) is >= 0 and var at ? l[(at + 1)..].TrimEnd('>', ' ') : l)
            .Distinct(StringComparer.OrdinalIgnoreCase)];
    }
}
