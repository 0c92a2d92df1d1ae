using System.CommandLine;

namespace Auxo.Cli.Secrets;

/// <summary><c>auxo secret …</c></summary>
internal static class SecretCommand
{
    public static Command Create(CliHost host) => new("secret", "What steps are given and logs do not show: tokens, keys, passwords")
    {
        SetSecretValue.Create(host),
        ListSecrets.Create(host),
        RemoveSecret.Create(host),
        RotateSecrets.Create(host),
    };
}
