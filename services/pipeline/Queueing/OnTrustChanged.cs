using Auxo.Pipeline.Builds;

using Npgsql;

namespace Auxo.Pipeline.Queueing;

/// <summary>Remembers whom a repository trusts no longer, for builds that are run again.</summary>
public static class OnTrustChangedHandler
{
    /// <summary>Keeps it.</summary>
    public static RememberTrust Handle(TrustChanged message) => new(message);
}

/// <summary>Remembers how far somebody is trusted; what is older than what is known changes nothing.</summary>
/// <param name="Changed">What ingest reported.</param>
public sealed record RememberTrust(TrustChanged Changed) : IMartenOp
{
    /// <inheritdoc/>
    public void Execute(IDocumentSession session)
        => session.QueueSqlCommand(BuildTable.Command(
            """
            insert into pipeline.trust (rid, did, trust, changed_at) values ($1, $2, $3, $4)
            on conflict (rid, did) do update set trust = excluded.trust, changed_at = excluded.changed_at
                where trust.changed_at <= excluded.changed_at
            """,
            Changed.Rid.Value, Changed.Did.Value, Changed.Trust.ToString(), Changed.At));

    /// <summary>Whether somebody was trusted there and is not any more.</summary>
    internal static async Task<bool> IsDistrustedAsync(NpgsqlDataSource database, Rid rid, Did did, CancellationToken ct)
    {
        await using var command = database.CreateCommand(
            "select exists (select from pipeline.trust where rid = $1 and did = $2 and trust = 'Stranger')").With(rid.Value, did.Value);
        return (bool)(await command.ExecuteScalarAsync(ct))!;
    }
}
