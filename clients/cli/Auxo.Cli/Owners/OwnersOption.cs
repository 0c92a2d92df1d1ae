using System.CommandLine;

using Auxo.Owners;

namespace Auxo.Cli.Owners;

/// <summary>Whose syntax a file has, where it does not say so itself.</summary>
internal static class OwnersOption
{
    public static Option<string?> Syntax()
    {
        var option = new Option<string?>("--syntax")
        {
            Description = "How CODEOWNERS is read: github, gitlab or forgejo; by default it says so itself",
        };
        option.AcceptOnlyFromAmong("github", "gitlab", "forgejo");
        return option;
    }

    public static OwnersSyntax? Read(string? value) => value is null ? null : Enum.Parse<OwnersSyntax>(value, ignoreCase: true);
}
