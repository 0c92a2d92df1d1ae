using System.CommandLine;

using Auxo.Cli.Output;

namespace Auxo.Cli.Repositories;

/// <summary><c>auxo repo sweep REPOSITORY</c></summary>
internal static class SweepRepository
{
    public static Command Create(CliHost host)
    {
        var repository = RepositoryArgument.Create();
        return new Command("sweep", "Look for new patches and pushes now, instead of within the minute") { repository }
            .Does(host, (parsed, session, ct) => RunAsync(session, parsed.GetRequiredValue(repository), ct));
    }

    private static async Task<int> RunAsync(Session session, string text, CancellationToken ct)
    {
        var ingest = session.Clients.Ingest;
        var repository = await RepositoryArgument.ResolveAsync(ingest, text, ct);
        await ingest.SweepAsync(repository.Rid, ct);
        if (session.Terminal.Json) session.Terminal.WriteJson(new { repository.Rid, requested = true });
        else session.Terminal.Line($"Looking at {Terminal.Safe(repository.Name)} now; 'auxo status' shows what came of it.");
        return ExitCode.Ok;
    }
}
