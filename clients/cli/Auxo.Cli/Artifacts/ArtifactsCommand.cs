using System.CommandLine;

namespace Auxo.Cli.Artifacts;

/// <summary><c>auxo artifacts …</c></summary>
internal static class ArtifactsCommand
{
    public static Command Create(CliHost host) => new("artifacts", "What passed builds have made: find it, fetch it")
    {
        ListArtifacts.Create(host), GetArtifacts.Create(host), VerifyArtifacts.Create(host),
        ShowKey.Create(host), CleanUpArtifacts.Create(host),
    };
}
