using Auxo.Pipeline.Checks.Files;
using Auxo.Pipeline.Queueing;
using Auxo.Pipeline.Reading;
using Auxo.ServiceDefaults.Access;
using Auxo.Pipeline.Workspaces;

using Microsoft.AspNetCore.Http.HttpResults;

using Npgsql;

namespace Auxo.Pipeline.Requesting;

/// <summary>What <c>POST /builds</c> is given.</summary>
/// <param name="Rid">A tracked repository; or null and <paramref name="Source"/>.</param>
/// <param name="Source">The path of a git repository on this machine, for <c>auxo ci build</c>.</param>
/// <param name="Commit">The commit: 40 hex digits, or a name that git resolves there.</param>
/// <param name="Ref">What to call it; by default <c>manual</c>.</param>
/// <param name="Trusted">True to answer for the commit, whoever wrote it: its own pipeline file counts and its steps run. For
/// administrators.</param>
public sealed record RequestBuildBody(Rid? Rid, string? Source, string Commit, string? Ref, bool Trusted = false);

/// <summary>
/// <c>POST /builds</c>: builds a commit by hand, as the next attempt. To ask for a build is not to vouch for its author: a
/// commit of a Radicle repository that no trusted key stands behind is a stranger's, and its steps wait for approval like any
/// stranger's.
/// </summary>
public static class RequestBuild
{
    internal static void Map(IEndpointRouteBuilder routes)
        => routes.MapPost("/builds", HandleAsync).WithName("RequestBuild").RequireScope("pipeline:write");

    private static async Task<Results<Accepted<BuildResponse>, ProblemHttpResult>> HandleAsync(
        RequestBuildBody body, HttpContext http, NpgsqlDataSource database, GitSources sources,
        RepositoryFolders folders, NextAttempt next, CancellationToken ct)
    {
        if ((body.Rid is null) == (body.Source is null)) return AuxoProblem.BadRequest(
            "build/no-repository", "Give either 'rid' (a tracked repository) or 'source' (the path of a git repository).");
        if (body.Ref is { Length: > 200 }) return AuxoProblem.BadRequest("build/invalid-ref", "'ref' may have 200 characters.");
        if (body.Trusted && !http.User.HasScope(AccessToken.Admin))
            return AuxoProblem.Of(StatusCodes.Status403Forbidden, "build/not-yours-to-trust",
                "Only a token with the scope 'admin' may answer for a commit; leave 'trusted' out, and approve the "
                    + "build once you have read it.");
        if (await BuildRepository.FindAsync(database, folders, body.Rid, body.Source, ct) is not { } repository)
        {
            return body.Rid is { } rid
                ? AuxoProblem.NotFound("repository/unknown", $"{rid} is not tracked; 'auxo repo track {rid}' does that.")
                : AuxoProblem.Unprocessable(
                    "repository/not-git",
                    $"{body.Source} is no git repository that this service can read, or one of Radicle's that is not "
                        + "tracked ('auxo repo track' does that). Give its absolute path.");
        }

        var folder = folders.FolderOf(repository.Source);
        var (commit, title) = await ResolveAsync(sources, folder, body.Commit, ct);
        if (commit is not { } found) return AuxoProblem.Unprocessable(
            "build/no-such-commit", $"{folder} has no commit '{PlainText.OneLine(body.Commit ?? "", 80)}'.");

        var trust = body.Trusted || await KnownCommits.IsTrustedAsync(database, repository, folder, found, ct)
            ? Trust.Trusted : Trust.Stranger;
        var request = new BuildRequest(
            repository.Rid, repository.Name, BuildTrigger.Manual, null, null, body.Ref
                ?? "manual", found, title, null, repository.Source, trust, repository.Head,
            http.Caller());
        var build = await next.QueueAsync(request, ct);
        return TypedResults.Accepted($"/builds/{build.BuildId}", BuildResponse.Of(build));
    }

    private static async Task<(CommitId? Commit, string Title)> ResolveAsync(
        GitSources sources, string folder, string name, CancellationToken ct)
    {
        // What git would take for an option or a range never reaches it: the name goes to the standard input of cat-file.
        if (string.IsNullOrWhiteSpace(name) || name.Length > 300) return (null, "");
        await using var use = sources.Open(folder);
        if (await use.Objects.ReadAsync($"{name}^{{commit}}", ct, maxBytes: 1 << 20) is not { Type: "commit" } commit) return (null, "");
        var message = commit.Text.Split("\n\n", 2);
        return (CommitId.Parse(commit.Oid), message.Length < 2 ? "" : PlainText.OneLine(message[1].Split('\n')[0], 200));
    }
}
