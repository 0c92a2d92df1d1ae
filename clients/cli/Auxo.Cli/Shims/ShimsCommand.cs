using System.CommandLine;
using System.Text;

using Auxo.Cli.Completion;
using Auxo.Cli.Output;
using Auxo.Cli.WorkingCopies;
using Auxo.Instances;

namespace Auxo.Cli.Shims;

/// <summary><c>auxo shims DIR</c></summary>
internal static class ShimsCommand
{
    /// <summary>By this line a script is known as ours.</summary>
    private const string Mark = "# Written by 'auxo shims'; the old name of a command.";

    public static Command Create(CliHost host)
    {
        var folder = new Argument<string>("folder") { Description = "Where the scripts go; best a folder on PATH" };
        return new Command("shims",
            "Write scripts with the old names, which call auxo with the arguments that they are given") { folder }
            .Does(host, (parsed, session, ct) => RunAsync(session, parsed.GetRequiredValue(folder), ct));
    }

    private static async Task<int> RunAsync(Session session, string typed, CancellationToken ct)
    {
        // An unset variable in quotes would mean the working copy itself.
        if (string.IsNullOrWhiteSpace(typed)) throw new CliException(
            ExitCode.Usage, "The folder's name is empty.", "Name one on PATH: auxo shims ~/bin");
        var folder = Path.GetFullPath(typed, session.Host.WorkingFolder);
        Directory.CreateDirectory(folder);
        var commands = AuxoCommandLine.Create(session.Host);
        var known = OldName.All.Where(n => Exists(commands, n.Command)).ToList();
        var written = new List<object>();
        var kept = new List<string>();
        foreach (var name in known)
        {
            foreach (var file in (string[])[name.Name, name.Name + ".sh"])
            {
                var path = Path.Combine(folder, file);
                if (await IsOthersAsync(path, ct))
                {
                    kept.Add(file);
                    continue;
                }

                using var script = await FreshFile.WriteAsync(
                    path, Encoding.UTF8.GetBytes(Script(session.Host, name)), (UnixFileMode)0b111_101_101, ct);
                script.Take();
                written.Add(new { Name = file, Command = $"auxo {name.Command}" });
            }
        }

        var missing = OldName.All.Except(known).Select(static n => n.Name).ToList();
        if (session.Terminal.Json) session.Terminal.WriteJson(new { folder, written, kept, missing });
        else Write(session.Terminal, folder, known, kept, missing);
        return kept.Count > 0 ? ExitCode.Negative : ExitCode.Ok;
    }

    private static void Write(Terminal terminal, string folder, List<OldName> known, List<string> kept, List<string> missing)
    {
        var columns = new Columns(2, "OLD NAME", "CALLS", "FOR");
        foreach (var name in known) columns.Add(new Cell(name.Name, "bold"), $"auxo {name.Command}", name.About);
        columns.Write(terminal);
        terminal.Line($"Each of them also with '.sh', in {Terminal.Safe(folder)}.");
        if (missing.Count > 0) terminal.Line($"[dim]Not there yet: {Terminal.Safe(string.Join(", ", missing))}[/]");
        foreach (var file in kept)
            terminal.Line($"[yellow]! {Terminal.Safe(file)} is a file of somebody else and stays[/]; move it away and call this again.");
    }

    /// <summary>Words that are no command of this program lead nowhere.</summary>
    private static bool Exists(Command commands, string words)
    {
        var command = commands;
        foreach (var word in words.Split(' '))
        {
            if (command.Subcommands.FirstOrDefault(c => c.Name == word) is not { } inner) return false;
            command = inner;
        }

        return command.Action is not null;
    }

    private static async Task<bool> IsOthersAsync(string path, CancellationToken ct)
        => Path.Exists(path) && (Posix.KindOf(path) != FileKind.File || new FileInfo(path).LinkTarget is not null
            || (await File.ReadAllTextAsync(path, ct) is { Length: > 0 } text && !text.Contains(Mark, StringComparison.Ordinal)));

    private static string Script(CliHost host, OldName name)
    {
        var program = CompletionScripts.Quote(host.Executable);
        return $"""
            #!/bin/sh
            {Mark}
            [ -x {program} ] || {"{"} echo 'auxo: the command is no longer there; run: auxo shims' >&2; exit 1; {"}"}
            exec {program} {name.Command} "$@"

            """;
    }
}
