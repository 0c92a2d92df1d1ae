using System.CommandLine;

namespace Auxo.Cli.Mesh;

/// <summary><c>auxo mesh …</c></summary>
internal static class MeshCommand
{
    public static Command Create(CliHost host) => new("mesh", "The nodes of a team and the ways between them")
    {
        JoinMesh.Create(host),
        TestMesh.Create(host),
        ShowMesh.Create(host),
        ForgetNode.Create(host),
    };
}
