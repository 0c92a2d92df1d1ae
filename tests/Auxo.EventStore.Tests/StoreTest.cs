using Auxo.Testing;

using Npgsql;

namespace Auxo.EventStore.Tests;

/// <summary>A database of its own per test.</summary>
public abstract class StoreTest(PostgresFixture postgres) : IAsyncLifetime
{
    protected static CancellationToken Ct => TestContext.Current.CancellationToken;

    protected PostgresFixture Postgres { get; } = postgres;

    protected string ConnectionString { get; private set; } = null!;

    protected NpgsqlDataSource Source { get; private set; } = null!;

    public virtual async ValueTask InitializeAsync()
    {
        ConnectionString = await Postgres.CreateDatabaseAsync();
        Source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(ConnectionString) { MaxAutoPrepare = 20, MaxPoolSize = 40 });
    }

    public virtual async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await Source.DisposeAsync();
    }

    protected async Task<DocumentStore> StoreAsync(Action<StoreOptions>? more = null, PostgresDoorbell? doorbell = null)
    {
        var store = new DocumentStore(Source, Bank.Options(more), doorbell);
        await store.ApplySchemaAsync(Ct);
        return store;
    }

    protected async Task<T> ScalarAsync<T>(string sql)
    {
        await using var command = Source.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync(Ct))!;
    }

    protected async Task ExecuteAsync(string sql)
    {
        await using var command = Source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(Ct);
    }
}
