using System.Collections.Concurrent;
using System.Text;
using System.Text.Json.Nodes;

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

using Xunit;

namespace Auxo.Testing;

/// <summary>
/// The services as clients see them: real HTTP on loopback, behind one address with a path per service. Where an
/// answer of a service is recorded, a test may answer with the same shape only (see <see cref="RecordedAnswers"/>). It writes
/// the <c>instance.json</c> by which it is found.
/// </summary>
public sealed class FakeAuxo : IAsyncDisposable
{
    /// <summary>The only token that it takes.</summary>
    public const string Token = "auxo_test";
    /// <summary>A repository.</summary>
    public const string Rid = "rad:z3gqcJUoA1n9HaHKufZs5FCSGazv5";
    /// <summary>A build of it.</summary>
    public const string BuildId = "3f2a1c77-1111-5222-8333-444455556666";
    /// <summary>What that build built.</summary>
    public const string Commit = "8fabc1d8e5a3cc9b1ddc5c7b5f4b0a9c1f2e3d4c";
    /// <summary>The patch that it is of.</summary>
    public const string PatchId = "1a2b3c4d8e5a3cc9b1ddc5c7b5f4b0a9c1f2e3d4";

    private readonly WebApplication _app;

    private FakeAuxo(WebApplication app)
    {
        _app = app;
        Home = Directory.CreateTempSubdirectory("auxo-cli-").FullName;
        Directory.CreateDirectory(Path.Combine(Home, "run"));
        File.WriteAllText(Path.Combine(Home, "run", "admin.token"), Token + "\n");
        Address = app.Urls.First();
        var endpoints = string.Join(
            ",", ((string[])["apphost", "ingest", "pipeline", "notify", "metrics", "registry", "console"])
                .Select(n => $"\"{n}\":\"{Address}/{n}\""));
        File.WriteAllText(Path.Combine(Home, "instance.json"), $$"""{"endpoints":{{{endpoints}}},"tokenFile":"run/admin.token"}""");
    }

    /// <summary>Its folder, with <c>instance.json</c>.</summary>
    public string Home { get; }

    /// <summary>Where it listens; each service is a path below.</summary>
    public string Address { get; }

    /// <summary><c>METHOD /path body</c> of every request.</summary>
    public ConcurrentQueue<string> Requests { get; } = new();

    /// <summary>A test maps what it needs; everything else is unknown there.</summary>
    /// <param name="map">What it answers.</param>
    /// <param name="toVisitors">Also to who shows no token.</param>
    public static async Task<FakeAuxo> StartAsync(Action<IEndpointRouteBuilder>? map = null, bool toVisitors = false)
    {
        var builder = WebApplication.CreateSlimBuilder(["--urls=http://127.0.0.1:0", "--Logging:LogLevel:Default=None"]);
        var app = builder.Build();
        FakeAuxo? fake = null;
        app.Use(async (http, next) =>
        {
            using var body = new MemoryStream();
            await http.Request.Body.CopyToAsync(body);
            fake!.Requests.Enqueue(
                $"{http.Request.Method} {http.Request.Path}{http.Request.QueryString} {Encoding.UTF8.GetString(body.ToArray())}".TrimEnd());
            body.Position = 0;
            http.Request.Body = body;
            if (http.Request.Headers.Authorization != "Bearer " + Token && !IsSignIn(http.Request)
                && !(toVisitors && http.Request.Headers.Authorization.Count == 0))
            {
                http.Response.StatusCode = 401;
                return;
            }

            if (Recorded(http) is { } recorded) await CheckedAsync(http, next, recorded, fake.Differences);
            else await next(http);
        });
        map?.Invoke(app);
        await app.StartAsync();
        return fake = new FakeAuxo(app);
    }

    /// <summary>What tests answered that no service does.</summary>
    private ConcurrentQueue<string> Differences { get; } = new();

    /// <summary>Answers every recorded route as it was recorded.</summary>
    public static Task<FakeAuxo> ReplayAsync() => StartAsync(app => app.MapGet(
        "/{service}/{**path}", (HttpContext http) => Recorded(http) is { } recorded ? Json(recorded.ToJsonString()) : Results.NotFound()));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        Directory.Delete(Home, recursive: true);
        Assert.Empty(Differences);
    }

    /// <summary>The routes of the registry that ask for no token.</summary>
    private static bool IsSignIn(HttpRequest request)
        => HttpMethods.IsPost(request.Method)
            && request.Path.Value is "/registry/sessions" or "/registry/sessions/challenges" or "/registry/sessions/authorizations";

    private static JsonNode? Recorded(HttpContext http)
        => HttpMethods.IsGet(http.Request.Method) && http.Request.Path.Value!.Split("/", 3) is ["", var service, var path]
            ? RecordedAnswers.Find(service, path)
            : null;

    private static async Task CheckedAsync(HttpContext http, RequestDelegate next, JsonNode recorded, ConcurrentQueue<string> differences)
    {
        var wire = http.Response.Body;
        using var answer = new MemoryStream();
        http.Response.Body = answer;
        await next(http);
        http.Response.Body = wire;
        await wire.WriteAsync(answer.ToArray());
        if (http.Response is not { StatusCode: 200, ContentType: { } type }
            || !type.StartsWith("application/json", StringComparison.Ordinal)) return;
        // A member called unknown stands for what a newer service may add.
        if (RecordedAnswers.Unknown(recorded, JsonNode.Parse(answer.ToArray()), "$") is { } difference
            && !difference.Contains(".unknown ", StringComparison.Ordinal))
            differences.Enqueue($"GET {http.Request.Path}: {difference}");
    }

    /// <summary>A repository as <c>GET /repositories</c> of ingest shows it.</summary>
    public const string Repository = $$"""
        {"rid":"{{Rid}}","name":"heartwood","defaultBranch":"master","source":"/x","kind":"radicle",
         "trackedAt":"2026-11-20T12:00:00Z"}
        """;

    /// <summary>A build as <c>GET /builds</c> shows it.</summary>
    public static string Build(string state = "finished", string? outcome = "passed", string id = BuildId, string more = "") => $$"""
        {"id":"{{id}}","shortId":"{{id[..7]}}","rid":"{{Rid}}","repositoryName":"heartwood","trigger":"patch",
         "patchId":"{{PatchId}}","revisionId":"{{PatchId}}",
         "ref":"patches/{{PatchId}}","commit":"{{Commit}}","title":"Fix the handshake",
         "author":"did:key:z6MkvZwzYS8W1C7c4d1oRzWqUyZ7k3BmL9e8sQfG5dX2aHnT","state":"{{state}}",
         "outcome":{{(outcome is null ? "null" : $"\"{outcome}\"")}},"reason":null,"queuedAt":"2026-11-23T11:58:00Z",
         "startedAt":"2026-11-23T11:58:01Z",
         "finishedAt":{{(state == "finished" ? "\"2026-11-23T11:58:14Z\"" : "null")}},
         "durationSeconds":{{(state == "finished" ? "13.24" : "null")}}{{more}}}
        """;

    /// <summary>A page with these items.</summary>
    public static IResult Page(params string[] items) => Json($$"""{"items":[{{string.Join(',', items)}}],"next":null}""");

    /// <summary>Any answer in JSON.</summary>
    public static IResult Json(string json, int status = 200) => Results.Text(json, "application/json", Encoding.UTF8, status);

    /// <summary>A refusal.</summary>
    public static IResult Problem(int status, string type, string detail)
        => Results.Text($$"""{"type":"auxo:{{type}}","title":"x","status":{{status}},"detail":"{{detail}}","traceId":"4bf92f"}""",
            "application/problem+json", Encoding.UTF8, status);
}
