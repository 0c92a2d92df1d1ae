using Npgsql;

namespace Auxo.Torture.Audit;

/// <summary>The instance's own database, entered by its administrator: an audit that asks the services would believe them.</summary>
internal sealed class InstanceDatabase(string home) : IAsyncDisposable
{
    private NpgsqlDataSource? _source;

    /// <summary>All rows of a query.</summary>
    public async Task<IReadOnlyList<T>> RowsAsync<T>(string sql, Func<NpgsqlDataReader, T> read)
    {
        await using var command = (_source ??= await OpenAsync()).CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<T>();
        while (await reader.ReadAsync()) rows.Add(read(reader));
        return rows;
    }

    /// <summary>The first column of all rows.</summary>
    public Task<IReadOnlyList<string>> TextsAsync(string sql) => RowsAsync(sql, static row => row.GetValue(0).ToString() ?? "");

    /// <summary>One number.</summary>
    public async Task<long> CountAsync(string sql) => (await RowsAsync(sql, static row => row.GetInt64(0)))[0];

    /// <summary>Changes something.</summary>
    public async Task ExecuteAsync(string sql)
    {
        await using var command = (_source ??= await OpenAsync()).CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_source is not null) await _source.DisposeAsync();
    }

    private async Task<NpgsqlDataSource> OpenAsync()
        => NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder
        {
            Host = (await File.ReadAllLinesAsync(Path.Combine(home, "pg", "data", "postmaster.pid")))[4].Trim(), Username = "auxo",
            Password = (await File.ReadAllTextAsync(Path.Combine(home, "pg", "password")))
                .Trim(), Database = "auxo", ApplicationName = "audit", MaxPoolSize = 2,
        });
}
