using Npgsql;

namespace Auxo.ServiceDefaults.Disk;

/// <summary>
/// The advisory lock of everything that lies in the instance's folder: whoever removes contents holds it alone, a backup shares
/// it, and then nothing is removed.
/// </summary>
public sealed class ContentsLock : IAsyncDisposable
{
    /// <summary>The bytes of "blobs".</summary>
    public const long Number = 0x62_6c_6f_62_73;

    private readonly NpgsqlConnection _connection;

    private ContentsLock(NpgsqlConnection connection) => _connection = connection;

    /// <summary>Holds it alone until it is disposed; null when a backup runs or somebody else removes.</summary>
    public static async Task<ContentsLock?> TryHoldAsync(NpgsqlDataSource source, CancellationToken ct)
    {
        var connection = await source.OpenConnectionAsync(ct);
        // It does not wait, and is not cancelled: nobody would know whether the connection goes back to the pool with the lock.
        if (await AskAsync(connection, "select pg_try_advisory_lock($1)")) return new ContentsLock(connection);
        await connection.DisposeAsync();
        return null;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        try
        {
            await AskAsync(_connection, "select pg_advisory_unlock($1)");
        }
        finally
        {
            await _connection.DisposeAsync();
        }
    }

    private static async Task<bool> AskAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection) { Parameters = { new() { Value = Number } } };
        return await command.ExecuteScalarAsync(CancellationToken.None) is true;
    }
}
