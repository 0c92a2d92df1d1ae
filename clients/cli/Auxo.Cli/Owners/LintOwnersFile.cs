using System.CommandLine;

using Auxo.Cli.Output;
using Auxo.Cli.WorkingCopies;
using Auxo.Owners;

namespace Auxo.Cli.Owners;

/// <summary><c>auxo owners lint</c></summary>
internal static class LintOwnersFile
{
    public static Command Create(CliHost host)
    {
        var syntax = OwnersOption.Syntax();
        return new Command("lint",
            "Say what CODEOWNERS does not do although it looks so, with file and line; exit code 1 for an error")
        {
            syntax,
        }
            .Does(host, (parsed, session, ct) => RunAsync(session, OwnersOption.Read(parsed.GetValue(syntax)), ct));
    }

    private static async Task<int> RunAsync(Session session, OwnersSyntax? syntax, CancellationToken ct)
    {
        var tree = await OwnersInTree.ReadAsync(await WorkingCopy.FindAsync(session.Host.WorkingFolder, ct), syntax, ct);
        var found = LintOwners.Check(tree.File, tree.People, tree.Paths, tree.Unread, tree.Merge);
        var errors = found.Count(static f => f.IsError);
        var terminal = session.Terminal;
        if (terminal.Json)
        {
            terminal.WriteJson(new
            {
                tree.File.Path, Syntax = Name(tree.File.Syntax), Errors = errors, Warnings = found.Count - errors,
                Findings = found.Select(static f => new
                {
                    f.Path, Line = f.Line == 0 ? (int?)null : f.Line, Severity = f.IsError ? "error" : "warning", f.Rule, f.Message,
                }),
            });
            return errors > 0 ? ExitCode.Negative : ExitCode.Ok;
        }

        foreach (var finding in found)
            terminal.Line(
                $"{Terminal.Safe(finding.Path)}{(finding.Line == 0 ? "" : $":{finding.Line}")}: "
                    + $"{(finding.IsError ? "[red]error[/]" : "[yellow]warning[/]")}: {Terminal.Safe(finding.Message)}");
        var what = $"{tree.File.Path}, {Count(tree.File.Rules.Count, "line")}, read as {Written(tree.File.Syntax)}";
        if (found.Count == 0) terminal.Line($"[green]✓[/] Nothing is wrong in {Terminal.Safe(what)}.");
        else terminal.Line($"{Count(errors, "error")}, {Count(found.Count - errors, "warning")} in {Terminal.Safe(what)}.");
        return errors > 0 ? ExitCode.Negative : ExitCode.Ok;
    }

    /// <summary>As <c>--syntax</c> takes it.</summary>
    internal static string Name(OwnersSyntax syntax) => syntax.ToString().ToLowerInvariant();

    private static string Count(int count, string what) => $"{count} {what}{(count == 1 ? "" : "s")}";

    private static string Written(OwnersSyntax syntax) => $"{syntax}'s";
}
