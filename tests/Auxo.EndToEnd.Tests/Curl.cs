using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Auxo.EndToEnd.Tests;

/// <summary>Webhooks as their senders' operators try them: with curl, whose bytes are not those of .NET's client.</summary>
internal static class Curl
{
    /// <summary>Tells ingest of a patch, signed; returns the status code.</summary>
    public static Task<int> PatchAsync(Uri ingest, string rid, string patch, string head, string secret, string action = "created")
        => PostAsync(
            ingest,
            Encoding.UTF8.GetBytes(new JsonObject
            {
                ["action"] = action, ["patch"] = new JsonObject { ["id"] = patch, ["after"] = head }, ["repository"] = new JsonObject
                {
                    ["id"] = rid,
                },
            }.ToJsonString()),
            body => ["-H", "X-Radicle-Event-Type: patch", "-H", "X-Hub-Signature-256: " + Sign(body, secret)]);

    /// <summary>Posts any bytes with any headers to <c>/hooks/radicle</c>; returns the status code.</summary>
    public static async Task<int> PostAsync(Uri ingest, byte[] body, Func<byte[], string[]> headers)
    {
        var start = new ProcessStartInfo("curl")
        {
            UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        foreach (var argument in (string[])[
            "-sS", "-o", "/dev/null", "-w", "%{http_code}", "-X", "POST", "--data-binary", "@-", "-H", "Content-Type: application/json",
            .. headers(body), new Uri(ingest, "/hooks/radicle").ToString()])
            start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        try
        {
            await process.StandardInput.BaseStream.WriteAsync(body);
        }
        catch (IOException)
        {
            // Too much: it was refused before all was sent.
        }

        process.StandardInput.Close();
        await process.WaitForExitAsync();
        return int.TryParse(await output, out var status) && status > 0 ? status : throw new InvalidOperationException(await errors);
    }

    /// <summary><c>sha256=</c> and the digits.</summary>
    public static string Sign(byte[] body, string secret)
        => "sha256=" + Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), body));
}
