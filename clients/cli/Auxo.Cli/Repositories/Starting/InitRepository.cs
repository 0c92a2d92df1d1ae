using System.CommandLine;

using Auxo.Cli.Hooks;
using Auxo.Cli.Output;

namespace Auxo.Cli.Repositories.Starting;

/// <summary><c>auxo repo init NAME "DESCRIPTION"</c>: a repository that passes at once.</summary>
internal static class InitRepository
{
    public static Command Create(CliHost host)
    {
        var name = new Argument<string>("name") { Description = "What it is called; the folder too" };
        var description = new Argument<string>("description") { Description = "What it is about, in one line" };
        var options = new StartOptions();
        var isPublic = new Option<bool>("--public") { Description = "Everybody may read it, for good; by default it is private" };
        var noRadicle = new Option<bool>("--no-radicle") { Description = "A git repository only" };
        var scope = new Option<string>("--scope")
        {
            Description = "Whose changes the node fetches: all (strangers' patches too) or followed",
            DefaultValueFactory = static _ => "all",
        };
        scope.AcceptOnlyFromAmong("all", "followed");
        return new Command("init", "Make a new repository with files that pass at once, hooks and a first commit, and put it on Radicle")
        {
            name, description, options.Type, isPublic, noRadicle, scope, options.Template, options.Yes,
        }
            .Does(host, (parsed, session, ct) => new Start(
                session, options, parsed, parsed.GetValue(isPublic), !parsed.GetValue(noRadicle), parsed.GetRequiredValue(scope)).RunAsync(
                    parsed.GetRequiredValue(name), parsed.GetRequiredValue(description), ct));
    }

    private sealed class Start(Session session, StartOptions options, ParseResult parsed, bool isPublic, bool withRadicle, string scope)
    {
        private readonly UserProgram _program = new(session.Host);

        public async Task<int> RunAsync(string name, string description, CancellationToken ct)
        {
            if ((NewRepository.Refuse(name) ?? NewRepository.RefuseDescription(description)) is { } why)
                throw new CliException(ExitCode.Usage, why, "Such as: auxo repo init weather-station \"Measures the weather\"");
            var folder = Path.GetFullPath(name, session.Host.WorkingFolder);
            if (File.Exists(folder) || Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any())
                throw new CliException(
                    ExitCode.Negative, $"{folder} is there already, and is not empty.", $"To add what it lacks: auxo repo adopt {name}");
            var radicle = new RadicleStart(session, _program);
            var home = withRadicle ? radicle.Profile() : null;
            var repository = await StartOptions.RepositoryAsync(
                session, _program, name, description, parsed.GetValue(options.Type) ?? "shell", ct);
            var team = await options.TeamAsync(session, _program, parsed, repository, ct);
            var files = TeamTemplates.Over(BuiltInTemplates.Of(repository), team.Files);
            if (isPublic && withRadicle && !Question.Ask(
                session, $"{name} will be public: whoever has it once keeps it. Make it?", parsed.GetValue(options.Yes)))
                return ExitCode.Negative;

            // Made there, git takes it for a submodule that nobody declared.
            var around = await _program.AskAsync(session.Host.WorkingFolder, ct, "git", "rev-parse", "--show-toplevel");
            if (around is { Length: > 0 }) session.Host.StandardError.WriteLine(
                $"auxo: {name} lies in the work tree of {TamedText.OneLine(around)}; was it meant to?");
            await CommitAsync(folder, files, name, ct);
            var rid = home is null ? null : await radicle.RunAsync(home, folder, repository, isPublic, scope, ct);
            Say(folder, repository, files.Count, team.LeftOut, rid);
            return ExitCode.Ok;
        }

        private async Task CommitAsync(string folder, IReadOnlyList<TemplateFile> files, string name, CancellationToken ct)
        {
            var wasThere = Directory.Exists(folder);
            Directory.CreateDirectory(folder);
            try
            {
                await _program.RunAsync(folder, ct, "git", "init", "--quiet", "--initial-branch=main");
                NewFiles.Write(folder, files);
                await InstallHooks.WriteAsync(session.Host, folder, ct);
                await _program.RunAsync(folder, ct, "git", "add", "--all");
                // The hook looks at it: what Auxo brings passes, and what a team brings is told now and not by the first build.
                await _program.RunAsync(folder, ct, "git", "commit", "--quiet", "-m", $"Start {name}");
            }
            catch (Exception e)
            {
                // All that is in there was made here: the folder was empty, or there was none.
                Remove(folder, wasThere);
                if (e is not (CliException or IOException or UnauthorizedAccessException)) throw;
                throw new CliException(
                    ExitCode.Negative, e.Message, $"Nothing of {name} was kept. Mend that, then call it again.", e);
            }
        }

        private static void Remove(string folder, bool wasThere)
        {
            if (!wasThere)
            {
                Directory.Delete(folder, recursive: true);
                return;
            }

            foreach (var entry in new DirectoryInfo(folder).EnumerateFileSystemInfos())
            {
                if (entry is DirectoryInfo { LinkTarget: null } inner) inner.Delete(recursive: true);
                else entry.Delete();
            }
        }

        private void Say(string folder, NewRepository repository, int files, IReadOnlyList<string> leftOut, string? rid)
        {
            var terminal = session.Terminal;
            if (terminal.Json)
            {
                terminal.WriteJson(new
                {
                    folder, repository.Name, repository.Type, files, rid,
                    visibility = rid is null ? null : isPublic ? "public" : "private", leftOut,
                });
                return;
            }

            terminal.Line($"[green]✓[/] [bold]{Terminal.Safe(repository.Name)}[/] in {Terminal.Safe(folder)}: {files} files for "
                + $"{repository.Type}, hooks, a first commit");
            foreach (var one in leftOut) terminal.Line($"[yellow]![/] left out of the template: {Terminal.Safe(one)}");
            if (rid is not null) terminal.Line(
                $"[green]✓[/] {(isPublic ? "public" : "private")} on Radicle, as was read back before the push  {Terminal.Safe(rid)}");
            terminal.Line();
            terminal.Line($"  cd {Terminal.Safe(repository.Name)} && auxo ci run       [dim]what CI will say[/]");
            terminal.Line(rid is null ? "  auxo repo track .                [dim]let Auxo build it[/]"
                : $"  auxo repo track {Terminal.Safe(rid)}   [dim]let Auxo build it[/]");
            if (rid is not null && !isPublic) terminal.Line(
                $"  {Terminal.Escape("rad id update --title \"Let in a colleague\" --allow did:key:z6Mk…")}   [dim]who may read it[/]");
        }
    }
}
