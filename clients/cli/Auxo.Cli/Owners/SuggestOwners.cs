using System.CommandLine;

using Auxo.Cli.Output;
using Auxo.Cli.WorkingCopies;
using Auxo.Git;
using Auxo.Owners;

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
        var repository = change.Patch is null ? copy.Git : change.Repository;
        var found = await Suggestion.OfAsync(change, repository, storage, syntax, session.Terminal.Time, ct);
        var (file, diff, unowned, partly) = (found.File, found.Diff, found.Unowned, found.IsPartial);
        var ranked = found.Reviewers.Take(Math.Max(1, count)).ToList();
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
            IReadOnlyList<string> unowned, bool partly)
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
}
