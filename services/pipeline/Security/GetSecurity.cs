using Auxo.Owners;
using Auxo.Pipeline.Findings;
using Auxo.Pipeline.Findings.Listing;
using Auxo.Pipeline.Owners;
using Auxo.Pipeline.Workspaces;
using Auxo.ServiceDefaults.Access;

using Microsoft.AspNetCore.Http.HttpResults;

using Npgsql;

namespace Auxo.Pipeline.Security;

/// <summary>
/// <c>GET /security?rid=&amp;days=</c>: findings of a default branch that may let somebody in, and how they came and went;
/// <c>GET /security/repositories</c>: how all repositories stand.
/// </summary>
public static class GetSecurity
{
    private const int UsualDays = 30;
    private const int MostDays = 365;
    private const int MostDue = 20;

    internal static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/security", HandleAsync).WithName("GetSecurity").RequireScopeOrPublic("pipeline:read");
        routes.MapGet("/security/repositories", ListAsync).WithName("ListSecurity").RequireScope("pipeline:read");
    }

    private static async Task<Results<Ok<SecurityReport>, ProblemHttpResult>> HandleAsync(
        Rid rid, NpgsqlDataSource database, FindingsStore findings, DueDates due, GitSources sources, RepositoryFolders folders,
        TimeProvider time, CancellationToken ct, int days = UsualDays)
    {
        if (days is < 1 or > MostDays)
            return AuxoProblem.BadRequest(
                "request/invalid-days", $"'days' must be between 1 and {MostDays}: fixed findings are remembered for a year.");
        if (await SecurityTable.RepositoriesAsync(database, rid, ct) is not [var repository])
            return AuxoProblem.NotFound("repository/unknown", $"{rid} is not tracked; 'auxo repo track {rid}' does that.");
        var now = time.GetUtcNow();
        var today = DateOnly.FromDateTime(now.UtcDateTime);
        var record = await findings.RecordAsync(rid, ct);
        var measure = new MeasureSecurity(await SecurityTable.LivesAsync(database, rid, today, ct), due, now);
        var owners = await OwnersAsync(repository, sources, folders, ct);
        var first = measure.DueFirst(MostDue);
        var whole = (await SecurityTable.FindAsync(database, rid, [.. first.Select(static one => one.Life.Id)], ct))
            .ToDictionary(static row => row.Id, StringComparer.Ordinal);
        return TypedResults.Ok(new SecurityReport(
            rid, repository.Name, now.AddDays(-days), now,
            SecurityScore.Of(measure.Counted(), CountFindings.HasLooked(record)), measure.Severities(), measure.Checks(), measure.ByAge(),
            measure.ByOwner(OwnersOf), measure.Pace(now.AddDays(-days)), measure.Days(days),
            // One may have been fixed since.
            [.. first.Where(one => whole.ContainsKey(one.Life.Id)).Select(one => new DueFinding(
                FindingResponse.Of(whole[one.Life.Id], today), OwnersOf(one.Life.Path), one.Due, one.Due < today))],
            [.. (record?.Looks ?? new Dictionary<string, CheckLook>()).Where(static look => SecurityChecks.Has(look.Key))
                .OrderBy(static look => look.Key, StringComparer.Ordinal).Select(static look => FindingCheck.Of(look.Key, look.Value))]));

        IReadOnlyList<string> OwnersOf(string path) => path.Length == 0 ? [] : owners?.OwnersOf(path) ?? [];
    }

    private static async Task<Ok<SecurityList>> ListAsync(
        NpgsqlDataSource database, FindingsStore findings, DueDates due, TimeProvider time, CancellationToken ct)
    {
        var today = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
        var items = new List<SecuritySummary>();
        foreach (var repository in await SecurityTable.RepositoriesAsync(database, rid: null, ct))
        {
            var record = await findings.RecordAsync(repository.Rid, ct);
            var groups = record is null ? [] : await SecurityTable.GroupsAsync(database, repository.Rid, today, ct);
            var counts = CountFindings.Counts(groups.Where(static group => SecurityChecks.Has(group.Check)), due, today);
            items.Add(new SecuritySummary(
                repository.Rid, repository.Name, SecurityScore.Of(counts, CountFindings.HasLooked(record)).Value,
                MeasureSecurity.Row("all", counts),
                record?.Looks.Where(static look => SecurityChecks.Has(look.Key) && !look.Value.IsOff)
                    .Max(static look => (DateTimeOffset?)look.Value.At)));
        }

        return TypedResults.Ok(new SecurityList(items, SecurityScore.Of([], hasLooked: false).Formula));
    }

    /// <summary>The file of owners at the head; null where there is none, or its objects cannot be read now.</summary>
    private static async Task<OwnersFile?> OwnersAsync(
        SecuredRepository repository, GitSources sources, RepositoryFolders folders, CancellationToken ct)
    {
        var folder = folders.FolderOf(repository.Source);
        if (repository.Head is not { } head || !Directory.Exists(folder)) return null;
        await using var source = sources.Open(folder);
        try
        {
            return await PatchOwners.FileAsync(source.Objects, head, ct);
        }
        catch (GitException)
        {
            return null;
        }
    }
}
