using System.CommandLine;

using Auxo.Cli.Output;

namespace Auxo.Cli.Secrets;

/// <summary><c>auxo secret rm NAME</c></summary>
internal static class RemoveSecret
{
    public static Command Create(CliHost host)
    {
        var place = new SecretPlace();
        return new Command("rm", "Remove a secret; builds that have begun keep it") { place.Name, place.Repository, place.All }
            .Does(host, async (parsed, session, ct) =>
            {
                var (rid, where) = await place.ResolveAsync(parsed, session, ct);
                var name = parsed.GetRequiredValue(place.Name);
                await session.Clients.Pipeline.RemoveSecretAsync(name, rid, ct);
                if (session.Terminal.Json) session.Terminal.WriteJson(new { removed = name, rid });
                else session.Terminal.Line($"[green]✓[/] {Terminal.Safe(name)} of {Terminal.Safe(where)} is removed.");
                return ExitCode.Ok;
            });
    }
}
