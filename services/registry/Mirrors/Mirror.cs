using System.Collections.Concurrent;
using System.IO.Pipelines;
using System.Net;
using System.Security.Cryptography;

using Auxo.Registry.Blobs;
using Auxo.Registry.Repositories;

using Npgsql;

namespace Auxo.Registry.Mirrors;

/// <summary>
/// What upstream has, fetched once however many ask, and kept. A document (a list of versions) is asked for again when it is
/// older than a few minutes, and served as it is when upstream is away; a file never changes.
/// </summary>
public sealed partial class Mirror(
    NpgsqlDataSource source, UpstreamClient upstream, BlobUpload upload, BlobStore blobs, TimeProvider time, ILogger<Mirror> logger)
{
    private static readonly TimeSpan Fresh = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan FreshAbsence = TimeSpan.FromMinutes(1);

    /// <summary>After a failure nobody waits for upstream again for so long: an upstream that hangs would hang everybody.</summary>
    private static readonly TimeSpan LeftAlone = TimeSpan.FromSeconds(30);
    private readonly ConcurrentDictionary<(string Repository, string Key), Lazy<Task<MirroredDocument>>> _documents = new();
    private readonly ConcurrentDictionary<(string Repository, string Key), Lazy<Task<MirroredFile?>>> _files = new();
    private readonly ConcurrentDictionary<(string, string), (long At, UpstreamAwayException Reason)> _away = new();

    /// <summary>What is made from a long document takes several times its length: one after the other.</summary>
    private const int LongBytes = 8 << 20;
    private static readonly SemaphoreSlim OneLong = new(1, 1);

    /// <summary>A document; its content is null when upstream has no such thing.</summary>
    /// <param name="repository">The mirror.</param>
    /// <param name="key">What it is kept under; the format's own name for it.</param>
    /// <param name="address">Where upstream has it.</param>
    /// <param name="accept">In which form it is asked for.</param>
    /// <param name="limitBytes">A longer one is refused.</param>
    /// <param name="ct">The caller waits no longer; the fetch goes on for the others.</param>
    /// <param name="prepare">What the question has besides, such as upstream's own token.</param>
    /// <param name="now">Ask upstream even when it was asked a moment ago.</param>
    /// <exception cref="UpstreamAwayException">It is not here, and upstream cannot be asked.</exception>
    public async Task<MirroredDocument> DocumentAsync(
        RegistryRepository repository, string key, Uri address, string accept, long limitBytes, CancellationToken ct,
        Action<HttpRequestMessage>? prepare = null, bool now = false)
    {
        var kept = await MirrorTable.FindDocumentAsync(source, repository.Name, key, ct);
        if (kept is not null)
        {
            // To refresh it is no use: what nobody else asks for is let go in the end.
            if (!now)
                await MirrorTable.UsedAsync(source, "mirrored_documents", repository.Name, key, time.GetUtcNow(), ct);
            if (!now && time.GetUtcNow() - kept.CheckedAt < (kept.Content is null ? FreshAbsence : Fresh)) return kept;
            if (!now && IsAway(repository.Name, address) is not null && kept.Content is not null)
                return kept with { IsStale = true };
        }
        else if (IsAway(repository.Name, address) is { } reason)
        {
            throw reason;
        }

        var asking = Once(_documents, (repository.Name, key),
            () => AskAsync(repository, key, address, accept, limitBytes, kept, prepare, CancellationToken.None));
        try
        {
            return await asking.WaitAsync(ct);
        }
        catch (UpstreamAwayException e) when (kept?.Content is not null)
        {
            Log.Stale(logger, repository.Name, key, e.Reason);
            return kept with { IsStale = true };
        }
    }

    /// <summary>A file, checked against what upstream promised before any byte of it is handed out; null when upstream has none.</summary>
    /// <param name="repository">The mirror.</param>
    /// <param name="key">What it is kept under; the format's own name for it.</param>
    /// <param name="address">Where upstream has it; asked for only when it is not here.</param>
    /// <param name="expected">What it has to be; null when upstream does not say.</param>
    /// <param name="limitBytes">A longer one is refused.</param>
    /// <param name="ct">The caller waits no longer; the fetch goes on for the others.</param>
    /// <param name="prepare">What the question has besides, such as upstream's own token.</param>
    /// <exception cref="UpstreamAwayException">It is not here, and upstream cannot be asked.</exception>
    /// <exception cref="UpstreamChangedException">Upstream promises other bytes than it did, or sent others than promised.</exception>
    public async Task<MirroredFile?> FileAsync(
        RegistryRepository repository, string key, Uri address, ExpectedDigest? expected, long limitBytes, CancellationToken ct,
        Action<HttpRequestMessage>? prepare = null)
    {
        if (await MirrorTable.FindFileAsync(source, repository.Name, key, ct) is { } kept && blobs.Files.Exists(kept.Content))
        {
            if (expected is not null && kept.Promised is not null && kept.Promised != expected.ToString() && SameKind(kept, expected))
                throw new UpstreamChangedException(repository.Name, key, "promises other bytes than it did");
            await MirrorTable.UsedAsync(source, "mirrored_files", repository.Name, key, time.GetUtcNow(), ct);
            return kept;
        }

        if (IsAway(repository.Name, address) is { } reason) throw reason;
        return await Once(_files, (repository.Name, key),
            () => FetchAsync(repository, key, address, expected, limitBytes, prepare, CancellationToken.None)).WaitAsync(ct);
    }

    /// <summary>
    /// A question of which nothing is kept. Upstream has its rest from those too; one that it answers with a fault is not asked again
    /// for as long, and says nothing of the rest that upstream has.
    /// </summary>
    /// <exception cref="UpstreamAwayException">Upstream cannot be asked.</exception>
    internal async Task<HttpResponseMessage> QuestionAsync(
        RegistryRepository repository, Uri address, Action<HttpRequestMessage> prepare, CancellationToken ct)
    {
        if ((IsAway(repository.Name, address.Authority) ?? IsAway(repository.Name, address.AbsoluteUri)) is { } reason) throw reason;
        try
        {
            return await upstream.SendAsync(repository.Name, address, prepare, ct);
        }
        catch (UpstreamAwayException e)
        {
            var nobody = e.InnerException is not null && !e.IsOfOneAddress;
            _away[(repository.Name, nobody ? address.Authority : address.AbsoluteUri)] = (time.GetTimestamp(), e);
            if (nobody) await MirrorTable.AskedAsync(source, repository.Name, e.Reason, time.GetUtcNow(), CancellationToken.None);
            throw;
        }
    }

    /// <summary>The bytes of a document.</summary>
    /// <exception cref="Files.MissingContentException">They are not on the disk.</exception>
    public async Task<byte[]> ReadAsync(Digest content, CancellationToken ct)
    {
        using var handle = blobs.Files.OpenRead(content) ?? throw new Files.MissingContentException(content);
        var bytes = new byte[RandomAccess.GetLength(handle)];
        for (var at = 0; at < bytes.Length;)
        {
            var read = await RandomAccess.ReadAsync(handle, bytes.AsMemory(at), at, ct);
            if (read == 0) throw new IOException($"{content} is shorter on the disk than it was when it was stored.");
            at += read;
        }

        return bytes;
    }

    /// <summary>Makes something of a document; long ones wait for each other.</summary>
    /// <exception cref="Files.MissingContentException">It is not on the disk.</exception>
    public async Task<T> UseAsync<T>(Digest content, Func<byte[], T> use, CancellationToken ct)
    {
        if (blobs.Files.LengthOf(content) is null or <= LongBytes) return use(await ReadAsync(content, ct));
        await OneLong.WaitAsync(ct);
        try
        {
            return use(await ReadAsync(content, ct));
        }
        finally
        {
            OneLong.Release();
        }
    }

    private static bool SameKind(MirroredFile kept, ExpectedDigest expected)
        => kept.Promised!.Split('-')[0] == expected.ToString().Split('-')[0];

    private async Task<MirroredDocument> AskAsync(
        RegistryRepository repository, string key, Uri address, string accept, long limitBytes, MirroredDocument? kept,
        Action<HttpRequestMessage>? prepare, CancellationToken ct)
    {
        using var response = await SendAsync(repository.Name, address, request =>
        {
            if (accept.Length > 0) request.Headers.TryAddWithoutValidation("Accept", accept);
            request.Headers.TryAddWithoutValidation("Accept-Encoding", "gzip");
            prepare?.Invoke(request);
            if (kept?.Content is null) return;
            if (kept.ETag is { } tag) request.Headers.TryAddWithoutValidation("If-None-Match", tag);
            if (kept.LastModified is { } modified) request.Headers.TryAddWithoutValidation("If-Modified-Since", modified);
        }, ct);
        var now = time.GetUtcNow();
        if (response.StatusCode == HttpStatusCode.NotModified && kept?.Content is not null)
        {
            await MirrorTable.CheckedAsync(source, repository.Name, key, now, ct);
            return kept with { CheckedAt = now };
        }

        if (response.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.Gone)
        {
            // What was there once stays: an upstream that loses a package must not take it from those who build with it.
            if (kept?.Content is not null)
            {
                await MirrorTable.CheckedAsync(source, repository.Name, key, now, ct);
                return kept with { CheckedAt = now, IsStale = true };
            }

            var absent = new MirroredDocument(key, address.AbsoluteUri, accept, null, null, null, null, now, now);
            await MirrorTable.PutAsync(source, repository.Name, absent, 0, now, ct);
            return absent;
        }

        if (response.StatusCode != HttpStatusCode.OK)
            throw await RefusedAsync(response, repository.Name);
        using var received = await ReceiveAsync(repository.Name, address, response, limitBytes, null, ct);
        if (!await FitsAsync(repository.Format, key, accept, received, ct))
            throw await FailedAsync(
                new UpstreamAwayException(repository.Name, $"what it sent for '{key}' is not what was asked for"),
                repository.Name, null);
        await blobs.KeepAsync(received, ct);
        var document = new MirroredDocument(
            key, address.AbsoluteUri, accept, received.Digest, response.Content.Headers.ContentType?.ToString(),
            Header(response, "ETag"), response.Content.Headers.TryGetValues("Last-Modified", out var changed) ? changed.First() : null,
            now, now);
        await MirrorTable.PutAsync(source, repository.Name, document, received.SizeBytes, now, ct);
        await MirrorTable.MakeRoomAsync(source, repository.Name, 0, ct);
        return document;
    }

    private async Task<MirroredFile?> FetchAsync(
        RegistryRepository repository, string key, Uri address, ExpectedDigest? expected, long limitBytes,
        Action<HttpRequestMessage>? prepare, CancellationToken ct)
    {
        // The one before may have brought it while this one was on its way here.
        if (await MirrorTable.FindFileAsync(source, repository.Name, key, ct) is { } brought)
        {
            if (blobs.Files.Exists(brought.Content)) return brought;
            await MirrorTable.ForgetAsync(source, repository.Name, key, ct);
        }

        using var response = await SendAsync(repository.Name, address, request =>
        {
            request.Headers.TryAddWithoutValidation("Accept-Encoding", "identity");
            prepare?.Invoke(request);
        }, ct);
        if (response.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.Gone) return null;
        if (response.StatusCode != HttpStatusCode.OK)
            throw await RefusedAsync(response, repository.Name);
        using var received = await ReceiveAsync(
            repository.Name, address, response, Math.Min(limitBytes, repository.QuotaBytes), expected, ct);
        if (expected is not null && !expected.Value.AsSpan().SequenceEqual(
            expected.Algorithm == HashAlgorithmName.SHA256
                ? Convert.FromHexString(received.Digest.Hex) : received.OtherHash))
        {
            Log.WrongBytes(logger, repository.Name, key);
            throw new UpstreamChangedException(repository.Name, key, "sent other bytes than it promises");
        }

        await blobs.KeepAsync(received, ct);
        CrashPoint.Hit("registry.mirror.kept");
        var file = new MirroredFile(
            key, received.Digest, received.SizeBytes, response.Content.Headers.ContentType?.ToString() ?? "application/octet-stream",
            address.AbsoluteUri, expected?.ToString(), time.GetUtcNow(), time.GetUtcNow());
        if (!await MirrorTable.PutFileAsync(source, repository.Name, file, ct))
        {
            await MirrorTable.MakeRoomAsync(source, repository.Name, file.SizeBytes, ct);
            if (!await MirrorTable.PutFileAsync(source, repository.Name, file, ct))
                throw new MirrorFullException(repository.Name, file.SizeBytes);
        }

        CrashPoint.Hit("registry.mirror.committed");
        return file;
    }

    private static async Task<bool> FitsAsync(
        string format, string key, string accept, ReceivedBlob received, CancellationToken ct)
    {
        if (!DocumentCheck.Looks(accept)) return true;
        var isLong = received.SizeBytes > LongBytes;
        if (isLong) await OneLong.WaitAsync(ct);
        try
        {
            var bytes = new byte[received.SizeBytes];
            await using (var stream = received.OpenRead()) await stream.ReadExactlyAsync(bytes, ct);
            return DocumentCheck.Fits(format, key, bytes);
        }
        finally
        {
            if (isLong) OneLong.Release();
        }
    }

    private async Task<ReceivedBlob> ReceiveAsync(
        string repository, Uri address, HttpResponseMessage response, long limitBytes, ExpectedDigest? expected,
        CancellationToken ct)
    {
        PipeReader? body = null;
        try
        {
            body = PipeReader.Create(await UpstreamClient.BodyAsync(response, ct));
            var other = expected?.Algorithm == HashAlgorithmName.SHA256 ? null : expected?.Algorithm;
            return await upload.ReceiveAsync(body, limitBytes, other, ct);
        }
        catch (ContentTooLargeException e)
        {
            throw await FailedAsync(
                new UpstreamAwayException(repository, $"it sent more than {limitBytes} bytes", e), repository, null);
        }
        catch (Exception e) when (e is IOException or HttpRequestException or InvalidDataException && !DiskFullException.Is(e))
        {
            // Only who stands still costs the next one time too.
            throw await FailedAsync(
                new UpstreamAwayException(repository, "its answer broke off", e), repository,
                e is UpstreamStillException ? address : null);
        }
        finally
        {
            if (body is not null) await body.CompleteAsync();
        }
    }

    private async Task<HttpResponseMessage> SendAsync(
        string repository, Uri address, Action<HttpRequestMessage> prepare, CancellationToken ct)
    {
        try
        {
            var response = await upstream.SendAsync(repository, address, prepare, ct);
            _away.TryRemove((repository, address.Authority), out _);
            await MirrorTable.AskedAsync(source, repository, failure: null, time.GetUtcNow(), ct);
            return response;
        }
        catch (UpstreamAwayException e)
        {
            throw await FailedAsync(e, repository, e.IsOfOneAddress ? null : address);
        }
    }

    /// <param name="e">What went wrong.</param>
    /// <param name="repository">The mirror.</param>
    /// <param name="away">Its host is left alone for a while.</param>
    private async Task<UpstreamAwayException> FailedAsync(UpstreamAwayException e, string repository, Uri? away)
    {
        if (away is not null) _away[(repository, away.Authority)] = (time.GetTimestamp(), e);
        Log.Away(logger, repository, e.Reason);
        await MirrorTable.AskedAsync(source, repository, e.Reason, time.GetUtcNow(), CancellationToken.None);
        return e;
    }

    private Task<UpstreamAwayException> RefusedAsync(HttpResponseMessage response, string repository)
        => FailedAsync(
            new UpstreamAwayException(repository, $"it answered {(int)response.StatusCode}"), repository, null);

    /// <summary>Whether upstream did not answer a moment ago, and is not asked until it had some rest.</summary>
    internal bool IsLeftAlone(string repository, Uri address) => IsAway(repository, address) is not null;

    private UpstreamAwayException? IsAway(string repository, Uri address) => IsAway(repository, address.Authority);

    private UpstreamAwayException? IsAway(string repository, string what)
        => _away.TryGetValue((repository, what), out var away) && time.GetElapsedTime(away.At) < LeftAlone
            ? new UpstreamAwayException(repository, away.Reason.Reason, away.Reason) : null;

    private static string? Header(HttpResponseMessage response, string name)
        => response.Headers.NonValidated.TryGetValues(name, out var values) ? values.ToString() : null;

    /// <summary>The running fetch, or a new one; whoever comes after its end begins another.</summary>
    private static Task<T> Once<T>(
        ConcurrentDictionary<(string, string), Lazy<Task<T>>> running, (string, string) key, Func<Task<T>> run)
    {
        Lazy<Task<T>>? mine = null;
        mine = new Lazy<Task<T>>(async () =>
        {
            try
            {
                return await Task.Run(run);
            }
            finally
            {
                running.TryRemove(KeyValuePair.Create(key, mine!));
            }
        });
        return running.GetOrAdd(key, mine).Value;
    }

    private static partial class Log
    {
        [LoggerMessage(540, LogLevel.Warning, "The upstream of the mirror {Repository} could not be asked: {Reason}")]
        public static partial void Away(ILogger logger, string repository, string reason);

        [LoggerMessage(541, LogLevel.Information, "{Key} of the mirror {Repository} is served as it was: {Reason}")]
        public static partial void Stale(ILogger logger, string repository, string key, string reason);

        [LoggerMessage(542, LogLevel.Error, "The upstream of the mirror {Repository} sent other bytes than it promises for {Key}")]
        public static partial void WrongBytes(ILogger logger, string repository, string key);
    }
}
