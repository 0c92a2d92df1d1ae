using System.Buffers;
using System.Text.Json;

using Auxo.Registry.Access;
using Auxo.Registry.Blobs;
using Auxo.Registry.Mirrors;
using Auxo.Registry.Npm.Mirrored;
using Auxo.Registry.Npm.Names;
using Auxo.Registry.Npm.Reading;
using Auxo.Registry.Packages;
using Auxo.Registry.Repositories;

using Microsoft.AspNetCore.Http.HttpResults;

using Npgsql;

namespace Auxo.Registry.Npm.Signing;

/// <summary>The keys of this registry.</summary>
public sealed record NpmKeys(IReadOnlyList<NpmKey> Keys);

/// <summary>A key: <paramref name="Key"/> is a SubjectPublicKeyInfo in Base64.</summary>
public sealed record NpmKey(string? Expires, string Keyid, string Keytype, string Scheme, string Key);

/// <summary>
/// <c>GET /npm/{repository}/-/npm/v1/keys</c>: the key that signs <c>dist.signatures</c>; <c>…/-/npm/v1/attestations/NAME@VERSION</c>:
/// the Sigstore bundles that came with a version, as they were sent.
/// </summary>
public static class GetSignatures
{
    private const string Below = "-/npm/v1/attestations/";
    private const string Keys = "-/npm/v1/keys";
    private const string Kind = "ecdsa-sha2-nistp256";

    internal static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/npm/{repository}/" + Keys, KeysAsync)
            .WithName("GetNpmKeys").WithTags("npm").RequireRepositoryScope(RegistryScopes.Read);
        routes.MapGet("/npm/{repository}/" + Below + "{**path}", AttestationsAsync).WithName("GetNpmAttestations").WithTags("npm")
            .RequireRepositoryScope(RegistryScopes.Read, static http => Of(http)?.Name.Value);
    }

    /// <summary>Ours, and those of upstream: what comes from there is signed there.</summary>
    private static async Task<IResult> KeysAsync(
        HttpContext http, RepositoryRows rows, SigningKey key, NpmMirror mirror, CancellationToken ct)
    {
        if (await NpmRequest.FindAsync(rows, NpmRequest.At(http), ct) is not { } repository)
            return NpmProblems.NoRepository($"{http.Request.RouteValues["repository"]}");
        List<NpmKey> keys = [new(null, key.Id, Kind, Kind, key.Public)];
        if (repository.Mirror is not null && await mirror.SmallAsync(repository, Keys, ct) is { } theirs)
        {
            try
            {
                keys.AddRange(JsonSerializer.Deserialize(theirs, HttpJson.Default.NpmKeys)?.Keys ?? []);
            }
            catch (JsonException)
            {
                throw new UpstreamAwayException(repository.Name, "what it sent as its keys cannot be read");
            }
        }

        return TypedResults.Json(new NpmKeys(keys), HttpJson.Default.NpmKeys);
    }

    private static async Task<IResult> AttestationsAsync(
        HttpContext http, RepositoryRows rows, NpgsqlDataSource source, BlobStore blobs, NpmPackages packages, NpmMirror mirror,
        CancellationToken ct)
    {
        var at = NpmRequest.At(http);
        if (await NpmRequest.FindAsync(rows, at, ct) is not { } repository)
            return NpmProblems.NoRepository($"{http.Request.RouteValues["repository"]}");
        if (Of(http) is not var (name, version)) return NpmProblems.Path("Attestations are asked for as NAME@VERSION.");
        if (repository.Mirror is not null && !await packages.IsOursAsync(repository.Name, name.Value, ct))
            return await mirror.SmallAsync(repository, $"{Below}{name.Value.Replace("/", "%2f", StringComparison.Ordinal)}@{version}", ct)
                is { } theirs ? TypedResults.Bytes(theirs, "application/json") : None(name, version);
        if (await PackageTable.FindFileAsync(source, at!.Name, name.Value, $"{name.Bare}-{version}.sigstore", ct) is not { } file
            || blobs.Files.OpenRead(file.Digest) is not { } handle)
            return None(name, version);
        using (handle)
        {
            var bundle = new byte[file.SizeBytes];
            if (RandomAccess.Read(handle, bundle, 0) != bundle.Length) throw new Files.MissingContentException(file.Digest);
            return TypedResults.Bytes(Document(bundle), "application/json");
        }
    }

    private static ProblemHttpResult None(NpmName name, string version)
        => AuxoProblem.NotFound("npm/no-attestations", $"{name}@{version} came without attestations.");

    private static byte[] Document(byte[] bundle)
    {
        using var json = JsonDocument.Parse(bundle);
        using var statement = JsonDocument.Parse(json.RootElement.GetProperty("dsseEnvelope").GetProperty("payload").GetBytesFromBase64());
        var buffer = new ArrayBufferWriter<byte>(bundle.Length + 200);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteStartArray("attestations");
            writer.WriteStartObject();
            writer.WriteString("predicateType", statement.RootElement.GetProperty("predicateType").GetString());
            writer.WritePropertyName("bundle");
            writer.WriteRawValue(bundle);
            writer.WriteEndObject();
            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>The scope's <c>@</c> is not the version's.</summary>
    private static (NpmName Name, string Version)? Of(HttpContext http)
    {
        if (NpmRequest.PartsBelow(http, Below) is not { } text || text.LastIndexOf('@') is not (> 0 and var split)) return null;
        return NpmName.TryParse(text[..split], out var name, out _) && NpmVersion.Read(text[(split + 1)..], out _) is not null
            ? (name, text[(split + 1)..])
            : null;
    }
}
