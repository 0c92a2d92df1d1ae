using System.CommandLine;

using Auxo.Cli.Ci.Shell;
using Auxo.Cli.Findings;

namespace Auxo.Cli.Ci;

/// <summary><c>auxo ci …</c></summary>
internal static class CiCommand
{
    public static Command Create(CliHost host) => new("ci", "Builds: try before a push, start, watch, read, stop")
    {
        LocalPipeline.CreateRun(host),
        LocalPipeline.CreatePlan(host),
        LocalPipeline.CreateLint(host),
        LocalPipeline.CreateConvert(host),
        LocalPipeline.CreateSchema(host),
        ReplayBuild.Create(host),
        OpenShell.Create(host),
        BuildCommit.Create(host),
        ListBuilds.Create(host),
        ListFindings.Create(host),
        ShowLogs.Create(host),
        ActOnBuild.Create(host, "cancel", "Stop a build"),
        ActOnBuild.Create(host, "approve", "Let the steps of a stranger's patch run, for exactly this commit"),
        ActOnBuild.Create(host, "rerun", "Build the same commit again"),
    };
}
