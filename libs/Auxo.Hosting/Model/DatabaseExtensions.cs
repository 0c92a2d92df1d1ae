using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;

using Auxo.Instances;
using Auxo.Postgres;

using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

using Npgsql;

namespace Auxo.Hosting.Model;

/// <summary>
/// What a database of Auxo has beside Aspire's own: a login role and a schema per service, and what is done as
/// the administrator before services may use it.
/// </summary>
public static class DatabaseExtensions
{
    /// <summary>
    /// Runs <paramref name="runAsync"/> as the administrator after the roles are there and before any service starts. It must
    /// be repeatable.
    /// </summary>
    public static IResourceBuilder<IResourceWithConnectionString> WithInitialisation(
        this IResourceBuilder<IResourceWithConnectionString> database, Func<DatabaseInitialisation, CancellationToken, Task> runAsync)
        => database.WithAnnotation(new InitialisationAnnotation(runAsync));

    /// <summary>
    /// Gives a service a login role and a schema of its own, and the connection string of that role
    /// (<c>ConnectionStrings__{name}</c>). <c>WithReference</c> gives the administrator's instead: that is for a program that
    /// changes the schema, never for a service.
    /// </summary>
    public static IResourceBuilder<ProjectResource> WithLogin(
        this IResourceBuilder<ProjectResource> service, IResourceBuilder<IResourceWithConnectionString> database)
    {
        var (name, login, layout) = (database.Resource.Name, service.Resource.Name, service.ApplicationBuilder.Layout());
        database.WithAnnotation(new LoginAnnotation(login));
        return service.WithReferenceRelationship(database.Resource).WithEnvironment(async context =>
        {
            var administrator = await AdministratorAsync(database.Resource, context.CancellationToken);
            var password = PrivateFiles.Secret(layout.PasswordFile(PostgresRoles.RoleOf(name, login)));
            context.EnvironmentVariables[$"ConnectionStrings__{name}"]
                = PostgresRoles.ConnectionString(administrator, name, login, password);
        });
    }

    /// <summary>
    /// Leaves a program out of a start for which it has nothing to do, so that a usual start does not pay for it.
    /// <paramref name="isNeededAsync"/> gets the administrator's connection string. Aspire's orchestrator always runs it.
    /// </summary>
    public static IResourceBuilder<ProjectResource> OnlyIf(
        this IResourceBuilder<ProjectResource> program, IResourceBuilder<IResourceWithConnectionString> database,
        Func<string, CancellationToken, Task<bool>> isNeededAsync)
        => program.WithAnnotation(new ConditionAnnotation(async ct
            => await isNeededAsync(await AdministratorAsync(database.Resource, ct), ct)));

    /// <summary>Makes the database, its roles and schemas ready; repeatable.</summary>
    internal static async Task PrepareAsync(IResourceWithConnectionString database, InstanceLayout layout, CancellationToken ct)
    {
        if (database is PrivatePostgresDatabaseResource { Parent.Server.ConnectionString: var server })
            await CreateAsync(server, database.Name, ct);
        var administrator = await AdministratorAsync(database, ct);
        await using (var source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(administrator)
        {
            Pooling = false, ApplicationName = "apphost",
        }))
        {
            await RefuseEarlierAsync(source, database.Name, ct);
            await PostgresRoles.ApplyAsync(
                source, database.Name, database.Annotations.OfType<LoginAnnotation>().Select(static l => l.Service),
                role => PrivateFiles.Secret(layout.PasswordFile(role)), ct);
        }

        foreach (var initialisation in database.Annotations.OfType<InitialisationAnnotation>())
            await initialisation.RunAsync(new DatabaseInitialisation(administrator, layout), ct);
    }

    /// <summary>The queues of builds before the first release were a table of this name.</summary>
    private static async Task RefuseEarlierAsync(NpgsqlDataSource source, string name, CancellationToken ct)
    {
        await using var command = source.CreateCommand("select to_regclass('queues.envelopes') is not null");
        if (await command.ExecuteScalarAsync(ct) is true)
            throw new HostingException(
                $"The database of ConnectionStrings__{name} was made by an earlier build of Auxo, and this one cannot read it. "
                    + "Nothing in it was changed: name another database.");
    }

    /// <summary>It is well when it answers.</summary>
    internal static void AddDatabaseHealthCheck(this IDistributedApplicationBuilder builder, IResourceWithConnectionString database)
    {
        var name = $"{database.Name}_answers";
        builder.Services.AddHealthChecks().AddAsyncCheck(name, async ct =>
        {
            try
            {
                // Without a pool: a connection that rests here would hold up the server's end.
                await using var source = NpgsqlDataSource.Create(
                    new NpgsqlConnectionStringBuilder((await database.GetConnectionStringAsync(ct))!)
                    {
                        Pooling = false, Timeout = 5, CommandTimeout = 5, ApplicationName = "apphost",
                    });
                await using var command = source.CreateCommand("select 1");
                await command.ExecuteScalarAsync(ct);
                return HealthCheckResult.Healthy();
            }
            catch (NpgsqlException e)
            {
                return HealthCheckResult.Unhealthy($"PostgreSQL does not answer: {e.Message}");
            }
        });
        database.Annotations.Add(new HealthCheckAnnotation(name));
    }

    private static async Task<string> AdministratorAsync(IResourceWithConnectionString database, CancellationToken ct)
        => await database.GetConnectionStringAsync(ct)
            ?? throw new HostingException($"There is no connection string of {database.Name}.");

    private static async Task CreateAsync(string server, string name, CancellationToken ct)
    {
        await using var source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(server) { Pooling = false });
        await using var exists = source.CreateCommand("select exists (select from pg_database where datname = $1)");
        exists.Parameters.Add(new() { Value = name });
        if ((bool)(await exists.ExecuteScalarAsync(ct))!) return;
        await using var create = source.CreateCommand($"create database \"{name}\"");
        await create.ExecuteNonQueryAsync(ct);
    }
}

/// <summary>What an initialisation gets.</summary>
/// <param name="ConnectionString">The administrator's.</param>
/// <param name="Layout">The instance's folder.</param>
public sealed record DatabaseInitialisation(string ConnectionString, InstanceLayout Layout);

/// <summary>A service that logs in to the database.</summary>
internal sealed record LoginAnnotation(string Service) : IResourceAnnotation;

/// <summary>Runs on the database as its administrator before a service may use it, at every start.</summary>
internal sealed record InitialisationAnnotation(Func<DatabaseInitialisation, CancellationToken, Task> RunAsync) : IResourceAnnotation;

/// <summary>Whether a program that runs once per start has something to do.</summary>
internal sealed record ConditionAnnotation(Func<CancellationToken, Task<bool>> IsNeededAsync) : IResourceAnnotation;
