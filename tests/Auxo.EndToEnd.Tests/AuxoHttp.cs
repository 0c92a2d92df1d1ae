using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

using Auxo.Testing;

namespace Auxo.EndToEnd.Tests;

/// <summary>The questions that the suites ask Auxo, over HTTP as a user's programs would.</summary>
internal static class AuxoHttp
{
    /// <summary>Follows a repository; returns its id and its webhook secret.</summary>
    public static async Task<(string Rid, string? Secret)> TrackAsync(this HttpClient ingest, string location, params string[] trusted)
    {
        using var response = await ingest.PostAsJsonAsync("/repositories", new { location, trusted });
        var body = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, $"POST /repositories {location}: {(int)response.StatusCode} {body}");
        var json = JsonNode.Parse(body)!;
        return (json["repository"]!["rid"]!.GetValue<string>(), json["secret"]?.GetValue<string>());
    }

    /// <summary>All builds, newest first.</summary>
    public static async Task<IReadOnlyList<JsonNode>> BuildsAsync(this HttpClient pipeline, string query)
    {
        var json = await pipeline.GetFromJsonAsync<JsonObject>($"/builds?{query}&limit=200");
        return [.. json!["items"]!.AsArray().Select(item => item!)];
    }

    /// <summary>Waits until the commit has a finished build, and returns it in full.</summary>
    public static Task<JsonNode> FinishedBuildAsync(this HttpClient pipeline, string commit, string? trigger = null)
        => pipeline.BuildAsync(commit, "finished", trigger);

    /// <summary>Waits until the newest build of the commit is in this state, and returns it in full.</summary>
    public static Task<JsonNode> BuildAsync(this HttpClient pipeline, string commit, string state, string? trigger = null)
        => Eventually.ValueAsync(
            async () =>
            {
                var build = (await pipeline.BuildsAsync($"commit={commit}"))
                    .FirstOrDefault(b => trigger is null || string.Equals(Text(b, "trigger"), trigger, StringComparison.OrdinalIgnoreCase));
                return build is not null && Text(build, "state") == state
                    ? await pipeline.GetFromJsonAsync<JsonNode>($"/builds/{Text(build, "id")}")
                    : null;
            },
            $"commit {commit[..7]} has a build that is {state}");

    /// <summary>Waits until a step's log shows this while it runs.</summary>
    public static Task LogShowsAsync(this HttpClient pipeline, string build, string step, string text)
        => Eventually.TrueAsync(
            async () => (await pipeline.GetStringAsync($"/builds/{build}/logs/{step}"))
                .Contains(text, StringComparison.Ordinal), $"the log of {step} shows '{text}'");

    /// <summary>A JSON document.</summary>
    public static async Task<JsonNode> GetFromJsonNodeAsync(this HttpClient client, string path)
    {
        using var response = await client.GetAsync(path);
        await response.ShouldBeAsync(HttpStatusCode.OK);
        return JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
    }

    /// <summary>The id under which a repository at this path is followed.</summary>
    public static async Task<string> RidOfAsync(this HttpClient ingest, string path)
        => Text((await ingest.GetFromJsonNodeAsync("/repositories"))["items"]!.AsArray()
            .Single(r => Text(r!, "source")!.StartsWith(path, StringComparison.Ordinal))!, "rid")!;

    /// <summary>Asserts a response's status, showing its body when it is another.</summary>
    public static async Task ShouldBeAsync(this HttpResponseMessage response, HttpStatusCode expected)
        => Assert.True(response.StatusCode == expected,
            $"expected {(int)expected}, got {(int)response.StatusCode}: {await response.Content.ReadAsStringAsync()}");

    /// <summary>Asserts how a build ended, showing its verdict when it ended otherwise.</summary>
    public static void ShouldHave(this JsonNode build, string outcome)
        => Assert.True(Text(build, "outcome") == outcome, $"expected {outcome}, got {Text(build, "outcome")}:\n{Text(build, "verdict")}");

    /// <summary>A string member; null when absent.</summary>
    public static string? Text(JsonNode node, string name) => node[name] is JsonValue value ? value.ToString() : null;
}
