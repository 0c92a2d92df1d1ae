using System.Globalization;
using System.Text.RegularExpressions;

using Auxo.Registry.Access;
using Auxo.Registry.Blobs;
using Auxo.Registry.Fetching;
using Auxo.Registry.Files;
using Auxo.Registry.Oci.Access;
using Auxo.Registry.Oci.Mirrors;

using Microsoft.Win32.SafeHandles;

using Npgsql;

namespace Auxo.Registry.Oci.Blobs;

/// <summary><c>GET</c> and <c>HEAD /v2/NAME/blobs/DIGEST</c>: the bytes, with ranges.</summary>
public sealed partial class GetBlob(NpgsqlDataSource source, BlobStore blobs, OciRepositories repositories, ImageMirror mirror,
    FetchLog fetches, TimeProvider time)
{
    /// <summary>A digest never means other bytes.</summary>
    internal const string Forever = "private, max-age=31536000, immutable";

    /// <summary>Answers.</summary>
    public async Task<IResult> RunAsync(HttpContext http, OciPath path, CancellationToken ct)
    {
        if (!OciDigest.TryParse(path.Reference, out var digest)) return OciErrors.Digest(path.Reference);
        if (await OciBlobTable.FindAsync(source, path.Repository, path.Image, digest, ct) is not { } blob)
            return await MirroredAsync(http, path, digest, ct);
        if (HttpMethods.IsHead(http.Request.Method) && http.User.May(RegistryScopes.Write, path.Repository, path.Image))
            await OciBlobTable.HoldAsync(source, path.Repository, path.Image, digest, time.GetUtcNow(), ct);

        if (IsBackward(http.Request.Headers.Range.ToString()))
        {
            http.Response.Headers.ContentRange = $"bytes */{blob.SizeBytes}";
            return new OciError(StatusCodes.Status416RangeNotSatisfiable, "UNSUPPORTED", "The range ends before it begins.");
        }

        // It cannot be swept while it is linked; so it was unlinked meanwhile, or somebody else removed the file.
        if (blobs.Files.OpenRead(blob.Content) is not { } content)
            return await OciBlobTable.FindAsync(source, path.Repository, path.Image, digest, ct) is null
                ? OciErrors.NoBlob(path) : throw new MissingContentException(blob.Content);
        fetches.Add(http, path.Repository, path.Image, "", digest.ToString(), blob.Content, blob.SizeBytes);
        return Answer(http, digest, content, blob);
    }

    private async Task<IResult> MirroredAsync(HttpContext http, OciPath path, OciDigest digest, CancellationToken ct)
    {
        if (await repositories.FindAsync(path.Repository, ct) is not { } repository) return OciErrors.NoRepository(path.Repository);
        if (!MirrorAnswers.IsMeant(http, repository, path) || await mirror.BlobAsync(repository, path, digest, ct) is not { } file)
            return OciErrors.NoBlob(path);
        if (blobs.Files.OpenRead(file.Content) is not { } content) throw new MissingContentException(file.Content);
        fetches.Add(http, path.Repository, path.Image, "", digest.ToString(), file.Content, file.SizeBytes, file.Source);
        return Answer(http, digest, content, new StoredOciBlob(file.Content, file.SizeBytes, file.FetchedAt));
    }

    private static BlobResult Answer(HttpContext http, OciDigest digest, SafeFileHandle content, StoredOciBlob blob)
    {
        http.Response.Headers[OciHeaders.Digest] = digest.ToString();
        return new BlobResult(
            content, blob.Content, blob.SizeBytes, "application/octet-stream", digest.ToString()[7..], blob.StoredAt, Forever);
    }

    /// <summary>HTTP would have such a range passed over (RFC 9110 §14.1.1); the specification's suite has it refused.</summary>
    private static bool IsBackward(string range)
        => OneRange().Match(range) is { Success: true } match
            && long.TryParse(match.Groups["from"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var from)
            && long.TryParse(match.Groups["to"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var to) && to < from;

    [GeneratedRegex("^bytes=(?<from>[0-9]{1,19})-(?<to>[0-9]{1,19})\\z",
        RegexOptions.CultureInvariant | RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex OneRange();
}
