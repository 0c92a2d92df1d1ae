using System.Buffers;
using System.IO.Compression;
using System.Text.Json;

using Auxo.Registry.Access;
using Auxo.Registry.Mirrors;
using Auxo.Registry.Npm.Mirrored;
using Auxo.Registry.Repositories;

using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

using Npgsql;

namespace Auxo.Registry.Npm.Advisories;

/// <summary>
/// <c>POST /npm/{repository}/-/npm/v1/security/advisories/bulk</c>: what is known against versions of packages. Upstream is asked, where
/// there is one, but never about names that are ours. Without one nothing is known, which is an answer too: clients say nothing at all
/// when there is none.
/// </summary>
public static class BulkAdvisories
{
    private const string Path = "-/npm/v1/security/advisories/bulk";
    private const int MostPacked = 4 << 20;
    private const int MostBytes = 64 << 20;

    /// <summary>A question, unpacked: a hundred thousand packages. A reader takes many times as much for it.</summary>
    private const int MostAsked = 4 << 20;

    internal static void Map(IEndpointRouteBuilder routes)
        => routes.MapPost("/npm/{repository}/" + Path, HandleAsync)
            .WithName("GetNpmAdvisories").WithTags("npm").WithMetadata(new RequestSizeLimitAttribute(MostPacked))
            .RequireRepositoryScope(RegistryScopes.Read);

    private static async Task<IResult> HandleAsync(
        HttpContext http, RepositoryRows rows, NpgsqlDataSource source, Mirror mirror, CancellationToken ct)
    {
        var at = NpmRequest.At(http);
        if (await NpmRequest.FindAsync(rows, at, ct) is not { } repository)
            return NpmProblems.NoRepository($"{http.Request.RouteValues["repository"]}");
        if (repository.Mirror is null) return Json("{}"u8.ToArray());
        if (await ReadAsync(http.Request, ct) is not { } asked) return AuxoProblem.BadRequest(
            "npm/invalid-body", "The body is JSON with the names and versions of packages, plain or packed by gzip.");
        using (asked)
        {
            var names = asked.RootElement.EnumerateObject().Select(static p => p.Name).ToArray();
            var ours = (await source.ReadAsync(static r => r.GetString(0), ct,
                "select name from registry.packages where repository = $1 and name = any($2)", repository.Name, names))
                .ToHashSet(StringComparer.Ordinal);
            return names.All(ours.Contains)
                ? Json("{}"u8.ToArray())
                : Json(await AskAsync(repository, Without(asked.RootElement, ours), mirror, ct));
        }
    }

    private static async Task<byte[]> AskAsync(
        RegistryRepository repository, byte[] question, Mirror mirror, CancellationToken ct)
    {
        try
        {
            return await ReadAnswerAsync(repository, question, mirror, ct);
        }
        catch (UpstreamAwayException e)
        {
            throw AdvisoriesUnknownException.Away(repository.Name, e.Reason, e);
        }
        catch (Exception e) when (e is JsonException or InvalidDataException or IOException)
        {
            throw AdvisoriesUnknownException.Away(repository.Name, "the answer cannot be read", e);
        }
    }

    private static async Task<byte[]> ReadAnswerAsync(
        RegistryRepository repository, byte[] question, Mirror mirror, CancellationToken ct)
    {
        using var response = await mirror.QuestionAsync(repository, NpmMirror.AddressOf(repository, Path), request =>
        {
            request.Method = HttpMethod.Post;
            request.Content = new ByteArrayContent(question)
            {
                Headers = { ContentType = new("application/json"), ContentEncoding = { "gzip" } },
            };
            request.Headers.TryAddWithoutValidation("Accept-Encoding", "gzip");
        }, ct);
        if (!response.IsSuccessStatusCode)
            throw AdvisoriesUnknownException.Refused(repository.Name, repository.Mirror!.Upstream, (int)response.StatusCode);
        var answer = await AllAsync(await UpstreamClient.BodyAsync(response, ct), MostBytes, ct);
        return IsObject(answer) ? answer : throw new JsonException();
    }

    private static async Task<JsonDocument?> ReadAsync(HttpRequest request, CancellationToken ct)
    {
        try
        {
            await using var unpacked = request.Headers.ContentEncoding.ToString() switch
            {
                "" or "identity" => request.Body,
                "gzip" or "x-gzip" => new GZipStream(request.Body, CompressionMode.Decompress),
                _ => throw new InvalidDataException(),
            };
            var json = JsonDocument.Parse(await AllAsync(unpacked, MostAsked, ct));
            if (json.RootElement.ValueKind == JsonValueKind.Object
                && json.RootElement.EnumerateObject().All(static p => !p.Name.Contains('\0', StringComparison.Ordinal)))
                return json;
            json.Dispose();
            return null;
        }
        catch (Exception e) when (e is JsonException or InvalidDataException or InvalidOperationException)
        {
            return null;
        }
    }

    private static async Task<byte[]> AllAsync(Stream stream, int limitBytes, CancellationToken ct)
    {
        using var all = new MemoryStream();
        var buffer = new byte[32 << 10];
        while (await stream.ReadAsync(buffer, ct) is > 0 and var read)
        {
            if (all.Length + read > limitBytes) throw new InvalidDataException();
            all.Write(buffer, 0, read);
        }

        return all.ToArray();
    }

    /// <summary>Read through and not taken apart: what upstream says may be long.</summary>
    private static bool IsObject(byte[] json)
    {
        var reader = new Utf8JsonReader(json);
        var isObject = reader.Read() && reader.TokenType == JsonTokenType.StartObject;
        while (reader.Read()) reader.Skip();
        return isObject;
    }

    private static byte[] Without(JsonElement asked, HashSet<string> ours)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            foreach (var package in asked.EnumerateObject().Where(p => !ours.Contains(p.Name))) package.WriteTo(writer);
            writer.WriteEndObject();
        }

        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true)) gzip.Write(buffer.WrittenSpan);
        return packed.ToArray();
    }

    private static FileContentHttpResult Json(byte[] bytes) => TypedResults.Bytes(bytes, "application/json");
}
