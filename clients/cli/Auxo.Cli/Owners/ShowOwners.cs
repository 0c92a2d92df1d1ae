using System.CommandLine;

using Auxo.Cli.Output;
using Auxo.Cli.WorkingCopies;
using Auxo.Owners;

namespace Auxo.Cli.Owners;

/// <summary><c>auxo owners table</c></summary>
internal static class ShowOwners
{
    private const int ShownUnowned = 10;

    public static Command Create(CliHost host)
    {
        var syntax = OwnersOption.Syntax();
        return new Command("table",
            "Show which lines of CODEOWNERS count for how many files, and which files have no owner") { syntax }
            .Does(host, (parsed, session, ct) => RunAsync(session, OwnersOption.Read(parsed.GetValue(syntax)), ct));
    }

    private static async Task<int> RunAsync(Session session, OwnersSyntax? syntax, CancellationToken ct)
    {
        var tree = await OwnersInTree.ReadAsync(await WorkingCopy.FindAsync(session.Host.WorkingFolder, ct), syntax, ct);
        var counts = tree.File.Rules.ToDictionary(static r => r.Line, static _ => 0);
        var unowned = new List<string>();
        foreach (var path in tree.Paths)
        {
            var rules = tree.File.Of(path);
            foreach (var rule in rules) counts[rule.Line]++;
            if (rules.All(static r => r.Owners.Count == 0)) unowned.Add(path);
        }

        var terminal = session.Terminal;
        if (terminal.Json) terminal.WriteJson(new
        {
            tree.File.Path, Syntax = LintOwnersFile.Name(tree.File.Syntax), Files = tree.Paths.Count,
            Lines = tree.File.Rules.Select(r => new
            {
                r.Line, r.Pattern, Section = r.Section?.Name, Optional = r.Section?.IsOptional, Approvals = r.Section?.Approvals,
                Exclusion = r.IsExclusion, r.Owners, Files = counts[r.Line],
            }),
            Unowned = unowned,
        });
        else Write(terminal, tree, counts, unowned);
        return ExitCode.Ok;
    }

    private static void Write(Terminal terminal, OwnersInTree tree, Dictionary<int, int> counts, List<string> unowned)
    {
        var sections = tree.File.Rules.Any(static r => r.Section is not null);
        var columns = sections
            ? new Columns(3, "LINE", "PATTERN", "SECTION", "OWNERS", "FILES")
            : new Columns(2, "LINE", "PATTERN", "OWNERS", "FILES");
        foreach (var rule in tree.File.Rules)
        {
            Cell[] cells =
            [
                $"{rule.Line}", new Cell((rule.IsExclusion ? "!" : "") + rule.Pattern, "bold"), Section(rule.Section),
                rule.Owners.Count == 0 ? new Cell(rule.IsExclusion ? "" : "(nobody)", "dim") : string.Join(' ', rule.Owners),
                new Cell($"{counts[rule.Line]}", counts[rule.Line] == 0 && !rule.IsExclusion ? "yellow" : null),
            ];
            columns.Add(sections ? cells : [.. cells[..2], .. cells[3..]]);
        }

        columns.Write(terminal);
        terminal.Line(unowned.Count == 0
            ? $"All {tree.Paths.Count} files have an owner in {Terminal.Safe(tree.File.Path)}."
            : $"[yellow]{unowned.Count} of {tree.Paths.Count} files have no owner[/] in {Terminal.Safe(tree.File.Path)}:");
        foreach (var path in unowned.Take(ShownUnowned)) terminal.Line($"  {Terminal.Safe(path)}");
        if (unowned.Count > ShownUnowned) terminal.Line(
            $"  … and {unowned.Count - ShownUnowned} more; all: auxo owners table --json");
    }

    private static Cell Section(OwnersSection? section)
        => section is null ? ""
            : $"{(section.IsOptional ? "^" : "")}{section.Name}{(section.Approvals > 1 ? $" ({section.Approvals})" : "")}";
}
