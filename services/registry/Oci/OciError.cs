using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

using Auxo.Registry.Files;
using Auxo.Registry.Oci.Uploads;
using Auxo.Registry.Repositories;

namespace Auxo.Registry.Oci;

/// <summary>
/// An answer in the form that OCI clients read: <c>{"errors":[{"code","message"}]}</c>. They print the message, so it says what to do.
/// </summary>
public sealed class OciError(int status, string code, string message) : IResult, IStatusCodeHttpResult
{
    /// <summary>What old docker clients look for.</summary>
    internal const string VersionHeader = "Docker-Distribution-Api-Version";

    /// <summary>Its value.</summary>
    internal const string Version = "registry/2.0";

    /// <summary>A person reads it, in a terminal.</summary>
    private static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <inheritdoc/>
    public int? StatusCode => status;

    /// <summary>One of the specification's codes, such as <c>BLOB_UNKNOWN</c>.</summary>
    public string Code => code;

    /// <summary>What happened and what to do next.</summary>
    public string Message => message;

    /// <inheritdoc/>
    public Task ExecuteAsync(HttpContext httpContext)
    {
        var body = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(body, Readable))
        {
            json.WriteStartObject();
            json.WriteStartArray("errors");
            json.WriteStartObject();
            json.WriteString("code", code);
            json.WriteString("message", message);
            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteEndObject();
        }

        var response = httpContext.Response;
        response.StatusCode = status;
        response.ContentType = "application/json";
        response.ContentLength = body.WrittenCount;
        response.Headers[VersionHeader] = Version;
        return HttpMethods.IsHead(httpContext.Request.Method)
            ? Task.CompletedTask : response.Body.WriteAsync(body.WrittenMemory, httpContext.RequestAborted).AsTask();
    }
}

/// <summary>What can be wrong with a request under <c>/v2/</c>.</summary>
internal static class OciErrors
{
    public static OciError NoRoute()
        => new(404, "UNSUPPORTED", "There is no such path. An image's address is HOST/REPOSITORY/NAME:TAG; see docs/registry.md.");

    public static OciError Unsupported(string message) => new(405, "UNSUPPORTED", message);

    public static OciError Name(string name)
        => new(400, "NAME_INVALID",
            $"'{Shown(name)}' is no image's name: parts of a-z and 0-9 with '.', '_', '__' or '-' between, 255 characters at most.");

    public static OciError NoRepository(string repository)
        => new(404, "NAME_UNKNOWN", $"There is no OCI repository '{Shown(repository)}'. An image's address begins with the "
            + "repository's name: HOST/REPOSITORY/NAME. Whoever may manage repositories makes one.");

    public static OciError NoImage(string name) => new(404, "NAME_UNKNOWN", $"There is no image '{Shown(name)}'. Push it first.");

    public static OciError NoBlob(OciPath path)
        => new(404, "BLOB_UNKNOWN", $"'{path.Name}' has no blob {Shown(path.Reference)}.");

    public static OciError NoManifest(OciPath path)
        => new(404, "MANIFEST_UNKNOWN", $"'{path.Name}' has no manifest '{Shown(path.Reference)}'.");

    public static OciError NoUpload()
        => new(404, "BLOB_UPLOAD_UNKNOWN", "There is no such upload: it has ended, or nothing came for long. Begin a new one.");

    public static OciError Digest(string text)
        => new(400, "DIGEST_INVALID",
            $"'{Shown(text)}' is no digest: 'sha256:' and 64, or 'sha512:' and 128 hex digits in small letters.");

    public static OciError WrongDigest(OciDigest said, OciDigest found, long sizeBytes)
        => new(400, "DIGEST_INVALID",
            $"What arrived is {found} ({sizeBytes} bytes), not {said}. Nothing of it was kept; send it again.");

    public static OciError NoRoom(RegistryRepository repository, string more = "")
        => new(StatusCodes.Status413PayloadTooLarge, "DENIED", FileProblems.NoRoom(repository).ProblemDetails.Detail! + more);

    public static OciError TooManyUploads(string repository)
        => new(StatusCodes.Status429TooManyRequests, "TOOMANYREQUESTS",
            $"'{Shown(repository)}' has {UploadRoom.MostOpen} uploads under way. Finish some, or wait: those that nobody goes on with "
                + $"give way after {UploadRoom.Quiet.TotalMinutes:0} minutes.");

    public static OciError DiskFull(string detail) => new(StatusCodes.Status507InsufficientStorage, "BLOB_UPLOAD_INVALID", detail);

    public static OciError TryAgain()
        => new(503, "BLOB_UPLOAD_INVALID", "The content was cleaned up before it was recorded. Nothing was kept; send it again.");

    private static string Shown(string text) => text.Length > 150 ? text[..149] + "…" : text;
}
