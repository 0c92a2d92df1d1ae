using System.CommandLine;

using Auxo.Api;
using Auxo.Cli.Ci;
using Auxo.Cli.Repositories;

namespace Auxo.Cli.Baselines;

/// <summary><c>auxo repo baseline accept REPOSITORY BUILD</c></summary>
internal static class AcceptFindings
{
    public static Command Create(CliHost host)
    {
        var repository = RepositoryArgument.Create();
        var build = BuildArgument.Create();
        return new Command("accept", "What this build found is known from now on and does not block") { repository, build }
            .Does(host, (parsed, session, ct)
                => RunAsync(session, parsed.GetRequiredValue(repository), parsed.GetRequiredValue(build), ct));
    }

    private static async Task<int> RunAsync(Session session, string text, string buildText, CancellationToken ct)
    {
        var repository = await RepositoryArgument.ResolveAsync(session.Clients.Ingest, text, ct);
        var build = await BuildArgument.ResolveAsync(session.Clients.Pipeline, buildText, ct);
        if (build.Rid != repository.Rid)
            throw new CliException(ExitCode.Usage, $"Build {build.Short} is of {build.RepositoryName}, not of {repository.Name}.");
        var answer = await session.Clients.Pipeline.AcceptAsync(repository.Rid, new AcceptRequest(build.Id), ct);
        var terminal = session.Terminal;
        if (terminal.Json) terminal.WriteJson(new { repository.Rid, build = build.Id, answer.Accepted, answer.Known });
        else terminal.Line(
            $"{answer.Accepted} findings of build {build.Short} are known from now on, {answer.Known} in all. Build it again: auxo ci "
                + $"rerun {build.Short}");
        return ExitCode.Ok;
    }
}
