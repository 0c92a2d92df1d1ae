using System.Net;

using Auxo.Testing;

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Auxo.Console.Tests;

/// <summary>The real console on a port, before services that answer as recorded, or as a test says.</summary>
internal sealed class ConsoleHost : IAsyncDisposable
{
    private readonly RunningService _console;
    private readonly string _home = Directory.CreateTempSubdirectory("auxo-console-").FullName;

    private ConsoleHost(FakeAuxo services, TimeProvider? time, IEnumerable<(string, string)> settings)
    {
        Services = services;
        Auxo.Instances.PrivateFiles.MakeFolder(Path.Combine(_home, "run"));
        _console = RunningService.OnPort<Program>(web =>
        {
            web.UseSetting("AUXO_HOME", _home).UseSetting("Logging:LogLevel:Default", "None");
            foreach (var name in Contracts.KnownServices.Names)
                web.UseSetting($"Auxo:Console:Services:{name}", $"{services.Address}/{name}/");
            foreach (var (name, value) in settings) web.UseSetting(name, value);
            if (time is not null) web.ConfigureServices(more => more.AddSingleton(time));
        });
        using var client = _console.Connect();
        Address = client.BaseAddress!;
    }

    public FakeAuxo Services { get; }

    public Uri Address { get; }

    /// <summary>All addresses on which it listens.</summary>
    public IReadOnlyList<string> Listened
        => [.. _console.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses];

    /// <summary>
    /// Starts it; the token of the fake services is that of <paramref name="holder"/>, a person's session if she has a
    /// <paramref name="role"/>, or what <paramref name="self"/> says.
    /// </summary>
    public static async Task<ConsoleHost> StartAsync(
        Action<IEndpointRouteBuilder>? map = null, string holder = "alice", string scopes = "\"admin\"", string? role = null,
        Func<IResult>? self = null, TimeProvider? time = null, bool toVisitors = false,
        params IEnumerable<(string, string)> settings)
        => new(await FakeAuxo.StartAsync(app =>
        {
            app.MapGet("/registry/tokens/self", self ?? (() => FakeAuxo.Json(Token(holder, scopes, role: role))));
            map?.Invoke(app);
        }, toVisitors), time, settings);

    /// <summary>A browser without a screen: it keeps cookies and follows nothing by itself.</summary>
    public HttpClient Visitor(bool follow = false)
        => new(new SocketsHttpHandler { CookieContainer = new CookieContainer(), AllowAutoRedirect = follow, UseProxy = false })
        {
            BaseAddress = Address,
        };

    /// <summary>A link that signs in.</summary>
    public async Task<Uri> LinkAsync()
    {
        using var client = Visitor();
        using var request = new HttpRequestMessage(HttpMethod.Post, "login/links");
        request.Headers.Authorization = new("Bearer", FakeAuxo.Token);
        using var answer = await client.SendAsync(request);
        var body = System.Text.Json.Nodes.JsonNode.Parse(await answer.EnsureSuccessStatusCode().Content.ReadAsStringAsync())!;
        return new Uri((string)body["url"]!);
    }

    /// <summary>A visitor who has opened such a link.</summary>
    public async Task<HttpClient> SignedInAsync()
    {
        var client = Visitor();
        using var opened = await client.GetAsync((await LinkAsync()).PathAndQuery);
        Assert.Equal(HttpStatusCode.Redirect, opened.StatusCode);
        return client;
    }

    /// <summary>A page, for somebody who is signed in.</summary>
    public async Task<string> PageAsync(string path)
    {
        using var visitor = await SignedInAsync();
        using var answer = await visitor.GetAsync(path);
        var page = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, $"{(int)answer.StatusCode}: {page}");
        return page;
    }

    /// <summary>A form of a page, filled in and sent from there.</summary>
    public async Task<HttpResponseMessage> SendAsync(string page, string action, params (string Name, string Value)[] fields)
    {
        using var visitor = await SignedInAsync();
        var proof = Proof(await visitor.GetStringAsync(page));
        return await visitor.PostAsync(action, new FormUrlEncodedContent(
            [new("__RequestVerificationToken", proof), .. fields.Select(static f => KeyValuePair.Create(f.Name, f.Value))]));
    }

    /// <summary>A form that some other page has made up.</summary>
    public async Task<HttpResponseMessage> ForgeAsync(string action, params (string Name, string Value)[] fields)
    {
        using var visitor = await SignedInAsync();
        return await visitor.PostAsync(
            action, new FormUrlEncodedContent(fields.Select(static f => KeyValuePair.Create(f.Name, f.Value))));
    }

    /// <summary>A token as the registry shows it.</summary>
    public static string Token(
        string name, string scopes = "\"pipeline:read\"", string id = "3f2a1c77-1111-5222-8333-444455556666", string state = "active",
        string? expiresAt = null, string? role = null) => $$"""
        {"id":"{{id}}","name":"{{name}}","scopes":[{{scopes}}],"createdAt":"2026-11-23T12:00:00Z","createdBy":"alice",
         "expiresAt":{{(expiresAt is null ? "null" : $"\"{expiresAt}\"")}},"revokedAt":null,"replacedBy":null,"state":"{{state}}",
         "person":{{(role is null ? "null" : $"\"{name}\"")}},"role":{{(role is null ? "null" : $"\"{role}\"")}}}
        """;

    /// <summary>What shows that a form is of this console.</summary>
    public static string Proof(string page)
    {
        const string field = "name=\"__RequestVerificationToken\" value=\"";
        var begin = page.IndexOf(field, StringComparison.Ordinal) + field.Length;
        return page[begin..page.IndexOf('"', begin)];
    }

    public async ValueTask DisposeAsync()
    {
        await _console.DisposeAsync();
        await Services.DisposeAsync();
        Directory.Delete(_home, recursive: true);
    }
}
