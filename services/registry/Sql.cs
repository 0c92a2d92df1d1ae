using Marten.Exceptions;

using Npgsql;

#pragma warning disable CA1068 // The values are a params list, which has to be last.

namespace Auxo.Registry;

/// <summary>Commands with positional parameters.</summary>
internal static class Sql
{
    /// <summary>The SQLSTATE with which PostgreSQL refused what Marten sent; null when it was something else.</summary>
    public static string? State(MartenCommandException e) => (e.InnerException as PostgresException)?.SqlState;

    public static NpgsqlBatchCommand Command(string sql, params object?[] values)
    {
        var command = new NpgsqlBatchCommand(sql);
        Add(command.Parameters, values);
        return command;
    }

    public static NpgsqlCommand With(this NpgsqlCommand command, params object?[] values)
    {
        Add(command.Parameters, values);
        return command;
    }

    /// <summary>Every row as <paramref name="read"/> makes it.</summary>
    public static async Task<List<T>> ReadAsync<T>(
        this NpgsqlDataSource source, Func<NpgsqlDataReader, T> read, CancellationToken ct, string sql, params object?[] values)
    {
        await using var command = source.CreateCommand(sql).With(values);
        await using var reader = await command.ExecuteReaderAsync(ct);
        var rows = new List<T>();
        while (await reader.ReadAsync(ct)) rows.Add(read(reader));
        return rows;
    }

    /// <summary>Runs a statement of its own; the number of rows.</summary>
    public static async Task<int> ExecuteAsync(this NpgsqlDataSource source, CancellationToken ct, string sql, params object?[] values)
    {
        await using var command = source.CreateCommand(sql).With(values);
        return await command.ExecuteNonQueryAsync(ct);
    }

    private static void Add(NpgsqlParameterCollection parameters, object?[] values)
    {
        foreach (var value in values)
        {
            parameters.Add(value is null
                ? new NpgsqlParameter { Value = DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Unknown }
                : new NpgsqlParameter { Value = value });
        }
    }
}
