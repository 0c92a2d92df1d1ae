using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;

namespace Auxo.Architecture.Tests;

/// <summary>Every route has a rule; these are the ones without a token.</summary>
public sealed class AccessRulesTests
{
    [Fact]
    public void only_probes_signed_webhooks_and_the_sign_in_are_open_to_everybody()
    {
        var open = RunningServices.All.SelectMany(static s => s.Value.Endpoints.Where(static e
            => e.Metadata.GetMetadata<IAllowAnonymous>() is not null).Select(e => $"{s.Key} {Route(e)}"));

        string[] allowed =
        [
            .. RunningServices.All.Keys.SelectMany(static s => new[] { $"{s} * /health", $"{s} * /alive" }),
            "ingest POST /hooks/radicle", "ingest POST /", "registry POST /sessions", "registry POST /sessions/challenges",
            "registry POST /sessions/authorizations",
            // npm logs in there, with name and password; there is no way by a browser, which it asks for first.
            "registry PUT /npm/{repository}/-/user/{user}", "registry POST /npm/{repository}/-/v1/login",
            "registry GET /v2/token", "registry POST /v2/token",
        ];
        Assert.Empty(open.Except(allowed, StringComparer.Ordinal));
    }

    [Fact]
    public void every_other_route_asks_for_a_scope_or_is_for_administrators()
        => Assert.All(
            RunningServices.All.SelectMany(static s => s.Value.Endpoints)
                .Where(static e => e.Metadata.GetMetadata<IAllowAnonymous>() is null),
            static e => Assert.All(e.Metadata.GetOrderedMetadata<AuthorizationPolicy>(), static p => Assert.NotEmpty(p.Requirements)));

    [Fact]
    public void a_token_that_may_only_read_changes_nothing()
        => Assert.Empty(RunningServices.All.SelectMany(static s => s.Value.Endpoints.Where(static e => Changes(e) && AsksToRead(e))
            .Select(e => $"{s.Key} {Route(e)}"))
            // A question that is too long for an address, and one that fetches what a download would.
            .Except(["registry POST /npm/{repository}/-/npm/v1/security/advisories/bulk", "registry POST /mirrors/{repository}/prefetch"],
                StringComparer.Ordinal));

    [Fact]
    public void probes_and_metrics_are_everywhere()
        => Assert.All(RunningServices.All.Values.Where(static s => s.Endpoints.Count > 0), static s => Assert.Superset(
            new HashSet<string>(["* /health", "* /alive", "GET,HEAD /metrics"], StringComparer.Ordinal),
            s.Endpoints.Select(Route).ToHashSet(StringComparer.Ordinal)));

    private static bool Changes(RouteEndpoint endpoint)
        => endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods.Any(static m => m is not ("GET" or "HEAD")) is true;

    private static bool AsksToRead(RouteEndpoint endpoint)
        => endpoint.Metadata.GetOrderedMetadata<AuthorizationPolicy>().SelectMany(static p => p.Requirements)
            .Any(static r => r.ToString()!.Contains(":read,", StringComparison.Ordinal));

    private static string Route(RouteEndpoint endpoint)
        => $"{string.Join(',', endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["*"])} "
            + $"/{endpoint.RoutePattern.RawText?.TrimStart('/')}";
}
