using System.Text.Json;
using System.Text.Json.Nodes;

using Auxo.ServiceDefaults.Description;

using Microsoft.AspNetCore.OpenApi;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.OpenApi;

namespace Auxo.Architecture.Tests.Description;

/// <summary>
/// What a service says of its own routes is written here, from the service as it is put together, and is a part of its program: run these
/// tests with <c>AUXO_UPDATE_DOCS=1</c> to write it again, and build.
/// </summary>
public sealed class DescriptionTests
{
    private static readonly JsonSerializerOptions Readable = new(JsonSerializerOptions.Web) { WriteIndented = true };

    public static TheoryData<string> Services => [.. RunningServices.All.Keys];

    [Theory]
    [MemberData(nameof(Services))]
    public async Task a_service_describes_the_routes_that_it_has(string service)
    {
        var text = (await DocumentAsync(service)).ToJsonString(Readable) + "\n";
        var file = Path.Combine(Solution.Root, "services", service, ServiceDescription.File);
        if (Environment.GetEnvironmentVariable("AUXO_UPDATE_DOCS") == "1") await File.WriteAllTextAsync(file, text);
        Assert.True(
            await File.ReadAllTextAsync(file) == text,
            $"services/{service}/{ServiceDescription.File} is out of date. Run AUXO_UPDATE_DOCS=1 ./auxo test Architecture, commit it.");
        await using var built = RunningServices.All[service].Assembly.GetManifestResourceStream(ServiceDescription.File)!;
        Assert.NotNull(await JsonNode.ParseAsync(built));
    }

    [Theory]
    [MemberData(nameof(Services))]
    public async Task every_route_is_described_with_a_summary_and_the_scope_that_it_asks_for(string service)
    {
        var document = await DocumentAsync(service);
        Assert.Equal($"Auxo {service}", (string)document["info"]!["title"]!);
        foreach (var (method, path, name) in RunningServices.All[service].Endpoints.SelectMany(Routes))
        {
            var route = document["paths"]![path]?[method];
            Assert.True(route is not null, $"{service}: {method} {path} is not described");
            Assert.True((string?)route["summary"] is { Length: > 10 }, $"{service}: {method} {path} has no summary");
            Assert.True(
                route["security"]?[0]?["token"] is not null
                    || name is "ReceiveHook" or "ReceiveHookAtRoot" or "MakeChallenge" or "MakeAuthorization" or "StartSession"
                        or "LogInToNpm" or "LogInToNpmByBrowser"
                        or "IssueOciToken" or "IssueOciTokenByForm",
                $"{service}: {method} {path} says no scope");
        }
    }

    [Fact]
    public async Task a_route_that_everybody_may_ask_of_a_public_repository_says_so()
    {
        var document = await DocumentAsync("pipeline");
        var build = document["paths"]!["/builds/{id}"]!["get"]!;
        Assert.Equal("""[{"token":["pipeline:read"]},{}]""", build["security"]!.ToJsonString());
        Assert.Equal("One build with findings, artifacts and its verdict.", (string)build["summary"]!);
        Assert.Equal("""[{"token":["pipeline:write"]}]""", document["paths"]!["/builds"]!["post"]!["security"]!.ToJsonString());
        Assert.NotNull(document["components"]!["schemas"]!["BuildDetails"]!["properties"]!["findings"]);
    }

    private static async Task<JsonNode> DocumentAsync(string service)
    {
        using var scope = RunningServices.All[service].Services.CreateScope();
        var document = await scope.ServiceProvider.GetRequiredKeyedService<IOpenApiDocumentProvider>(DescribeService.Document)
            .GetOpenApiDocumentAsync();
        using var text = new MemoryStream();
        await document.SerializeAsJsonAsync(text, OpenApiSpecVersion.OpenApi3_1);
        text.Position = 0;
        return (await JsonNode.ParseAsync(text))!;
    }

    /// <summary>But for probes and metrics, which are no part of the API.</summary>
    private static IEnumerable<(string Method, string Path, string? Name)> Routes(RouteEndpoint endpoint)
        => endpoint.RoutePattern.RawText is "/health" or "/alive" or "/metrics"
            || endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods is not { Count: > 0 } methods
                ? []
                : methods.Select(m => (
                    m.ToLowerInvariant(),
                    "/" + string.Join('/', endpoint.RoutePattern.PathSegments.Select(static s => string.Concat(s.Parts.Select(Part)))),
                    endpoint.Metadata.GetMetadata<IEndpointNameMetadata>()?.EndpointName));

    private static string Part(RoutePatternPart part)
        => part is RoutePatternParameterPart parameter ? $"{{{parameter.Name}}}" : ((RoutePatternLiteralPart)part).Content;
}
