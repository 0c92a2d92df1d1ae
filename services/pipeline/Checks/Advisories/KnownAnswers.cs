using System.Collections.Concurrent;
using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

using Auxo.ServiceDefaults.Egress;

namespace Auxo.Pipeline.Checks.Advisories;

/// <summary>What a registry answered, as it was read.</summary>
/// <param name="Value">What stands in it.</param>
/// <param name="Digest">Of its bytes.</param>
/// <param name="AskedAt">When the registry last said so.</param>
/// <param name="Trouble">Why it could not be asked since; null when it need not be or was.</param>
internal sealed record KnownAnswer<T>(T Value, string Digest, DateTimeOffset AskedAt, string? Trouble);

/// <summary>
/// Asks registries, and keeps what they answered on disk: for an hour nobody asks again, then only whether it changed, and when they
/// cannot be reached what is younger than a week still counts. Their answers are limited in size and time.
/// </summary>
internal sealed class KnownAnswers(string folder, EgressGuard guard, TimeProvider time) : IDisposable
{
    /// <summary>Of one answer.</summary>
    public const int MaxBytes = 32 << 20;

    /// <summary>Older answers count for nothing.</summary>
    public static readonly TimeSpan MostAge = TimeSpan.FromDays(7);

    private static readonly TimeSpan Fresh = TimeSpan.FromHours(1);
    private static readonly TimeSpan AgainAfter = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    /// <summary>On disk: a lock file of npm has an answer of its own.</summary>
    private const int MostFiles = 1000;

    /// <summary>In memory; an answer is up to a few megabytes.</summary>
    private const int MostKept = 100;

    private readonly HttpClient _client = guard.CreateClient();
    private readonly SemaphoreSlim _asking = new(1);
    private readonly ConcurrentDictionary<string, (object Value, Header Header)> _kept = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, (DateTimeOffset At, string Why)> _failed = new(StringComparer.Ordinal);

    /// <summary>Reads an address of a setting or of an answer.</summary>
    /// <exception cref="AdvisoryException">It is none that Auxo calls.</exception>
    public Uri Address(string text)
    {
        try
        {
            return guard.Parse(text);
        }
        catch (EgressDeniedException e)
        {
            throw new AdvisoryException(e.Message);
        }
    }

    /// <summary>The answer to a request.</summary>
    /// <param name="address">Where to ask.</param>
    /// <param name="name">What tells its answer from others of the same address.</param>
    /// <param name="body">What is sent, as JSON; null for a GET.</param>
    /// <param name="read">Reads the answer; throws a <see cref="JsonException"/> or <see cref="FormatException"/> for what is none.</param>
    /// <param name="ct">Stops.</param>
    /// <exception cref="AdvisoryException">There is none, and none that is young enough.</exception>
    public async Task<KnownAnswer<T>> GetAsync<T>(
        Uri address, string name, Func<Task<byte[]>>? body, Func<ReadOnlyMemory<byte>, T> read, CancellationToken ct)
        where T : notnull
    {
        var key = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{address}\n{name}")).AsSpan(0, 16));
        if (Kept<T>(key) is { } at && IsFresh(at)) return at;
        await _asking.WaitAsync(ct);
        try
        {
            var known = Kept<T>(key) ?? Load(key, read);
            if (known is not null && IsFresh(known)) return known;
            var why = FailedLately(address.Authority) ?? FailedLately(key);
            if (why is null)
            {
                try
                {
                    return await AskAsync(address, key, body, read, ct);
                }
                catch (Exception e) when (Words(e, ct) is { } words)
                {
                    why = words;
                    if (_failed.Count >= MostKept) _failed.Clear();
                    // Who does not answer one question does not answer the next; who refuses one may take another.
                    _failed[IsAway(e) ? address.Authority : key] = (time.GetUtcNow(), why);
                }
            }

            return known is not null && time.GetUtcNow() - known.AskedAt < MostAge
                ? known with { Trouble = $"{address.Host}: {why}" }
                : throw new AdvisoryException($"{address.Host}: {why}");
        }
        finally
        {
            _asking.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _client.Dispose();
        _asking.Dispose();
    }

    private static string? Words(Exception e, CancellationToken ct) => e switch
    {
        _ when EgressDeniedException.In(e) is { } denied => denied.Message,
        OperationCanceledException when !ct.IsCancellationRequested => $"no answer within {Limit.TotalSeconds:0} s",
        JsonException or FormatException or InvalidDataException or InvalidOperationException => "answered something else than advisories",
        HttpRequestException or IOException or AdvisoryException => e.Message,
        _ => null,
    };

    private static bool IsAway(Exception e)
        => e is OperationCanceledException or IOException
            or HttpRequestException { StatusCode: null or >= HttpStatusCode.InternalServerError };

    private string? FailedLately(string what)
        => _failed.TryGetValue(what, out var failed) && time.GetUtcNow() - failed.At < AgainAfter ? failed.Why : null;

    private bool IsFresh<T>(KnownAnswer<T> answer) => time.GetUtcNow() - answer.AskedAt is var age && age >= TimeSpan.Zero && age < Fresh;

    private async Task<KnownAnswer<T>> AskAsync<T>(
        Uri address, string key, Func<Task<byte[]>>? body, Func<ReadOnlyMemory<byte>, T> read, CancellationToken ct)
        where T : notnull
    {
        using var clock = new CancellationTokenSource(Limit, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(clock.Token, ct);
        using var request = new HttpRequestMessage(body is null ? HttpMethod.Get : HttpMethod.Post, address);
        request.Headers.Accept.ParseAdd("application/json");
        request.Headers.AcceptEncoding.ParseAdd("gzip");
        request.Headers.UserAgent.ParseAdd("auxo");
        if (body is not null) request.Content = new ByteArrayContent(await body()) { Headers = { { "Content-Type", "application/json" } } };
        else if (_kept.TryGetValue(key, out var known) && known.Header.ETag is { } tag)
            request.Headers.TryAddWithoutValidation("If-None-Match", tag);
        using var response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, both.Token);
        if (response.StatusCode == HttpStatusCode.NotModified && _kept.TryGetValue(key, out var same))
        {
            var confirmed = same.Header with { AskedAt = time.GetUtcNow() };
            await StoreAsync(key, confirmed, content: null, ct);
            return Keep<T>(key, same.Value, confirmed);
        }

        if (response.StatusCode != HttpStatusCode.OK)
            throw new HttpRequestException(
                $"answered {(int)response.StatusCode}"
                    + (response.Headers.Location is null ? "" : " and names another address, which has to stand in the setting"),
                inner: null, response.StatusCode);
        var content = await ContentAsync(response, both.Token);
        var header = new Header(response.Headers.ETag?.ToString(), time.GetUtcNow(), Convert.ToHexStringLower(SHA256.HashData(content)));
        var value = read(content);
        await StoreAsync(key, header, content, ct);
        return Keep<T>(key, value, header);
    }

    private static async Task<byte[]> ContentAsync(HttpResponseMessage response, CancellationToken ct)
    {
        await using var wire = await response.Content.ReadAsStreamAsync(ct);
        var isPacked = response.Content.Headers.ContentEncoding.Contains("gzip", StringComparer.OrdinalIgnoreCase);
        await using var body = isPacked ? new GZipStream(wire, CompressionMode.Decompress) : wire;
        var content = new MemoryStream();
        var buffer = new byte[64 << 10];
        int length;
        while ((length = await body.ReadAsync(buffer, ct)) > 0)
        {
            if (content.Length + length > MaxBytes) throw new AdvisoryException($"answered more than {MaxBytes >> 20} MiB");
            content.Write(buffer, 0, length);
        }

        return content.ToArray();
    }

    private string FileOf(string key) => Path.Combine(folder, key);

    private KnownAnswer<T>? Kept<T>(string key)
        => _kept.TryGetValue(key, out var kept) && kept.Value is T value
            ? new KnownAnswer<T>(value, kept.Header.Digest, kept.Header.AskedAt, null)
            : null;

    private KnownAnswer<T> Keep<T>(string key, object value, Header header)
    {
        if (_kept.Count >= MostKept) _kept.Clear();
        _kept[key] = (value, header);
        return new KnownAnswer<T>((T)value, header.Digest, header.AskedAt, null);
    }

    /// <summary>What another process, or this one before its start, has kept; a damaged file is none.</summary>
    private KnownAnswer<T>? Load<T>(string key, Func<ReadOnlyMemory<byte>, T> read)
        where T : notnull
    {
        try
        {
            var bytes = File.ReadAllBytes(FileOf(key)).AsMemory();
            var end = bytes.Span.IndexOf((byte)'\n');
            if (end < 0 || Header.Parse(Encoding.UTF8.GetString(bytes.Span[..end])) is not { } header) return null;
            return Keep<T>(key, read(bytes[(end + 1)..]), header);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException or FormatException)
        {
            return null;
        }
    }

    /// <summary>
    /// Replaces the file as a whole, and removes those that are too old to count or too many. An answer that cannot be kept counts all
    /// the same.
    /// </summary>
    /// <param name="key">Its name.</param>
    /// <param name="header">Its first line.</param>
    /// <param name="content">The rest; null for what stands there already.</param>
    /// <param name="ct">Stops.</param>
    private async Task StoreAsync(string key, Header header, ReadOnlyMemory<byte>? content, CancellationToken ct)
    {
        try
        {
            PrivateFiles.MakeFolder(folder);
            if (content is null)
            {
                var known = (await File.ReadAllBytesAsync(FileOf(key), ct)).AsMemory();
                content = known[(known.Span.IndexOf((byte)'\n') + 1)..];
            }

            var fresh = $"{FileOf(key)}.{Guid.NewGuid():N}.new";
            await using (var file = PrivateFiles.Open(fresh, FileMode.CreateNew, FileShare.None))
            {
                await file.WriteAsync(Encoding.UTF8.GetBytes(header + "\n"), ct);
                await file.WriteAsync(content.Value, ct);
            }

            File.Move(fresh, FileOf(key), overwrite: true);
            var oldest = (time.GetUtcNow() - MostAge).UtcDateTime;
            foreach (var file in new DirectoryInfo(folder).EnumerateFiles().OrderByDescending(static file => file.LastWriteTimeUtc)
                .Where((file, i) => i >= MostFiles || file.LastWriteTimeUtc < oldest).ToList()) file.Delete();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The disk is full, or somebody has emptied the folder.
        }
    }

    /// <summary>The first line of a kept answer.</summary>
    private sealed record Header(string? ETag, DateTimeOffset AskedAt, string Digest)
    {
        public static Header? Parse(string line)
            => line.Split(' ', 3) is [var at, var digest, var tag]
                && DateTimeOffset.TryParseExact(at, "O", CultureInfo.InvariantCulture, DateTimeStyles.None, out var asked)
                ? new Header(tag.Length == 0 ? null : tag, asked, digest)
                : null;

        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{AskedAt:O} {Digest} {ETag}");
    }
}
