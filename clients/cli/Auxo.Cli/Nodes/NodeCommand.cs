using System.CommandLine;

namespace Auxo.Cli.Nodes;

/// <summary><c>auxo node …</c></summary>
internal static class NodeCommand
{
    public static Command Create(CliHost host) => new("node", "The Radicle node of this machine and what it needs")
    {
        ChooseIdentity.Create(host),
        ShowHealth.Create(host),
        DiagnoseNode.Create(host),
        FixNode.Create(host),
        SetUpNode.Create(host),
    };
}
