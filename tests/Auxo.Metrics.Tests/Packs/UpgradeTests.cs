using Auxo.Metrics.Tests.Messages;
using Auxo.Testing;

namespace Auxo.Metrics.Tests.Packs;

public sealed class UpgradeTests(PostgresFixture postgres)
{
    [Fact]
    public async Task documents_of_the_first_shape_are_computed_anew()
    {
        var (database, rid) = (await postgres.CreateDatabaseAsync(), Ids.Rid("upgraded"));
        await using (var host = await MetricsHost.StartAsync(database))
        {
            await host.SendAsync(Told.Advanced(rid, null, "c0", 0), Told.Built(rid, "c0", 1),
                Told.Advanced(rid, "c0", "c1", 2), Told.Built(rid, "c1", 3));
            await using var back = host.Database.CreateCommand(
                """
                delete from metrics.schema_version where component = 'metrics' and version = 2;
                drop index metrics.mt_doc_fact_day_repository, metrics.mt_doc_fact_day_version;
                create index mt_doc_fact_day_rid on metrics.mt_doc_fact_day ((data->>'rid'), mt_version);
                update metrics.mt_doc_fact_day set data = jsonb_build_object('rid', left(id, -11), 'builds', '[]'::jsonb)
                """);
            await back.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }

        await using var again = await MetricsHost.StartAsync(database);
        await again.SettleAsync();

        Assert.Equal(2, (int)(await again.GetAsync($"/api/dora/{rid}?from=2026-03-01&to=2026-03-08"))["deploymentFrequency"]!["n"]!);
    }
}
