using Auxo.ServiceDefaults.Disk;

using Npgsql;

namespace Auxo.Registry.Blobs;

/// <summary>What a sweep did.</summary>
/// <param name="Removed">Contents to which nobody referred any more.</param>
/// <param name="FreedBytes">Their size.</param>
/// <param name="Skipped">True when a backup runs, which needs every content that its database refers to; it is done another time.</param>
public sealed record SweepResult(int Removed, long FreedBytes, bool Skipped);

/// <summary>
/// Removes contents to which nothing refers, while everything else goes on. Its work grows with what is unused, not with what
/// is stored; only the search for orphans looks at everything.
/// </summary>
public sealed class BlobSweep(BlobFiles files, NpgsqlDataSource source, Oci.OciSweep images, TimeProvider time)
{
    /// <summary>A file without a row is younger than this while it is being kept.</summary>
    private static readonly TimeSpan Orphaned = TimeSpan.FromHours(1);

    /// <summary>Puts right what a killed process left in the trash. Call it before anything else at start.</summary>
    public async Task RecoverAsync(CancellationToken ct)
    {
        foreach (var digest in files.Trashed().ToList())
        {
            // With a row, the removal never committed.
            if (await ExistsAsync(digest, ct)) files.Restore(digest);
            else files.Empty(digest);
        }
    }

    /// <summary>Sweeps once.</summary>
    /// <param name="orphans">Look at every file on the disk too, for those without a row; a crash of the machine leaves some,
    /// nothing else does.</param>
    /// <param name="ct">Stops between two contents.</param>
    public async Task<SweepResult> RunAsync(bool orphans, CancellationToken ct)
    {
        await using var held = await ContentsLock.TryHoldAsync(source, ct);
        if (held is null) return new SweepResult(0, 0, Skipped: true);
        await images.RunAsync(ct);
        if (orphans) await AdoptAsync(ct);
        await using var connection = await source.OpenConnectionAsync(ct);
        var (removed, freed) = (0, 0L);
        foreach (var digest in await CandidatesAsync(ct))
        {
            if (await RemoveAsync(connection, digest, ct) is not { } size) continue;
            removed++;
            freed += size;
        }

        return new SweepResult(removed, freed, Skipped: false);
    }

    private const string Unused =
        """
        pinned_until <= $1
            and not exists (select from registry.files f where f.digest = b.digest)
            and not exists (select from registry.published_files p where p.blob = b.digest)
            and not exists (select from registry.oci_blobs o where o.content = b.digest)
            and not exists (select from registry.oci_manifests o where o.content = b.digest)
            and not exists (select from registry.package_files k where k.digest = b.digest)
            and not exists (select from registry.mirrored_documents d where d.digest = b.digest)
            and not exists (select from registry.mirrored_files m where m.digest = b.digest)
        """;

    private Task<List<Digest>> CandidatesAsync(CancellationToken ct)
        => source.ReadAsync(static r
            => Parse(r.GetString(0)), ct, $"select b.digest from registry.blobs b where {Unused}", time.GetUtcNow());

    /// <summary>
    /// The row's lock keeps new references and new pins out; only then is it certain that there are none. The row goes first:
    /// if anything went wrong, its foreign keys refuse.
    /// </summary>
    /// <returns>Its size; null when it is in use after all.</returns>
    private async Task<long?> RemoveAsync(NpgsqlConnection connection, Digest digest, CancellationToken ct)
    {
        await using var transaction = await connection.BeginTransactionAsync(ct);
        if (await ScalarAsync<string?>(connection, "select digest from registry.blobs where digest = $1 for update skip locked",
            ct, digest.Hex) is null) return null;
        if (await ScalarAsync<long?>(connection, $"delete from registry.blobs b where digest = $2 and {Unused} returning size_bytes",
            ct, time.GetUtcNow(), digest.Hex) is not { } size)
            return null;
        CrashPoint.Hit("registry.sweep.before_move");
        files.MoveToTrash(digest);
        CrashPoint.Hit("registry.sweep.moved");
        try
        {
            await transaction.CommitAsync(ct);
        }
        catch
        {
            // Whether it was committed is not known: the row says it, now or at the next start.
            if (await ExistsAsync(digest, CancellationToken.None)) files.Restore(digest);
            throw;
        }

        CrashPoint.Hit("registry.sweep.committed");
        files.Empty(digest);
        return size;
    }

    /// <summary>
    /// A file without a row (its row was lost with a crash of the machine) gets one, and then is like every other content that
    /// nobody uses.
    /// </summary>
    private async Task AdoptAsync(CancellationToken ct)
    {
        foreach (var page in files.All().Where(f => f.At < time.GetUtcNow() - Orphaned).Chunk(1000))
        {
            await source.ExecuteAsync(
                ct, "insert into registry.blobs select d, s, $3, $3 from unnest($1::text[], $2::bigint[]) u (d, s) on conflict do nothing",
                page.Select(static f => f.Digest.Hex).ToArray(), page.Select(static f => f.SizeBytes).ToArray(), time.GetUtcNow());
        }
    }

    private async Task<bool> ExistsAsync(Digest digest, CancellationToken ct)
        => (await source.ReadAsync(static r => r.GetInt32(0), ct, "select 1 from registry.blobs where digest = $1", digest.Hex)).Count > 0;

    private static async Task<T?> ScalarAsync<T>(NpgsqlConnection connection, string sql, CancellationToken ct, params object?[] values)
    {
        await using var command = new NpgsqlCommand(sql, connection).With(values);
        return await command.ExecuteScalarAsync(ct) is T value ? value : default;
    }

    private static Digest Parse(string hex)
        => Digest.TryParse(hex, out var digest) ? digest : throw new FormatException($"'{hex}' is no digest.");
}
