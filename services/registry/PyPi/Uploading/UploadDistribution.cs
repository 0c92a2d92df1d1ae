using System.IO.Pipelines;
using System.Text.Json;

using Auxo.Registry.Access;
using Auxo.Registry.Blobs;
using Auxo.Registry.Packages;
using Auxo.Registry.Packages.Uploading;
using Auxo.Registry.PyPi.Reading;
using Auxo.Registry.Repositories;
using Auxo.ServiceDefaults.Access;
using Auxo.ServiceDefaults.Disk;

using Microsoft.AspNetCore.Http.Features;

using Npgsql;

namespace Auxo.Registry.PyPi.Uploading;

/// <summary>
/// <c>POST /pypi/{repository}/legacy/</c>: takes one wheel or source distribution, as twine, flit, hatch and uv send it. 200 when it is
/// there durably, or was already; 400 beginning with "File already exists" when other bytes have that name.
/// </summary>
internal static class UploadDistribution
{
    private const string FileType = "application/octet-stream";

    public static void Map(IEndpointRouteBuilder routes)
        => routes.MapPost("/pypi/{repository}/legacy", HandleAsync)
            .WithName("UploadPythonDistribution").WithTags(PyPiRoutes.Tag)
            .RequireRepositoryScope(RegistryScopes.Write, UploadAccess.AnyPackage(RegistryScopes.Write));

    private static async Task<UploadAnswer> HandleAsync(
        string repository, HttpContext http, RepositoryRows rows, BlobUpload upload, DiskGuard guard, NpgsqlDataSource source,
        PublishVersion publish, CancellationToken ct)
    {
        if (await PyPiRepository.FindAsync(rows, repository, ct) is not { At.AsOf: null } there)
            return new UploadAnswer(StatusCodes.Status404NotFound, PyPiRepository.None(repository).ProblemDetails.Detail!);
        try
        {
            // The row in memory may be a second old; the quota is asked anew.
            var settings = await RepositoryTable.FindAsync(source, there.Name, ct) ?? there.Settings;
            var room = Math.Max(settings.QuotaBytes - settings.UsedBytes, 0);
            if (guard.Refuse(http.Request.ContentLength ?? 0) is { } full)
                return new UploadAnswer(StatusCodes.Status507InsufficientStorage, full);
            if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit) limit.MaxRequestBodySize = null;
            using var form = await UploadForm.ReceiveAsync(http.Request, upload, room, ct);
            var (file, refusal) = UploadRules.Check(form);
            if (file is null) return new UploadAnswer(StatusCodes.Status400BadRequest, refusal!);
            if (!http.User.May(RegistryScopes.Write, there.Name, file.Project))
                return new UploadAnswer(StatusCodes.Status403Forbidden,
                    $"This token may not upload '{file.Project}': its scopes name other packages of '{there.Name}'.");
            return await KeepAsync(there, form, file, http.Caller(), upload, source, publish, ct);
        }
        catch (AuxoException e)
        {
            return new UploadAnswer(e.Status, e.Message);
        }
        catch (BadHttpRequestException e)
        {
            return new UploadAnswer(e.StatusCode, e.Message);
        }
    }

    private static async Task<UploadAnswer> KeepAsync(
        PyPiRepository repository, UploadForm form, DistributionFile file, string by, BlobUpload upload, NpgsqlDataSource source,
        PublishVersion publish, CancellationToken ct)
    {
        var content = form.Content!;
        if (UploadDigests.Refuse(form, content) is { } mismatch) return new UploadAnswer(StatusCodes.Status400BadRequest, mismatch);
        ReadDistribution read;
        using (var stream = content.OpenRead()) read = DistributionReader.Read(file, stream);
        var known = await PackageTable.FindAsync(source, repository.Name, file.Project, ct);
        if (UploadRules.RefuseTwin(known, file) is { } twin) return new UploadAnswer(StatusCodes.Status400BadRequest, twin);
        using var metadata = read.MetadataText is { } text
            ? await upload.ReceiveAsync(PipeReader.Create(new MemoryStream(text)), long.MaxValue, sha512: false, ct) : null;
        var facts = new DistributionFacts(read.Metadata.RequiresPython, metadata?.Digest.Hex);
        List<NewPackageFile> files =
            [new(file.FileName, content, FileType, JsonSerializer.Serialize(facts, PyPiJson.Default.DistributionFacts))];
        if (metadata is not null) files.Add(new(file.FileName + GetDistribution.MetadataSuffix, metadata, "text/plain; charset=utf-8"));
        var outcome = await publish.RunAsync(new NewVersion(
            repository.Name, file.Project, UploadRules.VersionOf(known, file),
            JsonSerializer.Serialize(read.Metadata, PyPiJson.Default.CoreMetadata), files, by) { AddsFiles = true });
        return UploadRules.Answer(outcome, repository.Settings, file);
    }
}
