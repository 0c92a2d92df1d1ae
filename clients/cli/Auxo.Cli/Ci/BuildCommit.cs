using System.CommandLine;

using Auxo.Api;
using Auxo.Cli.Gate;
using Auxo.Cli.Output;
using Auxo.Cli.WorkingCopies;
using Auxo.Git;

namespace Auxo.Cli.Ci;

/// <summary><c>auxo ci build [PATH]</c></summary>
internal static class BuildCommit
{
    public static Command Create(CliHost host)
    {
        var path = new Argument<string>("path")
        {
            Description = "A git work tree or a bare repository", DefaultValueFactory = static _ => ".",
        };
        var commit = new Option<string>("--commit")
        {
            Description = "What to build, as git names it", DefaultValueFactory = static _ => "HEAD",
        };
        var detach = new Option<bool>("--detach", "-d") { Description = "Start it and return at once" };
        var trusted = new Option<bool>("--trusted")
        {
            Description = "Run its steps whoever wrote it: you have read the commit and answer for it (administrators)",
        };
        return new Command("build", "Build a commit of a local repository now and watch it; exit code 1 unless it passes")
        {
            path, commit, detach, trusted,
        }
            .Does(host, (parsed, session, ct)
                => RunAsync(session, parsed.GetRequiredValue(path), parsed.GetRequiredValue(commit),
                    parsed.GetValue(detach), parsed.GetValue(trusted), ct));
    }

    private static async Task<int> RunAsync(Session session, string path, string revision, bool detach, bool trusted, CancellationToken ct)
    {
        var folder = Path.GetFullPath(path, session.Host.WorkingFolder);
        if (!Directory.Exists(folder)) throw new CliException(
            ExitCode.Usage, $"There is no folder {folder}.", "Give the folder of a git repository.");
        var request = await RequestAsync(folder, revision, ct);
        var terminal = session.Terminal;
        if (!terminal.Json && await IsDirtyAsync(request.Source!, ct))
            terminal.Line("[yellow]! Uncommitted changes are not built; the commit is.[/]");

        var build = await session.Clients.Pipeline.BuildAsync(request with { Trusted = trusted ? true : null }, ct);
        // A clone has a record of its own, since its commits need not be in the storage of any node.
        var remote = await GitCommand.AskAsync(folder, ct, "config", "--get", "remote.rad.url");
        if (!terminal.Json && WorkTree.RidOf(remote) is { } rid && rid != build.Rid)
            terminal.Line(
                $"[yellow]! This clone's builds are kept apart from those of {Terminal.Safe(rid)}:[/] its secrets, what is "
                    + "known in it and the merge gate do not count here. For a build of the repository itself, push a patch.");
        if (!detach) return await new BuildWatch(session).RunAsync(build, ct);
        if (terminal.Json) terminal.WriteJson(build);
        else terminal.Line($"Build {build.Short} is queued. Watch it: auxo ci logs {build.Short} --follow");
        return ExitCode.Ok;
    }

    /// <summary>The commit and the branch; the folder that holds the objects is found by the service.</summary>
    private static async Task<BuildRequest> RequestAsync(string folder, string revision, CancellationToken ct)
    {
        try
        {
            var bare = (await GitCommand.RunAsync(folder, ["rev-parse", "--is-bare-repository"], ct)).Trim() == "true";
            var source = (await GitCommand.RunAsync(folder, ["rev-parse", bare ? "--absolute-git-dir" : "--show-toplevel"], ct)).Trim();
            var commit =
                (await GitCommand.RunAsync(folder, ["rev-parse", "--verify", "--end-of-options", revision + "^{commit}"], ct)).Trim();
            var branch = revision == "HEAD" ? await BranchAsync(folder, ct) : null;
            return new BuildRequest(Rid: null, source, commit, branch);
        }
        catch (GitException e)
        {
            if (await GitCommand.AskAsync(folder, ct, "rev-parse", "--git-dir") is null)
                throw await NoRepository.AtAsync(folder, "Go into one, or name it: auxo ci build PATH", ct);
            throw new CliException(
                ExitCode.Usage, $"{folder} has no commit '{revision}'.", "Commit something first, or name a commit: --commit main~1", e);
        }
    }

    /// <summary>Null when HEAD is on no branch.</summary>
    private static Task<string?> BranchAsync(string folder, CancellationToken ct)
        => GitCommand.AskAsync(folder, ct, "symbolic-ref", "--short", "--quiet", "HEAD");

    private static async Task<bool> IsDirtyAsync(string source, CancellationToken ct)
    {
        try
        {
            return (await GitCommand.RunAsync(source, ["status", "--porcelain", "--untracked-files=no"], ct)).Length > 0;
        }
        catch (GitException)
        {
            // A bare repository has no work tree.
            return false;
        }
    }
}
