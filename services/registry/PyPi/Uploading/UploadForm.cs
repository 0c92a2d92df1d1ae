using System.IO.Pipelines;
using System.Text;

using Auxo.Registry.Blobs;

using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace Auxo.Registry.PyPi.Uploading;

/// <summary>
/// An upload as a client sends it: a form whose part <c>content</c> is the file, first, last or in between. What it
/// says of the file beside
/// its digests is not believed: the file's own metadata counts.
/// </summary>
public sealed class UploadForm : IDisposable
{
    private const int MaxParts = 5_000;
    private const int MaxOtherBytes = 8 << 20;
    private static readonly HashSet<string> Kept = new(StringComparer.Ordinal)
    {
        ":action", "protocol_version", "name", "version", "filetype", "md5_digest", "sha256_digest", "blake2_256_digest",
    };

    private static readonly StreamPipeReaderOptions Reading = new(bufferSize: 128 << 10, leaveOpen: true);

    private readonly Dictionary<string, string> _fields = new(StringComparer.Ordinal);

    private UploadForm()
    {
    }

    /// <summary>The file; null when there was none.</summary>
    public ReceivedBlob? Content { get; private set; }

    /// <summary>Its name; null when there was none.</summary>
    public string? FileName { get; private set; }

    /// <summary>A field; null when it is not there or empty.</summary>
    public string? this[string field] => _fields.GetValueOrDefault(field) is { Length: > 0 } value ? value : null;

    /// <summary>Receives it; the file goes to the disk as it comes.</summary>
    /// <param name="request">Whose body it is.</param>
    /// <param name="upload">Receives the file.</param>
    /// <param name="limitBytes">A longer file is refused.</param>
    /// <param name="ct">Breaks it off.</param>
    /// <exception cref="BadHttpRequestException">It is no such form.</exception>
    /// <exception cref="ContentTooLargeException">The file is longer than the limit.</exception>
    public static async Task<UploadForm> ReceiveAsync(HttpRequest request, BlobUpload upload, long limitBytes, CancellationToken ct)
    {
        var form = new UploadForm();
        try
        {
            var reader = new MultipartReader(Boundary(request), request.Body);
            var (parts, left) = (0, MaxOtherBytes);
            while (await reader.ReadNextSectionAsync(ct) is { } part)
            {
                if (++parts > MaxParts) throw new BadHttpRequestException($"The form has more than {MaxParts} parts.");
                if (part.GetContentDispositionHeader() is not { } disposition) throw new BadHttpRequestException(
                    "A part of the form has no 'Content-Disposition'.");
                var name = HeaderUtilities.RemoveQuotes(disposition.Name).ToString();
                if (name == "content") await form.TakeContentAsync(part, disposition, upload, limitBytes, ct);
                else left = await form.TakeFieldAsync(part, name, left, ct);
            }

            return form;
        }
        catch (Exception e)
        {
            form.Dispose();
            // The framework's reader says so of a body that ends in the middle or has lines that are too long.
            throw e is InvalidDataException or IOException and not BadHttpRequestException
                ? new BadHttpRequestException("The form cannot be read: it is damaged, or was cut.", e)
                : e;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Content?.Dispose();

    private static string Boundary(HttpRequest request)
        => MediaTypeHeaderValue.TryParse(request.ContentType, out var type) && type.MediaType.Equals("multipart/form-data",
            StringComparison.OrdinalIgnoreCase) && HeaderUtilities.RemoveQuotes(type.Boundary) is { Length: > 0 and <= 200 } boundary
            ? boundary.ToString()
            : throw new BadHttpRequestException("An upload is a form of the type 'multipart/form-data', as twine sends it.");

    private async Task TakeContentAsync(
        MultipartSection part, ContentDispositionHeaderValue disposition, BlobUpload upload, long limitBytes, CancellationToken ct)
    {
        if (Content is not null) throw new BadHttpRequestException("The form has two parts 'content'; a request uploads one file.");
        FileName = HeaderUtilities.RemoveQuotes(disposition.FileNameStar.HasValue ? disposition.FileNameStar
            : disposition.FileName).ToString();
        var bytes = PipeReader.Create(part.Body, Reading);
        Content = await upload.ReceiveAsync(bytes, limitBytes, sha512: false, ct);
        await bytes.CompleteAsync();
    }

    /// <returns>How much all other fields may still have.</returns>
    private async Task<int> TakeFieldAsync(MultipartSection part, string name, int left, CancellationToken ct)
    {
        var value = new MemoryStream();
        var buffer = new byte[4096];
        for (int read; (read = await part.Body.ReadAsync(buffer, ct)) > 0;)
        {
            if ((left -= read) < 0) throw new BadHttpRequestException(
                $"What the form says beside the file has more than {MaxOtherBytes} bytes.");
            if (Kept.Contains(name)) value.Write(buffer, 0, read);
        }

        if (Kept.Contains(name) && !_fields.TryAdd(name, Encoding.UTF8.GetString(value.GetBuffer(), 0, (int)value.Length).Trim()))
            throw new BadHttpRequestException($"The form has '{name}' twice.");
        return left;
    }
}
