using System.Collections.Concurrent;
using System.Security.Cryptography;

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Auxo.Pipeline.Tests.Checks.Packages;

/// <summary>An npm registry and a NuGet server on loopback, with the advisories that a test writes.</summary>
public sealed class FakeRegistry : IAsyncDisposable
{
    private readonly WebApplication _app =
        WebApplication.CreateSlimBuilder(["--urls=http://127.0.0.1:0", "--Logging:LogLevel:Default=None"]).Build();

    /// <summary>Instead of all answers, when it is set.</summary>
    public RequestDelegate? Instead { get; set; }

    /// <summary>What the bulk endpoint of npm answers.</summary>
    public string Npm { get; set; } = "{}";

    /// <summary>The two pages of NuGet.</summary>
    public string Base { get; set; } = "{}";

    /// <inheritdoc cref="Base"/>
    public string Update { get; set; } = "{}";

    /// <summary>What came, as <c>METHOD path status body</c>.</summary>
    public ConcurrentQueue<string> Asked { get; } = new();

    public string Address => _app.Urls.First();

    public string Index => Address + "/v3/index.json";

    public static async Task<FakeRegistry> StartAsync()
    {
        var registry = new FakeRegistry();
        registry._app.Run(registry.AnswerAsync);
        await registry._app.StartAsync();
        return registry;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext http)
    {
        using var reader = new StreamReader(http.Request.Body);
        var body = await reader.ReadToEndAsync();
        if (Instead is { } instead) await instead(http);
        else await AsTheyDoAsync(http);
        Asked.Enqueue($"{http.Request.Method} {http.Request.Path} {http.Response.StatusCode} {body}".TrimEnd());
    }

    private async Task AsTheyDoAsync(HttpContext http)
    {
        var answer = http.Request.Path.Value switch
        {
            "/-/npm/v1/security/advisories/bulk" when http.Request.Method == "POST" => Npm,
            "/v3/index.json" => $$"""
                {"version":"3.0.0","resources":[{"@id":"{{Address}}/x","@type":"SearchQueryService"},
                {"@id":"{{Address}}/v3/vulnerabilities/index.json","@type":"VulnerabilityInfo/6.7.0","comment":"c"}]}
                """,
            "/v3/vulnerabilities/index.json" => $$"""
                [{"@name":"base","@id":"{{Address}}/base.json","@updated":"2026-02-01T00:00:00Z","comment":"c"},
                {"@name":"update","@id":"{{Address}}/update.json","@updated":"2026-02-28T00:00:00Z","comment":"c"}]
                """,
            "/base.json" => Base,
            "/update.json" => Update,
            _ => null,
        };
        if (answer is null)
        {
            http.Response.StatusCode = 404;
            return;
        }

        var tag = $"\"{Convert.ToHexStringLower(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(answer)))[..16]}\"";
        http.Response.Headers.ETag = tag;
        if (http.Request.Headers.IfNoneMatch == tag) http.Response.StatusCode = 304;
        else await http.Response.WriteAsync(answer);
    }
}
