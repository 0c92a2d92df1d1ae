using System.CommandLine;

using Auxo.Cli.Output;
using Auxo.Cli.Repositories;

namespace Auxo.Cli.Baselines;

/// <summary><c>auxo repo baseline reset REPOSITORY</c></summary>
internal static class ResetBaseline
{
    public static Command Create(CliHost host)
    {
        var repository = RepositoryArgument.Create();
        return new Command("reset", "Forget what is known; the next build of the default branch sets it") { repository }
            .Does(host, (parsed, session, ct) => RunAsync(session, parsed.GetRequiredValue(repository), ct));
    }

    private static async Task<int> RunAsync(Session session, string text, CancellationToken ct)
    {
        var repository = await RepositoryArgument.ResolveAsync(session.Clients.Ingest, text, ct);
        await session.Clients.Pipeline.ResetBaselineAsync(repository.Rid, ct);
        if (session.Terminal.Json) session.Terminal.WriteJson(new { repository.Rid, known = 0 });
        else session.Terminal.Line(
            $"Nothing is known of {Terminal.Safe(repository.Name)} any more; the next build of its default branch sets it.");
        return ExitCode.Ok;
    }
}
