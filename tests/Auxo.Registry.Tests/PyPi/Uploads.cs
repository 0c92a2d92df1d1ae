using System.Net.Http.Headers;
using System.Security.Cryptography;

namespace Auxo.Registry.Tests.PyPi;

/// <summary>Uploads as twine's form has them.</summary>
internal static class Uploads
{
    /// <summary>Sends a distribution; <paramref name="fields"/> replace those that its name gives, null leaves one out.</summary>
    public static async Task<HttpResponseMessage> UploadAsync(
        this RegistryHost host, (string FileName, byte[] Content) file, string repository = "py", string? token = null,
        bool contentFirst = false, params (string Name, string? Value)[] fields)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/pypi/{repository}/legacy/")
        {
            Content = Form(file, contentFirst, fields),
        };
        if (token is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return await host.Client.SendAsync(request);
    }

    /// <summary>What clients send besides.</summary>
#pragma warning disable CA5351 // It is compared, never relied on.
    public static string Md5(byte[] content) => Convert.ToHexStringLower(MD5.HashData(content));
#pragma warning restore CA5351

    public static MultipartFormDataContent Form(
        (string FileName, byte[] Content) file, bool contentFirst, params (string Name, string? Value)[] fields)
    {
        var isWheel = file.FileName.EndsWith(".whl", StringComparison.Ordinal);
        var parts = file.FileName.Replace(".tar.gz", "", StringComparison.Ordinal).Split('-');
        var all = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            [":action"] = "file_upload", ["protocol_version"] = "1", ["name"] = parts[0], ["version"] = parts.ElementAtOrDefault(1),
            ["filetype"] = isWheel ? "bdist_wheel" : "sdist", ["pyversion"] = isWheel ? "py3" : "source", ["description"] = "",
            ["sha256_digest"] = Convert.ToHexStringLower(SHA256.HashData(file.Content)),
            ["md5_digest"] = Md5(file.Content),
        };
        foreach (var (name, value) in fields) all[name] = value;
        var form = new MultipartFormDataContent();
        if (contentFirst) form.Add(new ByteArrayContent(file.Content), "content", file.FileName);
        foreach (var (name, value) in all)
        {
            if (value is not null) form.Add(new StringContent(value), name);
        }

        foreach (var classifier in (string[])["Programming Language :: Python", "Private :: Do Not Upload"])
            form.Add(new StringContent(classifier), "classifiers");
        if (!contentFirst) form.Add(new ByteArrayContent(file.Content), "content", file.FileName);
        return form;
    }
}
