using System.CommandLine;

namespace Auxo.Cli.Ci.Shell;

/// <summary><c>auxo ci shell BUILD [STEP]</c>: a shell in the workspace that a failed build left, without any service.</summary>
internal static class OpenShell
{
    public static Command Create(CliHost host)
    {
        var build = BuildArgument.Create();
        var step = new Argument<string?>("step")
        {
            Description = "The step; by default the first that failed", Arity = ArgumentArity.ZeroOrOne,
        };
        return new Command("shell", "Open a shell in the workspace that a failed build left on this machine, in the sandbox of its step")
        {
            build, step,
        }
            .Does(host, (parsed, session, _) => PipelineProgram.TalkAsync(
                session,
                parsed.GetValue(step) is { } name
                    ? ["shell", parsed.GetRequiredValue(build), name] : ["shell", parsed.GetRequiredValue(build)]));
    }
}
