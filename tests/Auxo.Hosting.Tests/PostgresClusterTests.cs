using Auxo.Testing;

using Npgsql;

namespace Auxo.Hosting.Tests;

public sealed class PostgresClusterTests(PostgresFixture postgres)
{
    [Fact]
    public async Task a_crashed_server_comes_back_with_everything_that_was_committed()
    {
        var connectionString = await postgres.CreateDatabaseAsync();
        await ExecuteAsync(connectionString, "create table kept (id int); insert into kept values (1)");

        await postgres.Cluster.StopAsync(immediate: true, CancellationToken.None);
        await postgres.RestartAsync();

        NpgsqlConnection.ClearAllPools();
        await using var source = NpgsqlDataSource.Create(connectionString);
        await using var command = source.CreateCommand("select count(*) from kept");
        Assert.Equal(1L, await command.ExecuteScalarAsync());
    }

    [Fact]
    public async Task a_wrong_password_is_refused()
    {
        var wrong = new NpgsqlConnectionStringBuilder(postgres.Cluster.ConnectionString) { Password = "guess", Pooling = false };
        await using var source = NpgsqlDataSource.Create(wrong);
        var error = await Assert.ThrowsAsync<PostgresException>(async () => await source.OpenConnectionAsync());
        Assert.Equal("28P01", error.SqlState);
    }

    private static async Task ExecuteAsync(string connectionString, string sql)
    {
        await using var source = NpgsqlDataSource.Create(connectionString);
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
