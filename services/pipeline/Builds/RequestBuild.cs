using System.Security.Cryptography;
using System.Text;

using Auxo.EventStore;
using Auxo.Messaging;
using Auxo.ServiceDefaults.Access;

using Microsoft.AspNetCore.Http.HttpResults;

using Npgsql;

namespace Auxo.Pipeline.Builds;

/// <summary>What <c>POST /builds</c> is given.</summary>
/// <param name="Rid">A tracked repository; or null and <paramref name="Source"/>.</param>
/// <param name="Source">The path of a git repository on this machine, for <c>auxo ci run</c>.</param>
/// <param name="Commit">The commit: 40 hex digits, or a name that git resolves there.</param>
/// <param name="Ref">What to call it; by default <c>manual</c>.</param>
public sealed record RequestBuildBody(Rid? Rid, string? Source, string Commit, string? Ref);

/// <summary>
/// <c>POST /builds</c>: builds a commit by hand, as the next attempt. Whoever may ask for it may approve it, so the steps run at once; but a commit that is
/// known as a stranger's still takes the canonical branch's pipeline file.
/// </summary>
public static class RequestBuild
{
    internal static void Map(IEndpointRouteBuilder routes) => routes.MapPost("/builds", HandleAsync).WithName("RequestBuild").RequireScope("pipeline:write");

    private static async Task<Results<Accepted<BuildResponse>, ProblemHttpResult>> HandleAsync(
        RequestBuildBody body, HttpContext http, IDocumentStore store, IMessageBus bus, NpgsqlDataSource database, GitSources sources, QueueBuild queue, TimeProvider time,
        CancellationToken ct)
    {
        if ((body.Rid is null) == (body.Source is null)) return AuxoProblem.BadRequest("build/no-repository", "Give either 'rid' (a tracked repository) or 'source' (the path of a git repository).");
        if (await FindAsync(database, body, ct) is not { } repository)
        {
            return body.Rid is { } rid
                ? AuxoProblem.NotFound("repository/unknown", $"{rid} is not tracked; 'auxo repo track {rid}' does that.")
                : AuxoProblem.Unprocessable("repository/not-git", $"{body.Source} is no git repository that this service can read; give its absolute path.");
        }

        if (body.Ref is { Length: > 200 }) return AuxoProblem.BadRequest("build/invalid-ref", "'ref' may have 200 characters.");
        var (commit, title) = await ResolveAsync(sources, repository.Source, body.Commit, ct);
        if (commit is not { } found) return AuxoProblem.Unprocessable("build/no-such-commit", $"{repository.Source} has no commit '{Checks.PlainText.OneLine(body.Commit ?? "", 80)}'.");

        var by = http.User.Identity?.Name ?? "unknown";
        var trust = repository.Rid.IsRadicle && await BuildTable.IsStrangersAsync(database, repository.Rid, found, ct) ? Trust.Stranger : Trust.Trusted;
        var request = new BuildRequest(
            repository.Rid, repository.Name, BuildTrigger.Manual, null, null, body.Ref ?? "manual", found, title, null, repository.Source, trust, repository.Head, by);
        while (true)
        {
            await using var session = store.LightweightSession();
            if (trust == Trust.Stranger) session.QueueSqlCommand(ApproveBuild.Remember(request.Rid, found, by, time.GetUtcNow()));
            var attempt = await BuildTable.NextAttemptAsync(database, request.Rid, request.Trigger, request.SubjectKey, found, ct);
            var (build, messages) = await queue.QueueAsync(session, request, attempt, time.GetUtcNow(), ct);
            if (build is null) continue;
            foreach (var message in messages) bus.Publish(session, message, Build.StreamKey(build.Id));
            try
            {
                await session.SaveChangesAsync(ct);
                return TypedResults.Accepted($"/builds/{build.Id}", BuildResponse.Of(build));
            }
            catch (ConcurrencyException)
            {
                // Somebody asked for the same at the same moment: theirs is one attempt, ours the next.
            }
        }
    }

    /// <summary>The id of a plain repository: its name and a hash of its path, the same as ingest gives it.</summary>
    internal static Rid PlainRid(string path)
    {
        var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        var name = string.Concat(Path.GetFileName(full).Select(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-' ? c : '-')).Trim('.', '-');
        if (name.EndsWith(".git", StringComparison.Ordinal)) name = name[..^4];
        if (name.Length == 0) name = "repository";
        return Rid.Parse($"git:{name[..Math.Min(name.Length, 80)]}-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(full)))[..8]}");
    }

    private static async Task<(Rid Rid, string Name, string Source, CommitId? Head)?> FindAsync(NpgsqlDataSource database, RequestBuildBody body, CancellationToken ct)
    {
        await using var command = database.CreateCommand(
            "select rid, name, source, head from pipeline.repositories where rid = $1 or source = $2 limit 1")
            .With((object?)body.Rid?.Value ?? DBNull.Value, body.Source is null ? DBNull.Value : Path.TrimEndingDirectorySeparator(body.Source));
        await using (var reader = await command.ExecuteReaderAsync(ct))
        {
            if (await reader.ReadAsync(ct))
                return (Rid.Parse(reader.GetString(0)), reader.GetString(1), reader.GetString(2), await reader.IsDBNullAsync(3, ct) ? null : CommitId.Parse(reader.GetString(3)));
        }

        if (body.Source is not { } source || !Path.IsPathRooted(source) || !IsGit(source)) return null;
        var rid = PlainRid(source);
        return (rid, rid.Bare[..^9], Path.TrimEndingDirectorySeparator(Path.GetFullPath(source)), null);
    }

    private static bool IsGit(string path) => Path.Exists(Path.Combine(path, ".git")) || Directory.Exists(Path.Combine(path, "objects"));

    private static async Task<(CommitId? Commit, string Title)> ResolveAsync(GitSources sources, string source, string name, CancellationToken ct)
    {
        // What git would take for an option or a range never reaches it: the name goes to the standard input of cat-file.
        if (string.IsNullOrWhiteSpace(name) || name.Length > 300) return (null, "");
        await using var use = sources.Open(source);
        if (await use.Objects.ReadAsync($"{name}^{{commit}}", ct, maxBytes: 1 << 20) is not { Type: "commit" } commit) return (null, "");
        var message = commit.Text.Split("\n\n", 2);
        return (CommitId.Parse(commit.Oid), message.Length < 2 ? "" : Checks.PlainText.OneLine(message[1].Split('\n')[0], 200));
    }
}
