using Auxo.Pipeline.Joining;
using Auxo.Pipeline.Reports;
using Auxo.Pipeline.Runners.Leases;

using Npgsql;

namespace Auxo.Pipeline.Runners.Protocol;

/// <summary>
/// <c>GET /runner/{runner}/builds/{id}/source</c>: the commit, and the one that it is compared with, as a pack of git; without what
/// <c>?have=</c> says the runner has. <c>GET …/before/{step}</c>: what the step's reports said in other builds.
/// </summary>
internal static class SendSource
{
    /// <summary>More are not looked at.</summary>
    private const int MostKnown = 64;

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/source", HandleAsync).WithName("SendSource");
        routes.MapGet("/before/{step}", BeforeAsync).WithName("SendReportsBefore");
    }

    private static async Task<IResult> HandleAsync(
        string runner, Guid id, HttpContext http, Handovers handovers, CommitJoiner joiner, PackSettings settings,
        ILogger<Handovers> logger, CancellationToken ct)
    {
        var (held, refusal) = await handovers.HoldAsync(http, runner, id, ct);
        if (held?.Build is not { } build) return refusal!;
        var have = http.Request.Query["have"].ToString().Split(',', MostKnown + 1).Take(MostKnown)
            .Where(static text => CommitId.TryParse(text, null, out _)).ToList();
        string[] wanted = build.Since is { } since ? [build.BuiltCommit.Value, since.Value] : [build.BuiltCommit.Value];
        var folder = await joiner.FolderAsync(build, ct);
        // The one that it is compared with may be gone, as after a forced push.
        IReadOnlyList<string> there = [.. await PresentAsync(folder, wanted, ct)];
        if (!there.Contains(build.BuiltCommit.Value, StringComparer.Ordinal))
            return AuxoProblem.NotFound("workspace/commit-missing", $"The repository has no commit {build.BuiltCommit} any more.");
        http.Response.ContentType = "application/x-git-packed-objects";
        try
        {
            await GitPack.WriteAsync(folder, there, have, http.Response.Body, settings.PackBytes, ct);
        }
        catch (Exception e) when (e is GitException or PackTooLargeException)
        {
            // The answer has begun: it is cut, and the other side sees that it is no whole pack.
            logger.LogError("The source of build {BuildId} was not sent: {Reason}", id, e.Message);
            http.Abort();
        }

        return Results.Empty;
    }

    private static async Task<IReadOnlyList<string>> PresentAsync(string folder, IReadOnlyList<string> commits, CancellationToken ct)
    {
        var there = new List<string>();
        foreach (var commit in commits)
            if (await GitCommand.AskAsync(folder, ct, "cat-file", "-t", commit) == "commit") there.Add(commit);
        return there;
    }

    private static async Task<IResult> BeforeAsync(
        string runner, Guid id, string step, HttpContext http, Handovers handovers, IDocumentStore store, NpgsqlDataSource database,
        CancellationToken ct)
    {
        var (held, refusal) = await handovers.HoldAsync(http, runner, id, ct);
        if (held?.Build is not { } build) return refusal!;
        return Results.Json(await ReportsBefore.ReadAsync(store, database, build, step, ct), RunnerJson.Default.ReportsBefore);
    }
}
