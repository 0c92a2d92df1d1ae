using System.Net;
using System.Security.Cryptography;
using System.Text.RegularExpressions;

using Auxo.Testing;

namespace Auxo.Registry.Tests.PyPi;

/// <summary>What twine and pip sent to another server, sent again word for word.</summary>
public sealed partial class TraceTests(PostgresFixture postgres) : IAsyncLifetime
{
    private const RegexOptions Options = RegexOptions.Multiline | RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture;
    private readonly string _home = Directory.CreateTempSubdirectory("auxo-registry-").FullName;
    private RegistryHost _host = null!;

    public async ValueTask InitializeAsync()
    {
        _host = await RegistryHost.StartAsync(await postgres.CreateDatabaseAsync(), _home);
        await _host.DefineAsync("py", format: "pypi");
    }

    [Fact]
    public async Task recorded_uploads_and_installs_are_answered_as_they_were()
    {
        var requests = Requests().Matches(await File.ReadAllTextAsync(Fixtures.Require("registry-traces/pypi.txt"))).ToList();
        Assert.Equal(10, requests.Count);
        foreach (var request in requests)
        {
            var (method, path, body, status) = (request.Groups["method"].Value, request.Groups["path"].Value,
                request.Groups["body"].Value,
                int.Parse(request.Groups["status"].Value));
            path = path.Replace("/pypi/", "/pypi/py/", StringComparison.Ordinal)
                .Replace("/files/", "/files/auxo-demo/", StringComparison.Ordinal);
            using var message = new HttpRequestMessage(new HttpMethod(method), path);
            foreach (Match header in Headers().Matches(request.Groups["head"].Value))
            {
                if (header.Groups["name"].Value is not ("Host" or "Authorization" or "Content-Length" or "Content-Type"))
                    message.Headers.TryAddWithoutValidation(header.Groups["name"].Value, header.Groups["value"].Value);
            }

            if (method == "POST") message.Content = Form(body);
            using var answer = await _host.Client.SendAsync(message);
            // The third upload was refused there though it was the same file; here the same file is there already.
            Assert.Equal(method == "POST" ? 200 : status, (int)answer.StatusCode);
            if (path.EndsWith("/simple/auxo-demo/", StringComparison.Ordinal))
                Assert.Equal("application/vnd.pypi.simple.v1+json", answer.Content.Headers.ContentType!.ToString());
            if (method == "GET" && answer.StatusCode == HttpStatusCode.OK && path.Contains("/files/"))
                Assert.Empty(answer.Content.Headers.ContentEncoding);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        Directory.Delete(_home, recursive: true);
    }

    /// <summary>The recorded fields in their order, with a file whose bytes are whole.</summary>
    private static MultipartFormDataContent Form(string body)
    {
        var isWheel = body.Contains("bdist_wheel", StringComparison.Ordinal);
        var file = isWheel ? Distributions.Wheel("Auxo.Demo", "1.0.0") : Distributions.Source("Auxo.Demo", "1.0.0");
        var form = new MultipartFormDataContent("310f35ff62fd422685effb5248121186");
        foreach (Match field in Fields().Matches(body))
        {
            var (name, value) = (field.Groups["name"].Value, field.Groups["value"].Value);
            form.Add(new StringContent(name switch
            {
                "sha256_digest" => Convert.ToHexStringLower(SHA256.HashData(file.Content)),
                "md5_digest" => Uploads.Md5(file.Content),
                "blake2_256_digest" => Convert.ToHexStringLower(NSec.Cryptography.HashAlgorithm.Blake2b_256.Hash(file.Content)),
                _ => value,
            }), $"\"{name}\"");
        }

        form.Add(new ByteArrayContent(file.Content), "\"content\"", $"\"{file.FileName}\"");
        return form;
    }

    [GeneratedRegex(
        @"^#\d+\n> (?<method>[A-Z]+) (?<path>\S+)\n(?<head>(>   [A-Z].*\n)*)(>   \[body\] (?<body>(?s:.*?)))?\n?^< (?<status>\d+)\n",
        Options)]
    private static partial Regex Requests();

    [GeneratedRegex(@"^>   (?<name>[A-Za-z-]+): (?<value>.*)$", Options)]
    private static partial Regex Headers();

    [GeneratedRegex(@"form-data; name=""(?<name>[^""]+)""\r?\n\r?\n(?<value>.*?)\r?\n--", Options)]
    private static partial Regex Fields();
}
