using System.CommandLine;

namespace Auxo.Cli.Owners;

/// <summary><c>auxo owners</c>: who is asked about which files.</summary>
internal static class OwnersCommand
{
    public static Command Create(CliHost host) => new("owners", "Who is asked about which files: CODEOWNERS and .auxo/people.yaml")
    {
        SuggestOwners.Create(host),
        LintOwnersFile.Create(host),
        AssignToOwners.Create(host),
        ShowOwners.Create(host),
    };
}
