using System.CommandLine;

using Auxo.Cli.Output;

namespace Auxo.Cli.Repositories;

/// <summary><c>auxo repo untrack REPOSITORY</c></summary>
internal static class UntrackRepository
{
    public static Command Create(CliHost host)
    {
        var repository = RepositoryArgument.Create();
        return new Command("untrack", "Stop following a repository; its builds and logs stay") { repository }
            .Does(host, (parsed, session, ct) => RunAsync(session, parsed.GetRequiredValue(repository), ct));
    }

    private static async Task<int> RunAsync(Session session, string text, CancellationToken ct)
    {
        var ingest = session.Clients.Ingest;
        var repository = await RepositoryArgument.ResolveAsync(ingest, text, ct);
        await ingest.UntrackAsync(repository.Rid, ct);
        if (session.Terminal.Json) session.Terminal.WriteJson(new { repository.Rid, tracked = false });
        else session.Terminal.Line($"{Terminal.Safe(repository.Name)} is no longer followed; its builds and logs stay.");
        return ExitCode.Ok;
    }
}
