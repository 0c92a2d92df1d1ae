using System.Net;
using System.Net.Http.Headers;
using System.Text.RegularExpressions;

using Auxo.ServiceDefaults.Access;
using Auxo.Testing;

using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;

namespace Auxo.Registry.Tests.Access;

/// <summary>
/// Every route of the registry, by every method, for every repository, with tokens that may something else: of another repository, of some
/// packages only, and to read only. A route that is added is asked too.
/// </summary>
public sealed partial class AccessMatrixTests(PostgresFixture postgres)
{
    private static readonly string[] Repositories = ["raw", "npm", "pypi", "nuget", "oci", "debian", "brew"];

    /// <summary>What every token may, whatever it is for: ask who it is, and begin to log in.</summary>
    private static readonly string[] OfNoRepository =
        ["/tokens/self", "/sessions/self", "/v2", "/v2/", "/v2/_catalog", "/v2/token", "/openapi/v1.json"];

    /// <summary>The package is named in what is sent: a token of some packages is let in to say which, and is refused then.</summary>
    private static readonly string[] NamedInBody =
        ["/pypi/{repository}/legacy", "/nuget/{repository}/v3/push", "/nuget/{repository}/v3/symbols"];

    /// <summary>Changes nothing, although its method says otherwise.</summary>
    private static readonly Regex Asking = ReadingPosts();

    [Fact]
    public async Task a_token_of_something_else_opens_nothing()
    {
        await using var host = await RegistryHost.StartAsync(
            await postgres.CreateDatabaseAsync(), Directory.CreateTempSubdirectory("auxo-registry-").FullName);
        foreach (var format in Repositories) await host.DefineAsync(format, format: format);
        (await host.PutAsync("/raw/raw/x", "x")).Dispose();
        var routes = Routes(host.Get<EndpointDataSource>()).ToList();
        Assert.True(routes.Count > 60, $"only {routes.Count} routes were found");

        var leaks = new List<string>();
        foreach (var scopes in (string[][])[
            [], ["pipeline:read", "pipeline:write", "notify:send", "metrics:report"],
            ["registry:read:other", "registry:write:other"], ["registry:write:npmx", "registry:write:npm/@other/*"], ["registry:read"]])
        {
            var mayRead = scopes is ["registry:read"];
            using var client = await ClientAsync(host, scopes);
            foreach (var (method, route) in routes)
            {
                foreach (var repository in Named(route) ? Repositories : ["x"])
                {
                    var path = Hole().Replace(route, hole => hole.Value is "{repository}" or "{name}" && Named(route) ? repository : "x");
                    if (OfNoRepository.Contains(path, StringComparer.Ordinal) || AboutTheCaller().IsMatch(path)
                        || mayRead && IsReading(method, path)) continue;
                    using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = new StringContent("{}") };
                    using var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
                    if (answer.StatusCode is not (HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden)
                        && (answer.IsSuccessStatusCode || !NamedInBody.Contains(route, StringComparer.Ordinal)))
                        leaks.Add($"{method} {path} with [{string.Join(' ', scopes)}]: {(int)answer.StatusCode}");
                }
            }
        }

        Assert.True(leaks.Count == 0, string.Join('\n', leaks));
    }

    private static bool IsReading(string method, string path) => method is "GET" or "HEAD" || Asking.IsMatch(path);

    private static bool Named(string route)
        => route.Contains("{repository}", StringComparison.Ordinal) || route.StartsWith("/repositories/{name}", StringComparison.Ordinal);

    private static async Task<HttpClient> ClientAsync(RegistryHost host, string[] scopes)
    {
        var client = new HttpClient { BaseAddress = host.Address };
        if (scopes.Length > 0)
        {
            var token = await AccessToken.CreateAsync(host.Database, $"matrix {Guid.NewGuid()}", scopes, null, CancellationToken.None);
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        return client;
    }

    private static IEnumerable<(string Method, string Route)> Routes(EndpointDataSource source)
        => source.Endpoints.OfType<RouteEndpoint>()
            .Where(static e => e.Metadata.GetMetadata<IAllowAnonymous>() is null && !e.Metadata.GetOrderedMetadata<AuthorizationPolicy>()
                .SelectMany(static p => p.Requirements)
                    .Any(static r => r.ToString()!.Contains("OpenOnLoopback = True", StringComparison.Ordinal)))
            .SelectMany(static e => (e.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["GET"]).Select(method
                => (method, "/" + Constraint().Replace(e.RoutePattern.RawText!.TrimStart('/'), "{${name}}"))));

    [GeneratedRegex(@"\{\*{0,2}(?<name>[a-zA-Z]+)(:[a-z]+(\([^)]*\))?)?\}", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Constraint();

    [GeneratedRegex(@"\{[a-zA-Z]+\}", RegexOptions.NonBacktracking)]
    private static partial Regex Hole();

    /// <summary>npm asks who its token is, and ends it, below a repository's address.</summary>
    [GeneratedRegex(@"^/npm/[^/]+/-/(whoami|user/(token/)?x)\z", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex AboutTheCaller();

    [GeneratedRegex(@"^(/npm/[^/]+/-/npm/v1/security/|/mirrors/[^/]+/prefetch)",
        RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex ReadingPosts();
}
