using Auxo.Hosting.Model;
using Auxo.Messaging;

using Npgsql;

namespace Auxo.AppHost;

/// <summary>Makes the schema of the queues, which all services use and none may change.</summary>
internal static class QueuesSeed
{
    public static async Task RunAsync(DatabaseInitialisation database, CancellationToken ct)
    {
        await using var source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(database.ConnectionString) { Pooling = false });
        await QueueSchema.ApplyAsync(source, "queues", ct);
    }
}
