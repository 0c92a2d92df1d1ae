using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;

using Auxo.Contracts;

using Npgsql;

namespace Auxo.Ingest.Receiving;

/// <summary>
/// One secret per tracked repository, in a table that only this service's role may read, and in memory, because every webhook needs one.
/// </summary>
public sealed class WebhookSecrets(NpgsqlDataSource source)
{
    /// <summary>For repositories that nobody knows: the same work is done, so the time of the answer tells nothing.</summary>
    private static readonly byte[] Nobody = RandomNumberGenerator.GetBytes(32);

    private readonly ConcurrentDictionary<Rid, byte[]> _secrets = new();

    /// <summary>The secret, or one that fits nothing.</summary>
    public (bool Known, byte[] Secret) Find(Rid rid) => _secrets.TryGetValue(rid, out var secret) ? (true, secret) : (false, Nobody);

    /// <summary>A new secret's text: 256 random bits in hex.</summary>
    public static string Generate() => RandomNumberGenerator.GetHexString(64, lowercase: true);

    /// <summary>Writes a repository's secret with the next save of a session; <see cref="Remember"/> it after the commit.</summary>
    public static NpgsqlBatchCommand Write(Rid rid, string secret, DateTimeOffset now)
        => new("""
            insert into ingest.webhook_secrets (rid, secret, created_at) values ($1, $2, $3)
            on conflict (rid) do update set secret = excluded.secret, created_at = excluded.created_at
            """)
        {
            Parameters = { new() { Value = rid.Value }, new() { Value = secret }, new() { Value = now } },
        };

    /// <summary>Deletes a repository's secret with the next save of a session; <see cref="Forget"/> it after the commit.</summary>
    public static NpgsqlBatchCommand Remove(Rid rid)
        => new("delete from ingest.webhook_secrets where rid = $1") { Parameters = { new() { Value = rid.Value } } };

    /// <summary>Webhooks with this secret are accepted from now on, and with the old one no longer.</summary>
    public void Remember(Rid rid, string secret) => _secrets[rid] = Encoding.UTF8.GetBytes(secret);

    /// <summary>No webhook of this repository is accepted any more.</summary>
    public void Forget(Rid rid) => _secrets.TryRemove(rid, out _);

    /// <summary>Reads all secrets of repositories, at the start.</summary>
    public async Task LoadAsync(CancellationToken ct)
    {
        await using var command = source.CreateCommand("select rid, secret from ingest.webhook_secrets");
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct)) Remember(Rid.Parse(reader.GetString(0)), reader.GetString(1));
    }
}
