using System.CommandLine;

namespace Auxo.Cli.Gate;

/// <summary><c>auxo gate …</c></summary>
internal static class GateCommand
{
    public static Command Create(CliHost host) => new("gate", "What may become the default branch: only what has passed, exactly")
    {
        CheckGate.Create(host),
        ListMerges.Create(host),
        GuardPush.Create(host),
    };
}
