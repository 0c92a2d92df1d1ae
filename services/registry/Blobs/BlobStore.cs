using Npgsql;

namespace Auxo.Registry.Blobs;

/// <summary>
/// The contents by digest: files, and a row for each. The order of things is what keeps them together. Coming in: row with a
/// pin, then the file, then the reference. Going out (<see cref="BlobSweep"/>): under the row's lock and without a reference,
/// row first, then the file.
/// </summary>
public sealed class BlobStore(BlobFiles files, NpgsqlDataSource source, TimeProvider time)
{
    /// <summary>
    /// How long a content may lie there before somebody refers to it. The reference comes milliseconds later; this is for a
    /// machine that hangs.
    /// </summary>
    public static readonly TimeSpan Pin = TimeSpan.FromHours(1);

    /// <summary>The files.</summary>
    public BlobFiles Files => files;

    /// <summary>
    /// Puts a received content into its place, durably. The caller refers to it next (a foreign key to <c>blobs</c>); until
    /// then it is pinned, and afterwards the reference holds it.
    /// </summary>
    public async Task KeepAsync(ReceivedBlob received, CancellationToken ct)
    {
        // The database writes the row while the disk writes the bytes.
        var pinning = PinAsync(received.Digest, received.SizeBytes, ct);
        try
        {
            try
            {
                received.Sync();
            }
            finally
            {
                await pinning;
            }

            CrashPoint.Hit("registry.blob.pinned");
            // Even when the same content is there: the one that was just received is certainly whole.
            received.MoveIn(files);
        }
        catch (IOException e) when (DiskFullException.Is(e))
        {
            throw new DiskFullException("The disk is full: nothing of this upload was kept. Free some space and send it again.", e);
        }

        CrashPoint.Hit("registry.blob.moved");
    }

    /// <summary>True when the content is here already; it is pinned then, for a reference that follows.</summary>
    public async Task<bool> TryKeepAsync(Digest digest, long sizeBytes, CancellationToken ct)
    {
        if (!files.Exists(digest)) return false;
        await PinAsync(digest, sizeBytes, ct);
        // Once more, now that nobody takes it away any more.
        return files.Exists(digest);
    }

    /// <summary>
    /// Not synced to the disk: after a crash of PostgreSQL the reference is gone too, and a file without a row is found by the
    /// sweep. It waits while the sweep holds the row, and then makes it again.
    /// </summary>
    private async Task PinAsync(Digest digest, long sizeBytes, CancellationToken ct)
    {
        await using var batch = source.CreateBatch();
        batch.BatchCommands.Add(new("select set_config('synchronous_commit', 'off', true)"));
        batch.BatchCommands.Add(Sql.Command(
            """
            insert into registry.blobs as b (digest, size_bytes, stored_at, pinned_until) values ($1, $2, $3, $4)
            on conflict (digest) do update set pinned_until = greatest(b.pinned_until, excluded.pinned_until)
            """,
            digest.Hex, sizeBytes, time.GetUtcNow(), time.GetUtcNow() + Pin));
        await batch.ExecuteNonQueryAsync(ct);
    }
}
