using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json;

using Auxo.Registry.Blobs;
using Auxo.Registry.Npm.Names;
using Auxo.Registry.Npm.Signing;
using Auxo.Registry.Npm.Tarballs;
using Auxo.Registry.Packages;
using Auxo.Registry.Repositories;
using Auxo.ServiceDefaults.Access;

using Microsoft.AspNetCore.Http.HttpResults;

namespace Auxo.Registry.Npm.Publish;

/// <summary>A version that npm, pnpm, Yarn or Bun sends: checked, signed and kept.</summary>
public sealed class PublishPackage(BlobUpload upload, PublishVersion publish, SigningKey key)
{
    internal async Task<Results<JsonHttpResult<NpmOk>, ProblemHttpResult>> RunAsync(
        RegistryRepository repository, NpmName name, PublishBody body, HttpContext http, CancellationToken ct)
    {
        if (name.RefuseNew() is { } refusal) return NpmProblems.Path($"The package's name {refusal}.");
        var sent = SentVersion.From(name, body);
        Tarball tarball;
        await using (var bytes = sent.Tarball.Blob.OpenRead()) tarball = await Tarball.ReadAsync(bytes, sent.Tarball.Blob.SizeBytes, ct);
        using var package = Parse(tarball);
        if (ManifestCheck.Refuse(sent.Manifest, package.RootElement, tarball) is { } differs)
            return AuxoProblem.BadRequest("npm/manifest-differs",
                $"What was sent about {name}@{sent.Version} does not fit its tarball: {differs}. Nothing of it was kept.");

        using var bundle = sent.Bundle is { } signed
            ? await upload.ReceiveAsync(PipeReader.Create(new ReadOnlySequence<byte>(signed.Bytes)), long.MaxValue, sha512: false, ct)
            : null;
        List<NewPackageFile> files = [new(sent.FileName, sent.Tarball.Blob, "application/octet-stream")];
        if (bundle is not null) files.Add(new($"{name.Bare}-{sent.Version}.sigstore", bundle, sent.Bundle!.MediaType));
        var tags = sent.Tags;
        var outcome = await publish.RunAsync(new NewVersion(
            repository.Name, name.Value, sent.Version, VersionMetadata.Of(sent, tarball, package.RootElement, key), files,
            http.Caller())
        {
            Tags = now => tags = DistTag.ForNew(now, sent.Version, sent.Tags),
        });
        return outcome switch
        {
            PublishOutcome.Published => Kept(http, sent, tags),
            // npm sends a publish again when it heard 503 or nothing: the first one was kept then.
            PublishOutcome.SameContent => Answers.Created,
            PublishOutcome.AlreadyThere => AuxoProblem.Conflict("npm/version-exists",
                $"{name}@{sent.Version} is there already, and a version is never replaced. Raise the version in package.json."),
            PublishOutcome.WasRemoved => AuxoProblem.Conflict("npm/version-was-removed",
                $"{name}@{sent.Version} was there and was removed; its number is never used again. Raise the version in package.json."),
            PublishOutcome.NoRoom => Files.FileProblems.NoRoom(repository),
            _ => AuxoProblem.Of(StatusCodes.Status503ServiceUnavailable, "upload/try-again",
                "The content was cleaned up before its name was recorded. Nothing was kept; send it again."),
        };
    }

    private static JsonHttpResult<NpmOk> Kept(HttpContext http, SentVersion sent, IReadOnlyList<string> tags)
    {
        if (sent.Tags.Contains(DistTag.Latest, StringComparer.Ordinal) && !tags.Contains(DistTag.Latest, StringComparer.Ordinal))
        {
            // npm prints it.
            http.Response.Headers["npm-notice"] =
                $"{sent.Name}@{sent.Version} is published, but 'latest' stays where it is: it only goes forward by itself. "
                    + $"To move it: npm dist-tag add {sent.Name}@{sent.Version} latest";
        }

        return Answers.Created;
    }

    private static JsonDocument Parse(Tarball tarball)
    {
        try
        {
            return JsonDocument.Parse(tarball.PackageJson, new JsonDocumentOptions { AllowDuplicateProperties = false });
        }
        catch (JsonException)
        {
            throw new BadTarballException("has a package.json that is no JSON, or names something twice");
        }
    }
}
