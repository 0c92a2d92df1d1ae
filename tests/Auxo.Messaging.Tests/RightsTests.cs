using Auxo.Testing;

using Microsoft.Extensions.Hosting;

using Npgsql;

namespace Auxo.Messaging.Tests;

/// <summary>What the role of a service may do with the queues: publish to all, see only its own.</summary>
[Collection(nameof(RestartTests))]
public sealed class RightsTests(PostgresFixture postgres)
{
    [Fact]
    public async Task a_service_works_with_its_own_login_and_touches_no_other_queue()
    {
        var database = await postgres.DatabaseAsync();
        await TestService.ExecuteAsync(
            database,
            """
            create role auxo_queues_owner nologin;
            create role auxo_alpha login password 'a';
            create role auxo_beta login password 'b';
            create role mallory login password 'm';
            grant create on database {db} to auxo_queues_owner;
            grant create on database {db} to auxo_alpha;
            grant create on database {db} to auxo_beta;
            grant usage on schema effects to public;
            grant select, insert on all tables in schema effects to public
            """.Replace("{db}", new NpgsqlConnectionStringBuilder(database).Database, StringComparison.Ordinal));
        try
        {
            var (alpha, beta) = (As(database, "auxo_alpha", "a"), As(database, "auxo_beta", "b"));
            // The administrator makes the schema and lets both in; no service's login may act as its owner, or it could read every queue.
            await using (var administrator = NpgsqlDataSource.Create(database)) await QueueSchema.ApplyAsync(
                administrator, "queues", CancellationToken.None);
            // An installation from before deaths were counted is upgraded for those who are in already.
            await TestService.ExecuteAsync(
                database,
                "alter table queues.envelopes drop column deaths; delete from queues.schema_version where component = "
                    + "'queues' and version = 2");
            await using (var administrator = NpgsqlDataSource.Create(database)) await QueueSchema.ApplyAsync(
                administrator, "queues", CancellationToken.None);
            Assert.Equal(["True"], await TestService.ListAsync(
                database, "select has_column_privilege('auxo_alpha', 'queues.envelopes', 'deaths', 'update')"));
            using var a = await TestService.StartAsync(alpha, [typeof(WorkHandler)], name: "alpha");
            using var b = await StartBetaAsync(beta);
            await a.TrackActivityAsync(() => b.TrackActivityAsync(() => a.Bus().SendAsync(new Work("both"), CancellationToken.None)));
            Assert.Equal(["both", "both"], await TestService.EffectsAsync(database));
            await a.StopAsync();
            await b.StopAsync();

            await a.Bus().SendAsync(new Work("waiting"), CancellationToken.None);
            Assert.Equal(["alpha"], await TestService.ListAsync(As(database, "auxo_alpha", "a"), "select queue from queues.envelopes"));
            Assert.Equal(["beta"], await TestService.ListAsync(
                As(database, "auxo_beta", "b"), "with gone as (delete from queues.envelopes returning queue) select queue from gone"));
            Assert.Equal(["alpha"], await TestService.ListAsync(database, "select queue from queues.envelopes"));
            await RefusedAsync(beta,
                "insert into queues.envelopes (queue, id, message_type, lane, body, sent_at) values ('alpha', "
                    + "gen_random_uuid(), 'work', 0, '{}', now())");
            await RefusedAsync(beta, "insert into queues.subscriptions values ('work', 'alpha')");
            await RefusedAsync(beta, "update queues.envelopes set body = '{}'");
            await RefusedAsync(alpha, "set role auxo_queues_owner");
            await RefusedAsync(beta, "set role auxo_queues_owner");
            await RefusedAsync(As(database, "mallory", "m"), "select * from queues.envelopes");
            await RefusedAsync(As(database, "mallory", "m"),
                "select queues.publish(gen_random_uuid(), 'work', null, '{}', null, null, null, now(), null)");
        }
        finally
        {
            NpgsqlConnection.ClearAllPools();
            await TestService.ExecuteAsync(
                database,
                "drop owned by auxo_alpha, auxo_beta, mallory, auxo_queues_owner cascade; drop role auxo_alpha, "
                    + "auxo_beta, mallory, auxo_queues_owner");
        }
    }

    private static Task<IHost> StartBetaAsync(string beta) => TestService.StartAsync(beta, [typeof(WorkHandler)], name: "beta");

    private static async Task RefusedAsync(string database, string sql)
        => Assert.Equal("42501", (await Assert.ThrowsAsync<PostgresException>(() => TestService.ExecuteAsync(database, sql))).SqlState);

    private static string As(string database, string user, string password)
        => new NpgsqlConnectionStringBuilder(database) { Username = user, Password = password }.ConnectionString;
}
