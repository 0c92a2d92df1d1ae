using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;

using Auxo.Api;
using Auxo.Cli.Output;

namespace Auxo.Cli.Artifacts;

/// <summary>How a download went.</summary>
/// <param name="Resumed">The byte at which an earlier, broken one was carried on; 0 for none.</param>
/// <param name="AlreadyThere">The file was there, and right.</param>
internal sealed record Downloaded(long Resumed, bool AlreadyThere);

/// <summary>
/// Fetches a file to <c>NAME.part</c> and gives it its name only when its digest fits. What an earlier, broken download left is
/// carried on, but only from the same content (<c>If-Range</c>).
/// </summary>
internal static class Download
{
    private const int MostTries = 5;

    public static async Task<Downloaded> RunAsync(HttpClient http, ArtifactFile file, string path, CancellationToken ct)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        if (File.Exists(path) && new FileInfo(path).Length == file.SizeBytes
            && await DigestAsync(path, ct) == file.Digest) return new Downloaded(0, AlreadyThere: true);
        var part = path + ".part";
        var resumed = File.Exists(part) ? new FileInfo(part).Length : 0;
        for (var attempt = 1; ; attempt++)
        {
            var before = File.Exists(part) ? new FileInfo(part).Length : 0;
            try
            {
                if (before != file.SizeBytes || before == 0) await FetchAsync(http, file, part, before > file.SizeBytes ? 0 : before, ct);
                break;
            }
            catch (Exception e) when (e is IOException or HttpRequestException && !ct.IsCancellationRequested)
            {
                // A try that brought something on is not counted against the next.
                if (File.Exists(part) && new FileInfo(part).Length > before) attempt = 0;
                if (attempt == MostTries) throw new CliException(
                    ExitCode.Unreachable, $"The download of '{TamedText.OneLine(file.Name)}' broke off: {e.Message}",
                    $"The same command goes on where it ended ({part}).", e);
            }
        }

        if (await DigestAsync(part, ct) is var digest && digest != file.Digest)
        {
            File.Delete(part);
            throw new CliException(ExitCode.Negative,
                $"What arrived as '{TamedText.OneLine(file.Name)}' is {digest}, not {file.Digest}. It was thrown away.",
                "Fetch it again; if it stays so, the registry's copy is damaged.");
        }

        File.Move(part, path, overwrite: true);
        return new Downloaded(resumed, AlreadyThere: false);
    }

    private static async Task FetchAsync(HttpClient http, ArtifactFile file, string part, long from, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(file.Url.TrimStart('/'), UriKind.Relative));
        if (from > 0)
        {
            request.Headers.Range = new RangeHeaderValue(from, null);
            request.Headers.IfRange = new RangeConditionHeaderValue(new EntityTagHeaderValue($"\"{file.Digest}\""));
        }

        using var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct);
        var goesOn = answer.StatusCode == HttpStatusCode.PartialContent && answer.Content.Headers.ContentRange?.From == from;
        await using var target = new FileStream(part, goesOn ? FileMode.Append : FileMode.Create, FileAccess.Write);
        await using var body = await answer.Content.ReadAsStreamAsync(ct);
        await body.CopyToAsync(target, ct);
    }

    private static async Task<string> DigestAsync(string path, CancellationToken ct)
    {
        await using var content = File.OpenRead(path);
        return "sha256:" + Convert.ToHexStringLower(await SHA256.HashDataAsync(content, ct));
    }
}
