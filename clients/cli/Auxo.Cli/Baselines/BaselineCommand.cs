using System.CommandLine;

namespace Auxo.Cli.Baselines;

/// <summary><c>auxo repo baseline …</c></summary>
internal static class BaselineCommand
{
    public static Command Create(CliHost host) => new("baseline", "What the checks found before anybody looked, and does not block")
    {
        ShowBaseline.Create(host),
        AcceptFindings.Create(host),
        ResetBaseline.Create(host),
    };
}
