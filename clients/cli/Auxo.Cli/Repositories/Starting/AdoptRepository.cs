using System.CommandLine;

using Auxo.Cli.Hooks;
using Auxo.Cli.Output;
using Auxo.Cli.WorkingCopies;
using Auxo.Git;

namespace Auxo.Cli.Repositories.Starting;

/// <summary><c>auxo repo adopt [PATH]</c>: adds what a repository lacks, and changes nothing that is there.</summary>
internal static class AdoptRepository
{
    /// <summary>Of a longer file the beginning tells enough.</summary>
    private const int MostLines = 40;

    public static Command Create(CliHost host)
    {
        var path = new Argument<string>("path") { Description = "The repository", DefaultValueFactory = static _ => "." };
        var options = new StartOptions();
        return new Command("adopt", "Add to a repository the files that it lacks, and the hooks; shows them first, overwrites nothing")
        {
            path, options.Type, options.Template, options.Yes,
        }
            .Does(host, (parsed, session, ct) => RunAsync(session, options, parsed, parsed.GetRequiredValue(path), ct));
    }

    private static async Task<int> RunAsync(Session session, StartOptions options, ParseResult parsed, string path, CancellationToken ct)
    {
        var typed = Path.GetFullPath(path, session.Host.WorkingFolder);
        if (!Directory.Exists(typed) || await GitCommand.AskAsync(typed, ct, "rev-parse", "--show-toplevel") is not { Length: > 0 } folder)
            throw await NoRepository.AtAsync(typed, "Go into the work tree of one, or: auxo repo init", ct);
        var program = new UserProgram(session.Host);
        var name = Path.GetFileName(folder);
        if (NewRepository.Refuse(name) is not null) name = "repository";
        var repository = await StartOptions.RepositoryAsync(
            session, program, name, $"What {name} is for.", parsed.GetValue(options.Type) ?? NewRepository.TypeOf(folder), ct);
        var team = await options.TeamAsync(session, program, parsed, repository, ct);
        var files = Missing.Of(folder, TeamTemplates.Over(BuiltInTemplates.PapersOf(repository), team.Files));

        if (!session.Terminal.Json) Show(session.Terminal, files, team.LeftOut);
        if (files.Count > 0 && !Question.Ask(
            session, $"Add {(files.Count == 1 ? "this file" : $"these {files.Count} files")} to {folder}?", parsed.GetValue(options.Yes)))
            return ExitCode.Negative;
        NewFiles.Write(folder, files);
        var hooks = await HooksAsync(session, folder, ct);
        Say(session.Terminal, folder, repository, files, team.LeftOut, hooks);
        return ExitCode.Ok;
    }

    /// <summary>A hook that cannot be kept is no reason to leave the files out.</summary>
    private static async Task<string?> HooksAsync(Session session, string folder, CancellationToken ct)
    {
        try
        {
            await InstallHooks.WriteAsync(session.Host, folder, ct);
            return null;
        }
        catch (CliException e)
        {
            return $"{e.Message} {e.Hint}";
        }
    }

    /// <summary>As a diff shows new files.</summary>
    private static void Show(Terminal terminal, IReadOnlyList<TemplateFile> files, IReadOnlyList<string> leftOut)
    {
        foreach (var file in files)
        {
            terminal.Line($"[bold]+++ {Terminal.Safe(file.Path)}[/]{(file.IsExecutable ? " (executable)" : "")}");
            if (file.Text is not { } text)
            {
                terminal.Line(
                    $"[green]+[/] {(file.Target is { } target ? $"a link to {Terminal.Safe(target)}" : $"{file.Content.Length} bytes")}");
                continue;
            }

            var lines = text.TrimEnd('\n').Split('\n');
            foreach (var line in lines.Take(MostLines)) terminal.Line($"[green]+{Terminal.Safe(line)}[/]");
            if (lines.Length > MostLines) terminal.Line($"[dim]  and {lines.Length - MostLines} lines more[/]");
            terminal.Line();
        }

        foreach (var one in leftOut) terminal.Line($"[yellow]![/] left out of the template: {Terminal.Safe(one)}");
    }

    private static void Say(
        Terminal terminal, string folder, NewRepository repository, IReadOnlyList<TemplateFile> files, IReadOnlyList<string> leftOut,
        string? hooks)
    {
        if (terminal.Json)
        {
            terminal.WriteJson(new { folder, repository.Type, added = files.Select(static file => file.Path), leftOut, hooks });
            return;
        }

        terminal.Line(files.Count == 0 ? "[green]✓[/] Nothing is missing." : $"[green]✓[/] {files.Count} files added, not committed yet.");
        terminal.Line(hooks is null
            ? "[green]✓[/] The hooks are installed." : $"[yellow]![/] The hooks are not installed. {Terminal.Safe(hooks)}");
        if (files.Count > 0) terminal.Line($"  Try what CI will say, then commit: auxo ci run {Terminal.Safe(folder)}");
    }
}
