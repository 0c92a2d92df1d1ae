using Auxo.EventStore.Projections;
using Auxo.Testing;

using Npgsql;

namespace Auxo.EventStore.Tests;

public sealed class SchemaTests(PostgresFixture postgres) : StoreTest(postgres)
{
    [Fact]
    public async Task any_number_of_processes_may_bring_the_schema_up_at_once()
    {
        var store = new DocumentStore(Source, Bank.Options(o => o.Schema.Add("bank", typeof(SchemaTests).Assembly)));
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => store.ApplySchemaAsync(Ct)));
        Assert.Equal("bank 1, bank 2, event_store 1", await ScalarAsync<string>(
            "select string_agg(component || ' ' || version, ', ' order by component, version) from bank.schema_version"));
        Assert.Equal(0, await ScalarAsync<long>("select count(city) from bank.branches"));
    }

    [Fact]
    public async Task a_database_newer_than_the_program_is_refused()
    {
        var store = await StoreAsync();
        await ExecuteAsync("insert into bank.schema_version values ('event_store', 99, now())");
        var refused = await Assert.ThrowsAsync<SchemaException>(() => store.ApplySchemaAsync(Ct));
        Assert.Contains("version 99", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_failed_file_leaves_nothing()
    {
        await ExecuteAsync("create schema bank; create table bank.mt_events (x int)");
        await Assert.ThrowsAsync<PostgresException>(async () => await StoreAsync());
        Assert.Equal(DBNull.Value, await ScalarAsync<object>("select to_regclass('bank.schema_version')::text"));
    }

    /// <summary>The roles of production: a login that inherits nothing, a member of the owner of its own schema only.</summary>
    [Fact]
    public async Task a_service_appends_only_by_the_function_and_sees_its_own_schema_only()
    {
        await ExecuteAsync(
            """
            do $$ begin
            for i in 1..2 loop
                execute format('create role auxo_%s_owner nologin', (array['bank', 'bakery'])[i]);
                execute format('create role auxo_%s login noinherit password ''secret'' in role auxo_%1$s_owner', (array['bank', 'bakery'])[i]);
                execute format('create schema %s authorization auxo_%1$s_owner', (array['bank', 'bakery'])[i]);
            end loop;
            end $$;
            """);
        await using var bank = Login("bank");
        await using var bakery = Login("bakery");
        var store = new DocumentStore(bank, Bank.Options(o =>
        {
            o.Schema.Add("bank", typeof(SchemaTests).Assembly);
            o.Projections.Snapshot<Account>(SnapshotLifecycle.Inline);
            o.Projections.Add<WealthProjection>(ProjectionLifecycle.Async);
        }));
        await store.ApplySchemaAsync(Ct);
        await store.ApplySchemaAsync(Ct);
        Assert.Equal("auxo_bank_owner", await ScalarAsync<string>(
            "select tableowner::text from pg_tables where schemaname = 'bank' and tablename = 'mt_events'"));

        await using var session = store.LightweightSession();
        session.Events.Append("account/ann/1", new AccountEvent.Opened("ann"), new AccountEvent.Deposited(1));
        session.Store(new Note("n", "text"));
        session.QueueSqlCommand(new("insert into bank.branches values ('b', 'Bonn')"));
        await session.SaveChangesAsync(Ct);
        Assert.Equal(2, (await session.Events.FetchStreamAsync("account/ann/1", Ct)).Count);
        using var daemon = new ProjectionDaemon(store, TimeProvider.System);
        await daemon.StartAsync(Ct);
        await store.WaitForNonStaleProjectionDataAsync(TimeSpan.FromSeconds(30), Ct);
        await daemon.StopAsync(Ct);
        await new ProjectionRebuild(store).RunAsync(nameof(WealthProjection), Ct);
        await new ProjectionRebuild(store).RunAsync(nameof(Account), Ct);
        Assert.Equal(1, (await session.LoadAsync<Wealth>("ann", Ct))!.Cents);
        Assert.Equal(1, (await session.LoadAsync<Account>("account/ann/1", Ct))!.Cents);

        foreach (var forbidden in (string[])[
            "insert into bank.mt_events values (9, gen_random_uuid(), 's', 1, '{}', 't', now())",
            "update bank.mt_events set data = '{}'", "delete from bank.mt_events",
            "update bank.mt_streams set version = 9", "select nextval('bank.mt_events_sequence')", "truncate bank.mt_events"])
        {
            Assert.Equal("42501", await SqlStateAsync(bank, forbidden));
        }

        foreach (var forbidden in (string[])["select * from bank.mt_events", "select * from bank.mt_doc_note",
            "select * from bank.branches", "create table bank.mine (x int)"])
            Assert.Equal("42501", await SqlStateAsync(bakery, forbidden));
        Assert.Equal("42501", await SqlStateAsync(bakery, "set role auxo_bank_owner"));
    }

    private NpgsqlDataSource Login(string service)
        => NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(ConnectionString)
        {
            Username = $"auxo_{service}", Password = "secret",
        });

    private static async Task<string?> SqlStateAsync(NpgsqlDataSource source, string sql)
    {
        await using var command = source.CreateCommand(sql);
        return (await Assert.ThrowsAsync<PostgresException>(() => command.ExecuteNonQueryAsync(Ct))).SqlState;
    }
}
