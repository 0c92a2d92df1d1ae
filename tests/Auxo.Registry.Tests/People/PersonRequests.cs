using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Auxo.Registry.Tests.People;

/// <summary>What people and their administrators ask.</summary>
internal static class PersonRequests
{
    public static Task<HttpResponseMessage> AddPersonAsync(
        this RegistryHost host, string name, string role, string? password, params string[] keys)
        => host.Client.PostAsJsonAsync("/people", new { name, role, password, keys });

    public static Task<HttpResponseMessage> ChangeAsync(this RegistryHost host, string name, object change)
        => host.Client.PatchAsJsonAsync($"/people/{name}", change);

    public static Task<HttpResponseMessage> StartSessionAsync(this RegistryHost host, object body, string? from = null)
        => host.SendAsync(token: null, HttpMethod.Post, "/sessions", body, from);

    /// <summary>The text of a new session's token.</summary>
    public static async Task<string> SignInAsync(this RegistryHost host, string name, string password)
    {
        using var answer = await host.StartSessionAsync(new { name, password });
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        return (string)(await answer.Content.ReadFromJsonAsync<JsonNode>())!["text"]!;
    }

    public static async Task<HttpResponseMessage> SendAsync(
        this RegistryHost host, string? token, HttpMethod method, string path, object? body = null, string? from = null)
    {
        using var client = new HttpClient { BaseAddress = host.Address };
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) };
        if (token is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        if (from is not null) request.Headers.Add("X-Forwarded-For", from);
        return await client.SendAsync(request);
    }

    public static async Task<HttpStatusCode> TryAsync(this RegistryHost host, string token, string path)
    {
        using var answer = await host.SendAsync(token, HttpMethod.Get, path);
        return answer.StatusCode;
    }
}
