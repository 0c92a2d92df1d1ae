using Auxo.ServiceDefaults.Messages;

using JasperFx;

using Marten;

using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

using Npgsql;

using Wolverine.Persistence.Durability;
using Wolverine.Runtime;
using Wolverine.Transports;

namespace Auxo.ServiceDefaults.Storage;

/// <summary>
/// Brings one service's schema up to what Marten, Wolverine and the service's own SQL files need. Runs as the owner of the schema,
/// before the service starts, and changes nothing when the same program was here before.
/// </summary>
public static class SchemaMigration
{
    /// <summary>Applies all that is missing.</summary>
    /// <param name="model">The service.</param>
    /// <param name="owner">The connection of whoever owns the database's schemas.</param>
    /// <param name="ct">Gives up.</param>
    /// <returns>False when there was nothing to do.</returns>
    /// <exception cref="SchemaException">The database is newer than this program.</exception>
    public static async Task<bool> ApplyAsync(ServiceModel model, string owner, CancellationToken ct)
    {
        await using (var source = NpgsqlDataSource.Create(owner))
        {
            if (await SchemaFingerprint.IsCurrentAsync(source, model.Name, Folder(model), model.Assembly.GetName().Name!, ct)) return false;
        }

        using var host = Describe(model, owner);
        await ApplyAsync(host.Services, model, ct);
        return true;
    }

    private static string Folder(ServiceModel model) => Path.GetDirectoryName(model.Assembly.Location)!;

    /// <summary>A host that knows what the service needs and is never started.</summary>
    private static IHost Describe(ServiceModel model, string owner)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Configuration.AddInMemoryCollection([KeyValuePair.Create<string, string?>("ConnectionStrings:auxo", owner)]);
        builder.Services.AddSingleton(new ServiceIdentity(model.Name));
        builder.Services.AddLogging();
        builder.AddStore(model);
        builder.AddMessages(model);
        return builder.Build();
    }

    private static async Task ApplyAsync(IServiceProvider services, ServiceModel model, CancellationToken ct)
    {
        var (schema, service) = (model.Name, model.Assembly);
        var source = services.GetRequiredService<NpgsqlDataSource>();
        await using var connection = await source.OpenConnectionAsync(ct);
        await ExecuteAsync(connection, $"select pg_advisory_lock(hashtextextended('auxo schema {schema}', 0))", ct);
        try
        {
            await ExecuteAsync(connection, Bookkeeping(schema), ct);
            var store = services.GetRequiredService<IDocumentStore>();
            await store.Storage.ApplyAllConfiguredChangesToDatabaseAsync(AutoCreate.CreateOrUpdate);
            var runtime = services.GetRequiredService<IWolverineRuntime>();
            foreach (var transport in runtime.Options.Transports.OfType<ITransportConfiguresRuntime>())
                await transport.ConfigureAsync(runtime);
            await services.GetRequiredService<IMessageStore>().Admin.MigrateAsync(AutoCreate.CreateOrUpdate);
            await using var transaction = await connection.BeginTransactionAsync(ct);
            await new SchemaFiles("service", typeof(SchemaMigration).Assembly).ApplyAsync(connection, schema, ct);
            await new SchemaFiles(schema, service).ApplyAsync(connection, schema, ct);
            await ExecuteAsync(connection, Grants(schema), ct);
            await ExecuteAsync(connection, $"truncate {schema}.schema_program", ct);
            var fingerprint = SchemaFingerprint.Of(Folder(model), service.GetName().Name!);
            await ExecuteAsync(connection, $"insert into {schema}.schema_program values ('{fingerprint}')", ct);
            await transaction.CommitAsync(ct);
        }
        finally
        {
            await ExecuteAsync(connection, "select pg_advisory_unlock_all()", CancellationToken.None);
        }
    }

    private static string Bookkeeping(string schema) => $"""
        set client_min_messages = warning;
        create schema if not exists {schema};
        create schema if not exists queues;
        create table if not exists {schema}.schema_version (
            component  text not null,
            version    int not null,
            applied_at timestamptz not null,
            primary key (component, version)
        );
        create table if not exists {schema}.schema_program (fingerprint text not null);
        """;

    /// <summary>
    /// A service reads and writes rows of its own schema and takes from its own queue; into the queues of others it may only put.
    /// Where roles do not exist (one login for all) there is nothing to grant.
    /// </summary>
    private static string Grants(string schema) => $"""
        do $$
        declare
            queue text;
        begin
            if not exists (select from pg_roles where rolname = 'auxo_{schema}') then return; end if;
            grant usage on schema {schema}, queues to auxo_{schema};
            grant select, insert, update, delete on all tables in schema {schema} to auxo_{schema};
            grant usage, select on all sequences in schema {schema} to auxo_{schema};
            grant execute on all functions in schema {schema} to auxo_{schema};
            revoke insert, update, delete, truncate on {schema}.schema_version, {schema}.schema_program from auxo_{schema};
            for queue in select tablename from pg_tables where schemaname = 'queues' and tablename like 'wolverine\_queue\_%' loop
                if queue in ('wolverine_queue_{schema}', 'wolverine_queue_{schema}_scheduled') then
                    execute format('grant select, insert, update, delete on queues.%I to auxo_{schema}', queue);
                else
                    execute format('grant insert, select (id) on queues.%I to auxo_{schema}', queue);
                end if;
            end loop;
            grant usage, select on all sequences in schema queues to auxo_{schema};
        end $$;
        """;

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(ct);
    }
}
