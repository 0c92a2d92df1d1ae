using Auxo.Registry.Tests.Archives;

namespace Auxo.Registry.Tests.NuGet;

/// <summary>Small packages, as dotnet pack makes them, and how they are pushed.</summary>
internal static class Nupkgs
{
    public static string Nuspec(string id, string version, string more = "")
        => $"""
            <?xml version="1.0" encoding="utf-8"?>
            <package xmlns="http://schemas.microsoft.com/packaging/2013/05/nuspec.xsd">
              <metadata>
                <id>{id}</id><version>{version}</version><authors>A, B</authors><description>A demo</description>{more}
              </metadata>
            </package>
            """;

    /// <summary>A package with a file of content and its readme.</summary>
    public static byte[] Of(string id, string version, string more = "", params (string Name, string Content)[] files)
        => Zips.Of([
            ("_rels/.rels", "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"/>"),
            ($"{id}.nuspec", Nuspec(id, version, more)),
            ("[Content_Types].xml", "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"/>"),
            .. files.Length > 0 ? files : [("lib/netstandard2.0/_._", ""), ("docs/README.md", $"# {id} {version}")]]);

    public static Task<HttpResponseMessage> PushAsync(this RegistryHost host, string id, string version, string more = "")
        => host.PushAsync(Of(id, version, more));

    public static async Task<HttpResponseMessage> PushAsync(
        this RegistryHost host, byte[] package, string path = "/nuget/ours/v3/push/", string? key = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, path);
        var form = new MultipartFormDataContent();
        var part = new ByteArrayContent(package);
        part.Headers.ContentType = new("application/octet-stream");
        form.Add(part, "package", "package.nupkg");
        request.Content = form;
        request.Headers.TransferEncodingChunked = true;
        if (key is null) return await host.Client.SendAsync(request);
        using var stranger = new HttpClient { BaseAddress = host.Address };
        request.Headers.Add("X-NuGet-ApiKey", key);
        return await stranger.SendAsync(request);
    }
}
