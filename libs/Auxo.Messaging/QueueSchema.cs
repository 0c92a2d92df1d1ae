using Auxo.EventStore;

using Npgsql;

namespace Auxo.Messaging;

/// <summary>
/// The schema of all queues. It belongs to no service: whoever may change it could read every other service's messages, so it
/// is made by the administrator before any service starts.
/// </summary>
public static class QueueSchema
{
    internal const string Component = "queues";

    /// <summary>Creates or upgrades it and lets in every role <c>auxo_…</c> that is there; repeatable.</summary>
    /// <exception cref="SchemaException">The database is newer than this program.</exception>
    public static async Task ApplyAsync(NpgsqlDataSource source, string schema, CancellationToken ct)
    {
        await SchemaMigrations.ApplyAsync(source, schema, Component, typeof(QueueSchema).Assembly, ct);
        await using var connection = await source.OpenConnectionAsync(ct);
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                // A role that was made after the schema gets its rights now; the owner's role is taken for this transaction only.
                Command($"select pg_advisory_xact_lock(hashtextextended('auxo admit {schema}', 0))"),
                Command("select set_config('role', rolname, true) from pg_roles where rolname = $1 and "
                    + "pg_has_role(session_user, oid, 'MEMBER')", $"auxo_{schema}_owner"),
                Command($"select {schema}.admit_services() where pg_has_role((select nspowner from pg_namespace where "
                    + "nspname = $1), 'USAGE')", schema),
            },
        };
        await batch.ExecuteNonQueryAsync(ct);
    }

    private static NpgsqlBatchCommand Command(string sql, params object[] values)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var value in values) command.Parameters.Add(new NpgsqlParameter { Value = value });
        return command;
    }
}
