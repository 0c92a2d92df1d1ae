using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Auxo.Registry.Tests.Oci;

/// <summary>Images, and the requests with which clients push them.</summary>
internal static class Images
{
    public const string Manifest = "application/vnd.oci.image.manifest.v1+json";
    public const string Index = "application/vnd.oci.image.index.v1+json";

    public static string DigestOf(byte[] content) => "sha256:" + Convert.ToHexStringLower(SHA256.HashData(content));

    public static string DigestOf(string content) => DigestOf(Encoding.UTF8.GetBytes(content));

    public static JsonObject Descriptor(byte[] content, string mediaType)
        => new() { ["mediaType"] = mediaType, ["digest"] = DigestOf(content), ["size"] = content.Length };

    /// <summary>A manifest of an image with this config and these layers.</summary>
    public static JsonObject Of(byte[] config, params byte[][] layers)
        => new()
        {
            ["schemaVersion"] = 2,
            ["mediaType"] = Manifest,
            ["config"] = Descriptor(config, "application/vnd.oci.image.config.v1+json"),
            ["layers"] = new JsonArray([.. layers.Select(static l => Descriptor(l, "application/vnd.oci.image.layer.v1.tar"))]),
        };

    public static JsonObject IndexOf(params JsonObject[] manifests)
        => new()
        {
            ["schemaVersion"] = 2,
            ["mediaType"] = Index,
            ["manifests"] = new JsonArray([.. manifests.Select(static m
                => Descriptor(Encoding.UTF8.GetBytes(m.ToJsonString()), Manifest))]),
        };

    /// <summary>Sends a blob in one request.</summary>
    public static async Task PushBlobAsync(this RegistryHost host, string name, byte[] content)
    {
        using var answer = await host.PostAsync($"/v2/{name}/blobs/uploads/?digest={DigestOf(content)}", content);
        Assert.True(answer.StatusCode == HttpStatusCode.Created, await answer.Content.ReadAsStringAsync());
    }

    /// <summary>Sends an image of one layer; its manifest's digest.</summary>
    public static async Task<string> PushAsync(this RegistryHost host, string name, string reference, string layer)
    {
        var (config, content) = ("{}"u8.ToArray(), Encoding.UTF8.GetBytes(layer));
        await host.PushBlobAsync(name, config);
        await host.PushBlobAsync(name, content);
        var manifest = Of(config, content).ToJsonString();
        using var answer = await host.PutManifestAsync(name, reference, manifest);
        Assert.True(answer.StatusCode == HttpStatusCode.Created, await answer.Content.ReadAsStringAsync());
        return DigestOf(manifest);
    }

    public static Task<HttpResponseMessage> PutManifestAsync(
        this RegistryHost host, string name, string reference, string manifest, string type = Manifest)
        => host.PutAsync($"/v2/{name}/manifests/{reference}", manifest, ("Content-Type", type));

    public static Task<HttpResponseMessage> PostAsync(this RegistryHost host, string path, byte[]? content = null)
        => host.SendContentAsync(HttpMethod.Post, path, content ?? []);

    public static async Task<HttpResponseMessage> SendContentAsync(
        this RegistryHost host, HttpMethod method, string path, byte[] content, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path) { Content = new ByteArrayContent(content) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        foreach (var (name, value) in headers)
        {
            if (!request.Headers.TryAddWithoutValidation(name, value)) request.Content.Headers.TryAddWithoutValidation(name, value);
        }

        return await host.Client.SendAsync(request);
    }

    /// <summary>Begins an upload; its address.</summary>
    public static async Task<string> BeginAsync(this RegistryHost host, string name)
    {
        using var begun = await host.PostAsync($"/v2/{name}/blobs/uploads/");
        Assert.Equal(HttpStatusCode.Accepted, begun.StatusCode);
        return begun.Headers.Location!.ToString();
    }

    /// <summary>Status and the code of the first error; null when it is no error in OCI's form.</summary>
    public static async Task<(HttpStatusCode Status, string? Code)> ErrorAsync(this HttpResponseMessage answer)
    {
        var text = await answer.Content.ReadAsStringAsync();
        return (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType == "application/json"
            ? (string?)JsonNode.Parse(text)?["errors"]?[0]?["code"] : null);
    }

    public static string? Header(this HttpResponseMessage answer, string name)
        => answer.Headers.TryGetValues(name, out var values) ? string.Join(", ", values)
            : answer.Content.Headers.TryGetValues(name, out values) ? string.Join(", ", values) : null;
}
