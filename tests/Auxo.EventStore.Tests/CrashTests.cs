using Auxo.EventStore.Projections;
using Auxo.Testing;

using Npgsql;

namespace Auxo.EventStore.Tests;

/// <summary>A save happens entirely or not at all, wherever the process or its connection dies.</summary>
public sealed class CrashTests(PostgresFixture postgres) : StoreTest(postgres)
{
    private const string Contents =
        """
        select (select count(*) from bank.mt_streams) || ' streams, ' || (select count(*) from bank.mt_events) || ' events, '
            || (select count(*) from bank.mt_doc_account) || ' accounts, ' || (select count(*) from bank.mt_doc_note) || ' notes, ' || (select count(*) from bank.outbox) || ' sent'
        """;

    private const string Nothing = "0 streams, 0 events, 0 accounts, 0 notes, 0 sent";
    private const string Everything = "2 streams, 3 events, 2 accounts, 1 notes, 1 sent";

    [Theory]
    [InlineData("save", "store.save", Nothing)]
    [InlineData("save", "store.committed", Everything)]
    [InlineData("save_reading_views", "store.save", Nothing)]
    [InlineData("save_reading_views", "store.appended", Nothing)]
    [InlineData("save_reading_views", "store.written", Nothing)]
    [InlineData("save_reading_views", "store.committed", Everything)]
    public async Task a_killed_process_leaves_all_or_nothing(string work, string point, string expected)
    {
        var store = await StoreAsync(work);
        Assert.Equal(137, await Child.RunAsync(work, point, ConnectionString, Ct));
        Assert.Equal(expected, await ScalarAsync<string>(Contents));
        if (expected == Nothing) await Child.SaveAsync(store, Ct);
        else await Assert.ThrowsAsync<ExistingStreamIdCollisionException>(() => Child.SaveAsync(store, Ct));
        Assert.Equal(Everything, await ScalarAsync<string>(Contents));
    }

    [Theory]
    [InlineData("save", "mt_streams")]
    [InlineData("save", "mt_events")]
    [InlineData("save", "mt_doc_account")]
    [InlineData("save", "mt_doc_note")]
    [InlineData("save", "outbox")]
    [InlineData("save_reading_views", "mt_streams")]
    [InlineData("save_reading_views", "mt_events")]
    [InlineData("save_reading_views", "mt_doc_account")]
    [InlineData("save_reading_views", "mt_doc_statement")]
    [InlineData("save_reading_views", "outbox")]
    public async Task a_connection_cut_at_any_statement_leaves_nothing(string work, string table)
    {
        var store = await StoreAsync(work);
        await ExecuteAsync(
            """
            create function bank.cut() returns trigger language plpgsql as $$
            begin
                if current_setting('application_name') = 'victim' then perform pg_terminate_backend(pg_backend_pid()); end if;
                return null;
            end $$
            """);
        await using var victim = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(ConnectionString)
        {
            ApplicationName = "victim",
        });
        // Once in the midst of the statement, once at the very end of the transaction.
        foreach (var when in (string[])["trigger cut after insert", "constraint trigger cut after insert"])
        {
            var deferred = when.StartsWith("constraint", StringComparison.Ordinal) ? "deferrable initially deferred " : "";
            await ExecuteAsync($"create {when} on bank.{table} {deferred}for each row execute function bank.cut()");
            var cut = new DocumentStore(victim, Child.Options(work));
            await Assert.ThrowsAnyAsync<NpgsqlException>(() => Child.SaveAsync(cut, Ct));
            Assert.Equal(Nothing, await ScalarAsync<string>(Contents));
            await ExecuteAsync($"drop trigger cut on bank.{table}");
        }

        await Child.SaveAsync(store, Ct);
        Assert.Equal(Everything, await ScalarAsync<string>(Contents));
    }

    [Theory]
    [InlineData("daemon.folded", 0)]
    [InlineData("daemon.committed", 6)]
    public async Task a_killed_daemon_is_carried_on_by_the_next_and_counts_each_event_once(string point, long reached)
    {
        var store = await StoreAsync("daemon");
        await using (var session = store.LightweightSession())
        {
            session.Events.StartStream<Account>(
                "account/ann/1", new AccountEvent.Opened("ann"), new AccountEvent.Deposited(5), new AccountEvent.Deposited(6));
            session.Events.StartStream<Account>(
                "account/ann/2", new AccountEvent.Opened("ann"), new AccountEvent.Withdrawn(1), new AccountEvent.Deposited(100));
            await session.SaveChangesAsync(Ct);
        }

        Assert.Equal(137, await Child.RunAsync("daemon", point, ConnectionString, Ct));
        Assert.Equal(reached, await ScalarAsync<long>("select max(last_seq_id) from bank.mt_event_progression"));
        using var daemon = new ProjectionDaemon(store, TimeProvider.System);
        await daemon.StartAsync(Ct);
        await store.WaitForNonStaleProjectionDataAsync(TimeSpan.FromSeconds(30), Ct);
        await daemon.StopAsync(Ct);
        await using var query = store.QuerySession();
        Assert.Equal(110, (await query.LoadAsync<Wealth>("ann", Ct))!.Cents);
    }

    [Fact]
    public async Task a_file_of_the_services_own_kills_once_and_tells_of_it()
    {
        await StoreAsync("save");
        var armed = Directory.CreateTempSubdirectory("auxo-crash-").FullName;
        var token = Path.Combine(armed, "bank", "store.committed");
        Directory.CreateDirectory(Path.GetDirectoryName(token)!);
        await File.WriteAllTextAsync(token, "", Ct);

        Assert.Equal(0, await Child.RunAsync("nothing", armed, ConnectionString, Ct, service: "bank"));
        Assert.Equal(137, await Child.RunAsync("save", armed, ConnectionString, Ct, service: "bank"));
        Assert.Equal(["store.committed.died"], Directory.GetFiles(Path.GetDirectoryName(token)!).Select(Path.GetFileName));
        await ExecuteAsync("truncate bank.mt_streams, bank.mt_events, bank.mt_doc_account, bank.mt_doc_note cascade");
        Assert.Equal(0, await Child.RunAsync("save", armed, ConnectionString, Ct, service: "bank"));

        // What is armed for another service is not ours.
        await File.WriteAllTextAsync(token, "", Ct);
        await ExecuteAsync("truncate bank.mt_streams, bank.mt_events, bank.mt_doc_account, bank.mt_doc_note cascade");
        Assert.Equal(0, await Child.RunAsync("save", armed, ConnectionString, Ct, service: "other"));
        Directory.Delete(armed, recursive: true);
    }

    private async Task<DocumentStore> StoreAsync(string work)
    {
        var store = new DocumentStore(Source, Child.Options(work));
        await store.ApplySchemaAsync(Ct);
        await ExecuteAsync("create table bank.outbox (text text)");
        return store;
    }
}
