using Auxo.Registry.Blobs;
using Auxo.Registry.Packages;
using Auxo.Registry.Packages.Uploading;
using Auxo.Registry.Repositories;
using Auxo.ServiceDefaults.Disk;

using Microsoft.AspNetCore.Http.Features;

using Npgsql;

namespace Auxo.Registry.NuGet.Pushing;

/// <summary>What a push of a package and one of its symbols have in common.</summary>
internal sealed class PackagePush(RepositoryRows rows, BlobUpload upload, DiskGuard guard, NpgsqlDataSource source)
{
    /// <summary>Receives what was sent, and answers with what <paramref name="keepAsync"/> makes of it.</summary>
    public async Task<UploadAnswer> RunAsync(
        string repository, HttpContext http, Func<NuGetRepository, ReceivedBlob, Task<UploadAnswer>> keepAsync, CancellationToken ct)
    {
        if (await NuGetRepository.FindAsync(rows, repository, ct) is not { At.AsOf: null } there)
            return new UploadAnswer(StatusCodes.Status404NotFound, NuGetRepository.None(repository).ProblemDetails.Detail!);
        try
        {
            // The row in memory may be a second old; the quota is asked anew.
            var settings = await RepositoryTable.FindAsync(source, there.Name, ct) ?? there.Settings;
            if (guard.Refuse(http.Request.ContentLength ?? 0) is { } full)
                return new UploadAnswer(StatusCodes.Status507InsufficientStorage, full);
            if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit) limit.MaxRequestBodySize = null;
            using var received = await PushForm.ReceiveAsync(
                http.Request, upload, Math.Max(settings.QuotaBytes - settings.UsedBytes, 0), ct);
            return await keepAsync(there, received);
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

    /// <summary>What is said of a version that was sent.</summary>
    public static UploadAnswer Answer(PublishOutcome outcome, NuGetRepository repository, string what) => outcome switch
    {
        PublishOutcome.Published => new UploadAnswer(StatusCodes.Status201Created, ""),
        PublishOutcome.SameContent or PublishOutcome.AlreadyThere => new UploadAnswer(StatusCodes.Status409Conflict,
            $"{what} is there already, and is never replaced. Raise the version, or push with --skip-duplicate."),
        PublishOutcome.WasRemoved => new UploadAnswer(StatusCodes.Status409Conflict,
            $"{what} was removed, and its version never comes back. Raise the version."),
        PublishOutcome.NoRoom => new UploadAnswer(StatusCodes.Status413PayloadTooLarge,
            $"'{repository.Name}' may hold {repository.Settings.QuotaBytes} bytes and has no room for this. "
                + "Remove versions, or raise its quota."),
        _ => new UploadAnswer(StatusCodes.Status503ServiceUnavailable, "The package was not kept in time. Push it again."),
    };

    /// <summary>403: the scopes of the token name other packages.</summary>
    public static UploadAnswer Forbidden(NuGetRepository repository, string id)
        => new(StatusCodes.Status403Forbidden, $"This token may not push '{id}': its scopes name other packages of '{repository.Name}'.");
}
