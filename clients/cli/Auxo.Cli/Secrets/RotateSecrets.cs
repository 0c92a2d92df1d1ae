using System.CommandLine;

namespace Auxo.Cli.Secrets;

/// <summary><c>auxo secret rotate</c></summary>
internal static class RotateSecrets
{
    public static Command Create(CliHost host)
        => new Command("rotate", "Encrypt all values with a new key; the old one is removed").Does(host, async (_, session, ct) =>
        {
            var rotation = await session.Clients.Pipeline.RotateSecretsAsync(ct);
            if (session.Terminal.Json) session.Terminal.WriteJson(rotation);
            else session.Terminal.Line(
                $"[green]✓[/] {rotation.Secrets} {(rotation.Secrets == 1 ? "value has" : "values have")} a new key. No backup has it: copy "
                    + "secrets.key again to where you keep it.");
            return ExitCode.Ok;
        });
}
