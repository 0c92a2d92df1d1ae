using System.IO.Pipelines;

using Auxo.Registry.Blobs;

using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace Auxo.Registry.NuGet.Pushing;

/// <summary>Receives what a client pushes: a form whose first part is the package, whatever its name, sent in chunks.</summary>
internal static class PushForm
{
    private static readonly StreamPipeReaderOptions Reading = new(bufferSize: 128 << 10, leaveOpen: true);

    /// <summary>The package goes to the disk as it comes.</summary>
    /// <exception cref="BadHttpRequestException">It is no such form.</exception>
    /// <exception cref="ContentTooLargeException">The package is longer than the limit.</exception>
    public static async Task<ReceivedBlob> ReceiveAsync(HttpRequest request, BlobUpload upload, long limitBytes, CancellationToken ct)
    {
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
            || !type.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase)
            || HeaderUtilities.RemoveQuotes(type.Boundary) is not { Length: > 0 and <= 200 } boundary)
            throw new BadHttpRequestException("A push is a form of the type 'multipart/form-data', as 'dotnet nuget push' sends it.");
        try
        {
            var reader = new MultipartReader(boundary.ToString(), request.Body);
            if (await reader.ReadNextSectionAsync(ct) is not { } part) throw new BadHttpRequestException(
                "The form has no package in it.");
            var bytes = PipeReader.Create(part.Body, Reading);
            var received = await upload.ReceiveAsync(bytes, limitBytes, sha512: true, ct);
            await bytes.CompleteAsync();
            return received;
        }
        catch (Exception e) when (e is InvalidDataException or IOException and not BadHttpRequestException)
        {
            throw new BadHttpRequestException("The form cannot be read: it is damaged, or was cut.", e);
        }
    }
}
