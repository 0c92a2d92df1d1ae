using System.CommandLine;

using Auxo.Cli.Output;

namespace Auxo.Cli.Repositories;

/// <summary><c>auxo repo public REPOSITORY on|off</c></summary>
internal static class PublishRepository
{
    public static Command Create(CliHost host)
    {
        var repository = RepositoryArgument.Create();
        var state = new Argument<string>("state") { Description = "on: without a token; off: with a token only" };
        state.AcceptOnlyFromAmong("on", "off");
        return new Command("public", "Let everybody read its builds, logs, patches and numbers, or take that back") { repository, state }
            .Does(host, (parsed, session, ct)
                => RunAsync(session, parsed.GetRequiredValue(repository), parsed.GetRequiredValue(state) == "on", ct));
    }

    private static async Task<int> RunAsync(Session session, string text, bool isPublic, CancellationToken ct)
    {
        var ingest = session.Clients.Ingest;
        var repository = await RepositoryArgument.ResolveAsync(ingest, text, ct);
        await (isPublic ? ingest.PublishAsync(repository.Rid, ct) : ingest.UnpublishAsync(repository.Rid, ct));
        if (session.Terminal.Json) session.Terminal.WriteJson(new { repository.Rid, isPublic });
        else session.Terminal.Line(isPublic
            ? $"Everybody may read the builds, logs, patches and numbers of {Terminal.Safe(repository.Name)}."
            : $"{Terminal.Safe(repository.Name)} is read with a token only, within ten seconds.");
        return ExitCode.Ok;
    }
}
