using System.CommandLine;

using Auxo.Api;
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
                var (name, repository) = (parsed.GetRequiredValue(place.Name), place.Said(parsed));
                var secret = Find((await session.Clients.Pipeline.SecretsAsync(rid: null, ct)).Items, name, repository);
                await session.Clients.Pipeline.RemoveSecretAsync(name, secret.Rid, ct);
                if (session.Terminal.Json) session.Terminal.WriteJson(new { removed = name, secret.Rid });
                else session.Terminal.Line(
                    $"[green]✓[/] {Terminal.Safe(name)} of {Terminal.Safe(secret.RepositoryName ?? secret.Rid ?? "all repositories")} "
                        + "is removed.");
                return ExitCode.Ok;
            });
    }

    /// <summary>Among the secrets there are: one of a repository that is no longer tracked can be removed, too.</summary>
    private static Secret Find(IReadOnlyList<Secret> all, string name, string? repository)
    {
        var found = all.Where(secret => secret.Name == name && (repository is null
            ? secret.Rid is null
            : secret.Rid is { } rid && (rid == repository || secret.RepositoryName == repository))).ToList();
        return found.Count switch
        {
            1 => found[0],
            0 => throw new CliException(
                ExitCode.Negative, $"There is no secret '{name}' of {repository ?? "all repositories"}.",
                Suggestions.Nearest(name, all.Select(static secret => secret.Name)) is { } near
                    ? $"Did you mean '{near}'?" : "'auxo secret list' shows them."),
            _ => throw new CliException(
                ExitCode.Usage, $"{found.Count} repositories of that name have a secret '{name}'.",
                "Name one by its id: " + string.Join(", ", found.Select(static secret => secret.Rid))),
        };
    }
}
