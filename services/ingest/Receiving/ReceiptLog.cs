using System.Security.Cryptography;
using System.Text;
using System.Threading.Channels;

using Auxo.Contracts;

using Npgsql;

namespace Auxo.Ingest.Receiving;

/// <summary>A webhook that was accepted.</summary>
/// <param name="ContentKey">See <see cref="KeyOf"/>.</param>
/// <param name="Body">What it names.</param>
/// <param name="Event">Its type.</param>
/// <param name="Signed">False for a hint from this machine.</param>
/// <param name="TraceId">Of the request.</param>
/// <param name="ReceivedAt">When.</param>
public sealed record Receipt(byte[] ContentKey, HookBody Body, string Event, bool Signed, string? TraceId, DateTimeOffset ReceivedAt)
{
    /// <summary>The same bytes for the same repository are the same webhook: SHA-256 over both.</summary>
    public static byte[] KeyOf(Rid rid, ReadOnlySpan<byte> body)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.ASCII.GetBytes(rid.Value));
        hash.AppendData([0]);
        hash.AppendData(body);
        return hash.GetHashAndReset();
    }
}

/// <summary>
/// Writes receipts for many callers at once: while one transaction is on its way to the disk, the next one gathers. A caller
/// gets its answer after the commit of its own.
/// </summary>
public sealed class ReceiptLog(NpgsqlDataSource source, TimeProvider time) : BackgroundService
{
    /// <summary>Receipts are kept so long; a repeated delivery after that is only one more scan.</summary>
    public static readonly TimeSpan Keep = TimeSpan.FromDays(30);

    private const int MaxBatch = 512;
    private static readonly TimeSpan PruneEvery = TimeSpan.FromHours(1);
    private readonly Channel<Pending> _pending = Channel.CreateBounded<Pending>(new BoundedChannelOptions(8192) { SingleReader = true });

    /// <summary>Writes a receipt; true when it is new, false when the same webhook came before.</summary>
    /// <exception cref="NpgsqlException">It is not stored; the sender must send it again.</exception>
    public async Task<bool> WriteAsync(Receipt receipt, CancellationToken ct)
    {
        var pending = new Pending(receipt);
        await _pending.Writer.WriteAsync(pending, ct);
        return await pending.Done.Task.WaitAsync(ct);
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var batch = new List<Pending>(MaxBatch);
        var pruned = time.GetTimestamp();
        try
        {
            while (await _pending.Reader.WaitToReadAsync(stoppingToken))
            {
                batch.Clear();
                while (batch.Count < MaxBatch && _pending.Reader.TryRead(out var next)) batch.Add(next);
                await CommitAsync(batch, stoppingToken);
                if (time.GetElapsedTime(pruned) < PruneEvery) continue;
                pruned = time.GetTimestamp();
                await PruneAsync(stoppingToken);
            }
        }
        finally
        {
            _pending.Writer.TryComplete();
            while (_pending.Reader.TryRead(out var left)) left.Done.TrySetCanceled(stoppingToken);
        }
    }

    private async Task CommitAsync(List<Pending> batch, CancellationToken ct)
    {
        try
        {
            var isNew = await InsertAsync(batch.ConvertAll(p => p.Receipt), ct);
            CrashPoint.Hit("ingest.receipt.committed");
            foreach (var pending in batch) pending.Done.TrySetResult(isNew.Remove(Convert.ToHexString(pending.Receipt.ContentKey)));
        }
        catch (Exception e)
        {
            foreach (var pending in batch) pending.Done.TrySetException(e);
            if (ct.IsCancellationRequested) throw;
        }
    }

    private async Task<HashSet<string>> InsertAsync(List<Receipt> batch, CancellationToken ct)
    {
        await using var command = source.CreateCommand("""
            insert into ingest.receipts
                (content_key, rid, event, patch_id, commit_id, branch, context, status_url, seeder, signed, trace_id, received_at)
            select * from unnest($1::bytea[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
                                 $9::text[], $10::boolean[], $11::text[], $12::timestamptz[])
            on conflict (content_key) do nothing
            returning content_key
            """);
        Add(command, r => r.ContentKey);
        Add(command, r => r.Body.Rid.Value);
        Add(command, r => r.Event);
        Add(command, r => r.Body.Patch?.Value);
        Add(command, r => r.Body.Commit?.Value);
        Add(command, r => Printable(r.Body.Branch));
        Add(command, r => Printable(r.Body.Context));
        Add(command, r => Printable(r.Body.StatusUrl));
        Add(command, r => Printable(r.Body.Seeder));
        Add(command, r => r.Signed);
        Add(command, r => r.TraceId);
        Add(command, r => r.ReceivedAt);
        var inserted = new HashSet<string>(batch.Count, StringComparer.Ordinal);
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct)) inserted.Add(Convert.ToHexString(reader.GetFieldValue<byte[]>(0)));
        return inserted;

        void Add<T>(NpgsqlCommand to, Func<Receipt, T> column) => to.Parameters.Add(new NpgsqlParameter<T[]>
        {
            TypedValue = [.. batch.Select(column)],
        });
    }

    /// <summary>PostgreSQL's text holds no zero bytes, and nothing needs a long one.</summary>
    private static string? Printable(string? text)
    {
        if (text is null) return null;
        var clean = text.Contains('\0') ? text.Replace("\0", "", StringComparison.Ordinal) : text;
        return clean.Length > 500 ? clean[..500] : clean;
    }

    private async Task PruneAsync(CancellationToken ct)
    {
        try
        {
            await using var command = source.CreateCommand(
                """
                with old as (delete from ingest.commit_results where ended_at < $1)
                delete from ingest.receipts where received_at < $1
                """);
            command.Parameters.Add(new NpgsqlParameter { Value = time.GetUtcNow() - Keep });
            await command.ExecuteNonQueryAsync(ct);
        }
        catch (NpgsqlException)
        {
            // In an hour again.
        }
    }

    private sealed record Pending(Receipt Receipt)
    {
        public TaskCompletionSource<bool> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
