using System.Text.RegularExpressions;

using Auxo.Pipeline.Runners.Placing;
using Auxo.ServiceDefaults.Access;

using Microsoft.AspNetCore.Http.HttpResults;

namespace Auxo.Pipeline.Runners;

/// <summary>What <c>PUT /runners/{name}</c> is given.</summary>
/// <param name="Labels">What the machine has, besides its system and processor.</param>
/// <param name="Reserved">It takes only builds that ask for labels.</param>
/// <param name="Strangers">It takes builds of authors who are not trusted; null for yes, as the main machine does.</param>
public sealed record RunnerBody(IReadOnlyList<string>? Labels = null, bool Reserved = false, bool? Strangers = null);

/// <summary>
/// <c>PUT /runners/{name}</c>: makes a runner known, or gives it other labels. Its token is made by the registry, with the scope
/// <c>pipeline:runner:NAME</c>; <c>auxo runner token</c> does both.
/// </summary>
public static partial class RegisterRunner
{
    internal static void Map(IEndpointRouteBuilder routes)
        => routes.MapPut("/runners/{name}", HandleAsync).WithName("RegisterRunner").RequireScope(AccessToken.Admin);

    private static async Task<Results<Ok<RunnerResponse>, ProblemHttpResult>> HandleAsync(
        string name, RunnerBody body, HttpContext http, RunnerTable table, RunnerDesk desk, TimeProvider time, CancellationToken ct)
    {
        if (!Name().IsMatch(name)) return AuxoProblem.BadRequest(
            "runner/invalid-name", "A runner's name has small letters, digits, '.', '-' and '_', at most 40, and begins with a letter.");
        if (RunnerLabels.Refuse(body.Labels ?? []) is { } wrong) return AuxoProblem.BadRequest("runner/invalid-label", wrong);
        var runner = await table.PutAsync(
            name, [.. (body.Labels ?? []).Distinct(StringComparer.Ordinal)], body.Reserved, body.Strangers ?? true,
            http.Caller(), time.GetUtcNow(), ct);
        desk.Dismiss(name);
        return TypedResults.Ok(RunnerResponse.Of(runner, [], time.GetUtcNow()));
    }

    [GeneratedRegex("^[a-z][a-z0-9._-]{0,39}\\z", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Name();
}
