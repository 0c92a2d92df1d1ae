using System.CommandLine;

using Auxo.Cli.Output;
using Auxo.Cli.WorkingCopies;
using Auxo.Owners;

namespace Auxo.Cli.Owners;

/// <summary><c>auxo owners assign PATH… OWNER…</c></summary>
internal static class AssignToOwners
{
    public static Command Create(CliHost host)
    {
        var words = new Argument<string[]>("paths-and-owners")
        {
            Description = "Files, folders or patterns, and then their owners: @name, @group/team, an e-mail address or a did:key",
            Arity = ArgumentArity.OneOrMore,
        };
        var section = new Option<string?>("--section") { Description = "The section of GitLab's syntax that the line goes to" };
        var syntax = OwnersOption.Syntax();
        return new Command("assign",
            "Give files, folders or patterns their owners, by a line of CODEOWNERS in the place where it counts")
        {
            words, section, syntax,
        }
            .Does(host, (parsed, session, ct) => RunAsync(
                session, parsed.GetRequiredValue(words), parsed.GetValue(section), OwnersOption.Read(parsed.GetValue(syntax)), ct));
    }

    private static async Task<int> RunAsync(Session session, string[] words, string? section, OwnersSyntax? syntax,
        CancellationToken ct)
    {
        var owners = words.Where(static w => Owner.KindOf(w) is not null).Distinct(StringComparer.Ordinal).ToList();
        var paths = words.Where(static w => Owner.KindOf(w) is null).ToList();
        if (owners.Count == 0) throw new CliException(ExitCode.Usage, "Nobody is named as owner.",
            "Such as: auxo owners assign docs/ @alice");
        if (paths.Count == 0) throw new CliException(ExitCode.Usage, "No path is named.",
            "Such as: auxo owners assign docs/ @alice");
        var copy = await WorkingCopy.FindAsync(session.Host.WorkingFolder, ct);
        var place = OwnersPlaces.Of(syntax).FirstOrDefault(p => Path.Exists(Path.Combine(copy.Top, p))) ?? "CODEOWNERS";
        var target = Path.Combine(copy.Top, place);
        ReadOnlyMemory<byte> content = await OrdinaryFile.ReadAsync(target, ct) ?? [];
        if (!OwnersFile.IsText(content.Span))
            throw new CliException(ExitCode.Negative, $"{place} is UTF-16, or no text at all.",
                $"Save it as UTF-8, then again. Such as: iconv -f UTF-16 -t UTF-8 {place}");
        var done = new List<(string Pattern, AssignedOwners Line)>();
        foreach (var path in paths)
        {
            var file = OwnersFile.Read(place, content.Span, syntax);
            if (section is not null && file.Rules.All(r => !section.Equals(r.Section?.Name, StringComparison.OrdinalIgnoreCase)))
                throw new CliException(
                    ExitCode.Usage, $"{place} has no section [{section}] with a line in it.",
                        "Write its heading and a first line by hand.");
            var pattern = Pattern(session.Host, copy, path, file.Syntax);
            var line = AssignOwners.Apply(content, file, pattern, owners, section);
            var now = OwnersFile.Read(place, line.Content.Span, syntax);
            if (now.Problems.FirstOrDefault(p => p.Line == line.Line && p.IsError) is { } problem)
                throw new CliException(ExitCode.Usage, $"The line for '{path}' would not be read: {problem.Message}.");
            content = line.Content;
            done.Add((pattern, line));
        }

        await FreshFile.ReplaceAsync(target, content, ct);
        Write(session.Terminal, place, owners, done);
        return ExitCode.Ok;
    }

    private static void Write(Terminal terminal, string place, List<string> owners,
        List<(string Pattern, AssignedOwners Line)> done)
    {
        if (terminal.Json)
        {
            terminal.WriteJson(new { Path = place, owners,
                Lines = done.Select(static d => new { d.Line.Line, d.Pattern, d.Line.Replaced }) });
            return;
        }

        foreach (var (pattern, line) in done)
        {
            terminal.Line($"{Terminal.Safe(place)}:{line.Line}: {Terminal.Safe(pattern)} {Terminal.Safe(string.Join(' ', owners))}");
            if (line.Replaced is { } before) terminal.Line($"  [dim]before: {Terminal.Safe(before)}[/]");
        }

        terminal.Line("Commit it when it is as you want it; 'auxo owners lint' looks it over.");
    }

    /// <summary>A pattern stays as it is; a path of this folder is written as its pattern from the top.</summary>
    private static string Pattern(CliHost host, WorkingCopy copy, string typed, OwnersSyntax syntax)
    {
        var path = Path.GetFullPath(typed, host.WorkingFolder);
        if (!Path.Exists(path))
            return typed.AsSpan().IndexOfAny('*', '?', '!') >= 0
                ? typed
                : throw new CliException(ExitCode.Usage, $"There is no '{typed}' here.",
                    "Name a file or folder, or write a pattern such as '*.md'.");
        var relative = Path.GetRelativePath(Real(copy.Top), Real(path)).Replace(Path.DirectorySeparatorChar, '/');
        if (relative.StartsWith("..", StringComparison.Ordinal))
            throw new CliException(ExitCode.Usage, $"'{typed}' is not in {copy.Top}.", "Name a path of this repository.");
        if (relative == ".") return syntax == OwnersSyntax.Forgejo ? ".*" : "*";
        return AssignOwners.PatternOf(relative, Directory.Exists(path), syntax)
            ?? throw new CliException(
                ExitCode.Usage, $"GitHub's syntax has no way to write the brackets of '{typed}'.",
                    "Use a pattern with '?' in their place.");
    }

    /// <summary>git names the top of a work tree without links; somebody may stand in it by one.</summary>
    private static string Real(string path)
    {
        var folder = Path.GetDirectoryName(path);
        if (folder is null) return path;
        var own = Path.Combine(Real(folder), Path.GetFileName(path));
        return Directory.Exists(own)
            && new DirectoryInfo(own).ResolveLinkTarget(returnFinalTarget: true) is { } target ? target.FullName : own;
    }
}
