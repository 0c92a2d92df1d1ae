using Auxo.Metrics.Dora;

using Microsoft.AspNetCore.Http.HttpResults;

namespace Auxo.Metrics.Repositories;

/// <summary>
/// <c>GET</c> and <c>PUT /api/repositories/{rid}/policy</c>: how a repository is counted. The past is redrawn by it; an answer
/// of an earlier position keeps the rules of then.
/// </summary>
public static class SetPolicy
{
    internal static void Map(IEndpointRouteBuilder app)
    {
        app.MapGet("/api/repositories/{rid}/policy", GetAsync).WithName("GetPolicy").RequireScope(MetricsScopes.Read);
        app.MapPut("/api/repositories/{rid}/policy", PutAsync).WithName("SetPolicy").RequireScope(MetricsScopes.Write);
    }

    private static async Task<Ok<CountingPolicy>> GetAsync(Rid rid, IQuerySession session, CancellationToken ct)
        => TypedResults.Ok((await session.Events.AggregateStreamAsync<Repository>(Repository.StreamKey(rid), token: ct))?.Policy
            ?? CountingPolicy.Default);

    private static async Task<Results<Ok<CountingPolicy>, ProblemHttpResult>> PutAsync(
        Rid rid, CountingPolicy policy, IDocumentStore store, TimeProvider time, CancellationToken ct)
    {
        if (Calendar.Find(policy.Zone) is null)
            return AuxoProblem.Unprocessable(
                "policy/unknown-zone", $"There is no time zone {policy.Zone} on this machine. Use an IANA name such as Europe/Berlin.");
        if (policy.Production is { } names && (names.Count is 0 or > 20 || names.Any(static n => n.Length is 0 or > 128)))
            return AuxoProblem.Unprocessable("policy/invalid-production", "'production' must name 1 to 20 environments.");
        if (policy.Seeds is < 1 or > 100 || policy.BuildMinutes is < 1 or > 1440)
            return AuxoProblem.Unprocessable(
                "policy/invalid-health", "'seeds' must be between 1 and 100, and 'buildMinutes' between 1 and 1440.");

        await using var session = store.TracedSession();
        var stream = await session.Events.FetchForWriting<Repository>(Repository.StreamKey(rid), ct);
        stream.AppendOne(new RepositoryEvent.PolicyChanged(rid, policy, time.GetUtcNow()));
        CrashPoint.Hit("metrics.policy.before_commit");
        await session.SaveChangesAsync(ct);
        CrashPoint.Hit("metrics.policy.committed");
        return TypedResults.Ok(policy);
    }
}
