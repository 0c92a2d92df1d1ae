using Auxo.Postgres;
using Auxo.Testing;

using Npgsql;

namespace Auxo.Hosting.Tests;

public sealed class PostgresRolesTests(PostgresFixture postgres)
{
    private static readonly string[] Names = ["ingest", "pipeline", "notify", "metrics", "registry"];

    [Fact]
    public async Task each_service_reads_what_it_is_given_in_its_schema_and_is_refused_in_every_other()
    {
        var (administrator, database, services) = await PreparedAsync();
        await using (var owner = NpgsqlDataSource.Create(administrator))
        {
            foreach (var service in services) await ExecuteAsync(
                owner, $"create table {service}.kept (id int); grant select on {service}.kept to auxo_{service}");
        }

        foreach (var service in services)
        {
            await using var source = As(administrator, database, service);
            await ExecuteAsync(source, $"select * from {service}.kept");
            foreach (var other in services.Where(o => o != service))
            {
                Assert.Equal("42501", await RefusalAsync(source, $"create table {other}.stolen (id int)"));
                Assert.Equal("42501", await RefusalAsync(source, $"set role auxo_{other}"));
            }
        }

        foreach (var service in services)
        {
            await using var source = As(administrator, database, service);
            foreach (var other in services.Where(o => o != service)) Assert.Equal(
                "42501", await RefusalAsync(source, $"select * from {other}.kept"));
        }
    }

    [Fact]
    public async Task a_service_can_make_nothing_in_its_own_schema_or_elsewhere()
    {
        var (administrator, database, services) = await PreparedAsync();
        await using var source = As(administrator, database, services[0]);
        foreach (var forbidden in (string[])["create table public.x (id int)", "create schema x", "create role x",
            "create database x", "create table ingest.x (id int)", "create temp table x (id int)"])
            Assert.Equal("42501", await RefusalAsync(source, forbidden));
    }

    [Fact]
    public async Task a_password_is_replaced_when_the_roles_are_made_again_and_nothing_else_changes()
    {
        var (administrator, database, services) = await PreparedAsync();
        await using (var source = NpgsqlDataSource.Create(administrator))
            await PostgresRoles.ApplyAsync(source, database, services, static _ => "another", CancellationToken.None);

        await using var old = As(administrator, database, services[0]);
        Assert.Equal("28P01", (await Assert.ThrowsAsync<PostgresException>(async () => await old.OpenConnectionAsync())).SqlState);
        await using var renewed = As(administrator, database, services[0], "another");
        await ExecuteAsync(renewed, "select 1");
    }

    [Fact]
    public async Task an_operators_login_without_superuser_can_make_them_when_it_may_create_roles()
    {
        var (administrator, database, services) = Model(await postgres.CreateDatabaseAsync());
        await using (var superuser = NpgsqlDataSource.Create(administrator))
        {
            var name = new NpgsqlConnectionStringBuilder(administrator).Database;
            await ExecuteAsync(
                superuser, $"create role operator_{name} login createrole password 'o'; alter database {name} owner to operator_{name}");
            administrator = new NpgsqlConnectionStringBuilder(administrator) { Username = $"operator_{name}",
                Password = "o", Pooling = false }.ConnectionString;
        }

        // Roles belong to the whole server, where other tests make the same ones; an operator with CREATEROLE may still alter
        // them before PostgreSQL 16.
        await using var source = NpgsqlDataSource.Create(administrator);
        await PostgresRoles.ApplyAsync(source, database, services, static role => "p-" + role, CancellationToken.None);
        await ExecuteAsync(source, "create table ingest.kept (id int); grant select on ingest.kept to auxo_ingest");
        await using var service = As(administrator, database, services[0]);
        await ExecuteAsync(service, "select * from ingest.kept");
    }

    [Fact]
    public async Task an_operators_login_that_may_not_make_them_learns_what_it_lacks()
    {
        var (administrator, database, services) = Model(await postgres.CreateDatabaseAsync());
        var name = new NpgsqlConnectionStringBuilder(administrator).Database;
        await using (var superuser = NpgsqlDataSource.Create(administrator)) await ExecuteAsync(
            superuser, $"create role weak_{name} login password 'o'");

        await using var source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(administrator)
        {
            Username = $"weak_{name}", Password = "o", Pooling = false,
        });
        var error = await Assert.ThrowsAsync<PostgresClusterException>(
            () => PostgresRoles.ApplyAsync(source, database, services, static _ => "x", CancellationToken.None));
        Assert.Contains("ConnectionStrings__auxo", error.Message, StringComparison.Ordinal);
        Assert.Contains("createrole", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void a_service_connects_as_itself_with_a_small_pool()
    {
        var (_, database, services) = Model("Host=/run/pg;Username=auxo;Password=root;Database=auxo");
        var text = new NpgsqlConnectionStringBuilder(
            PostgresRoles.ConnectionString("Host=/run/pg;Username=auxo;Password=root;Database=auxo", database, services[1], "p"));
        Assert.Equal(("/run/pg", "auxo_pipeline", "p", "auxo", 10, "pipeline"), (
            text.Host, text.Username, text.Password, text.Database, text.MaxPoolSize, text.ApplicationName));
    }

    private async Task<(string Administrator, string Database, string[] Services)> PreparedAsync()
    {
        var model = Model(await postgres.CreateDatabaseAsync());
        await using var source = NpgsqlDataSource.Create(model.Administrator);
        for (var i = 0; i < 2; i++)
        {
            await PostgresRoles.ApplyAsync(
                source, model.Database, model.Services, static role => "p-" + role, CancellationToken.None);
        }

        return model;
    }

    private static (string Administrator, string Database, string[] Services) Model(string administrator)
        => (administrator, "auxo", Names);

    private static NpgsqlDataSource As(
        string administrator, string database, string service, string? password = null)
        => NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(
            PostgresRoles.ConnectionString(administrator, database, service, password
                ?? "p-" + PostgresRoles.RoleOf(database, service))) { Pooling = false });

    private static async Task ExecuteAsync(NpgsqlDataSource source, string sql)
    {
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    private static async Task<string?> RefusalAsync(NpgsqlDataSource source, string sql)
        => (await Assert.ThrowsAsync<PostgresException>(() => ExecuteAsync(source, sql))).SqlState;
}
