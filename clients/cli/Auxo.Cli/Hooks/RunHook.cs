using System.CommandLine;

using Auxo.Cli.Ci;
using Auxo.Cli.Gate;

namespace Auxo.Cli.Hooks;

/// <summary><c>auxo hooks run pre-commit|pre-push</c>: what the hooks do, for other programs that manage hooks.</summary>
internal static class RunHook
{
    public static Command Create(CliHost host) => new("run", "Do what a hook does; for husky, pre-commit and others that manage hooks")
    {
        CreatePreCommit(host),
        GuardPush.Create(host, "pre-push", "Ask whether what is pushed to the default branch has passed, exactly"),
    };

    private static Command CreatePreCommit(CliHost host)
    {
        // Programs that manage hooks like to name the files; what is staged is asked of git.
        var files = new Argument<string[]>("file") { Description = "Not needed: everything that is staged is checked", Hidden = true };
        return new Command(
            "pre-commit",
            "Check what is staged: syntax, shellcheck, secrets, permissions, debug statements; exit code 1 when something blocks")
        {
            files,
        }
            .Does(host, static (_, session, ct) => PipelineProgram.RunAsync(
                session,
                ["staged", session.Host.WorkingFolder, .. session.Terminal.Json ? ["--json"] : Array.Empty<string>(),
                    .. session.Terminal.HasColours ? ["--colour"] : Array.Empty<string>()],
                ct));
    }
}
