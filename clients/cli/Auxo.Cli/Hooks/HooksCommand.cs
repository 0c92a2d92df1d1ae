using System.CommandLine;

namespace Auxo.Cli.Hooks;

/// <summary><c>auxo hooks …</c>: git's hooks of one repository.</summary>
internal static class HooksCommand
{
    public static Command Create(CliHost host) => new(
        "hooks", "Git's hooks of this repository: what is staged is checked before a commit, what has not passed is not pushed")
    {
        InstallHooks.Create(host),
        UninstallHooks.Create(host),
        RunHook.Create(host),
    };
}
