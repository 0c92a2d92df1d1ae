using System.CommandLine;

using Auxo.Cli.Output;

namespace Auxo.Cli.Repositories;

/// <summary><c>auxo repo secret REPOSITORY</c></summary>
internal static class RenewSecret
{
    public static Command Create(CliHost host)
    {
        var repository = RepositoryArgument.Create();
        return new Command("secret", "Make a new webhook secret; the old one ends at once") { repository }
            .Does(host, (parsed, session, ct) => RunAsync(session, parsed.GetRequiredValue(repository), ct));
    }

    private static async Task<int> RunAsync(Session session, string text, CancellationToken ct)
    {
        var ingest = session.Clients.Ingest;
        var repository = await RepositoryArgument.ResolveAsync(ingest, text, ct);
        var secret = await ingest.RenewSecretAsync(repository.Rid, ct);
        var terminal = session.Terminal;
        if (terminal.Json)
        {
            terminal.WriteJson(new { repository.Rid, url = repository.Hooks?.Url, secret.Secret });
            return ExitCode.Ok;
        }

        if (repository.Hooks is { } hooks) terminal.Line($"url     {Terminal.Safe(hooks.Url)}");
        terminal.Line($"secret  {Terminal.Safe(secret.Secret)}   [dim](shown this once; the old one has ended)[/]");
        return ExitCode.Ok;
    }
}
