using System.IO.Pipelines;
using System.Security.Cryptography;
using System.Text.Json;

using Auxo.Registry.Blobs;

namespace Auxo.Registry.Npm.Publish;

/// <summary>A tarball that came in a request.</summary>
/// <param name="Key">How the request calls it: <c>@acme/left-1.0.0.tgz</c>.</param>
/// <param name="Blob">Its bytes.</param>
/// <param name="Sha1">What npm calls <c>shasum</c>.</param>
internal sealed record SentTarball(string Key, ReceivedBlob Blob, byte[] Sha1);

/// <summary>The body of a PUT of a package, read: its JSON, and the tarballs in it, which are on the disk already.</summary>
internal sealed class PublishBody : IDisposable
{
    /// <summary>More than what is hashed and written at once.</summary>
    private static readonly PipeOptions Buffers = new(pauseWriterThreshold: 1 << 20, resumeWriterThreshold: 1 << 19);

    private PublishBody(JsonDocument document, IReadOnlyList<SentTarball> tarballs) => (Document, Tarballs) = (document, tarballs);

    /// <summary>All but the tarballs' data.</summary>
    public JsonDocument Document { get; }

    /// <summary>As they came.</summary>
    public IReadOnlyList<SentTarball> Tarballs { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        Document.Dispose();
        foreach (var tarball in Tarballs) tarball.Blob.Dispose();
    }

    /// <summary>Reads all of it; nothing is left behind when it fails.</summary>
    /// <param name="body">The request's.</param>
    /// <param name="upload">Where tarballs go.</param>
    /// <param name="limitBytes">What a tarball may have.</param>
    /// <param name="ct">Breaks it off.</param>
    /// <exception cref="UnreadableBodyException">It is not what npm sends.</exception>
    /// <exception cref="ContentTooLargeException">There is no room for a tarball.</exception>
    /// <exception cref="DiskFullException">The disk is full.</exception>
    public static async Task<PublishBody> ReadAsync(PipeReader body, BlobUpload upload, long limitBytes, CancellationToken ct)
    {
        var tarballs = new List<SentTarball>();
        var whole = false;
        try
        {
            var document = await ReadAsync(body, tarballs, upload, limitBytes, ct);
            whole = true;
            return new PublishBody(document, tarballs);
        }
        catch (FormatException e)
        {
            throw new UnreadableBodyException($"cannot be read: {e.Message}");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // The latter: a text with half a character in it.
            throw new UnreadableBodyException("is not the JSON that npm sends, or is cut off");
        }
        finally
        {
            if (!whole) tarballs.ForEach(static t => t.Blob.Dispose());
        }
    }

    private static async Task<JsonDocument> ReadAsync(
        PipeReader body, List<SentTarball> tarballs, BlobUpload upload, long limitBytes, CancellationToken ct)
    {
        using var document = new PublishDocument();
        for (var wanted = 1L; ;)
        {
            var read = await body.ReadAtLeastAsync((int)wanted, ct);
            if (read.IsCanceled) throw new OperationCanceledException(ct);
            var used = read.Buffer.GetPosition(document.Read(read.Buffer, read.IsCompleted));
            var left = read.Buffer.Slice(used).Length;
            body.AdvanceTo(used, document.DataOf is null ? read.Buffer.End : used);
            if (document.DataOf is { } key)
            {
                if (tarballs.Count > 0) throw new FormatException("it has more than one tarball");
                tarballs.Add(await ReceiveAsync(body, key, upload, limitBytes, ct));
                document.Skipped();
                wanted = 1;
            }
            else if (read.IsCompleted)
            {
                return document.Parse();
            }
            else
            {
                // A long text is looked at again each time: twice as much at least makes that few times.
                wanted = Math.Max(left * 2, 1);
            }
        }
    }

    private static async Task<SentTarball> ReceiveAsync(
        PipeReader body, string key, BlobUpload upload, long limitBytes, CancellationToken ct)
    {
        var pipe = new Pipe(Buffers);
#pragma warning disable CA5350 // 'shasum' is SHA-1 by npm's protocol; nothing here relies on it.
        using var sha1 = IncrementalHash.CreateHash(HashAlgorithmName.SHA1);
#pragma warning restore CA5350
        var receiving = ReceiveAsync(pipe.Reader, upload, limitBytes, ct);
        try
        {
            await DecodeAsync(body, pipe.Writer, sha1, ct);
            await pipe.Writer.CompleteAsync();
        }
        catch (Exception e)
        {
            await pipe.Writer.CompleteAsync(e);
            await DropAsync(receiving);
            throw;
        }

        return new SentTarball(key, await receiving, sha1.GetHashAndReset());
    }

    /// <summary>Who writes into the pipe hears it when this ends early.</summary>
    private static async Task<ReceivedBlob> ReceiveAsync(PipeReader decoded, BlobUpload upload, long limitBytes, CancellationToken ct)
    {
        try
        {
            return await upload.ReceiveAsync(decoded, limitBytes, sha512: true, ct);
        }
        finally
        {
            await decoded.CompleteAsync();
        }
    }

    private static async Task DecodeAsync(PipeReader body, PipeWriter writer, IncrementalHash sha1, CancellationToken ct)
    {
        var (text, bytes) = (new Base64Text(), new HashingWriter(writer, sha1));
        while (!text.Ended)
        {
            var read = await body.ReadAsync(ct);
            if (read.IsCanceled) throw new OperationCanceledException(ct);
            var used = text.Decode(read.Buffer, bytes);
            var stuck = read.IsCompleted && used == read.Buffer.Length && !text.Ended;
            body.AdvanceTo(read.Buffer.GetPosition(used));
            if (stuck) throw new FormatException("it is cut off in the middle of its tarball");
            // Its reader ended: it says why.
            if ((await writer.FlushAsync(ct)).IsCompleted) return;
        }
    }

    private static async Task DropAsync(Task<ReceivedBlob> receiving)
    {
        try
        {
            (await receiving).Dispose();
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // It is the same failure, seen from the other end.
        }
    }

    /// <summary>Hashes what passes.</summary>
    private sealed class HashingWriter(PipeWriter writer, IncrementalHash hash) : System.Buffers.IBufferWriter<byte>
    {
        private Memory<byte> _given;

        public void Advance(int count)
        {
            hash.AppendData(_given.Span[..count]);
            writer.Advance(count);
        }

        public Memory<byte> GetMemory(int sizeHint = 0) => _given = writer.GetMemory(sizeHint);

        public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;
    }
}

/// <summary>400: the body of a publish request cannot be used.</summary>
public sealed class UnreadableBodyException(string what)
    : AuxoException("npm/invalid-body", StatusCodes.Status400BadRequest,
        $"The request {what}. Nothing of it was kept. Publish with npm, pnpm, Yarn or Bun.");
