using Auxo.Hosting.ApplicationModel;
using Auxo.Hosting.Instance;
using Auxo.Hosting.Postgres;

using Npgsql;

namespace Auxo.Hosting.Orchestration;

/// <summary>Makes a database, its roles and schemas ready; then it is running for as long as its server is.</summary>
internal sealed class DatabaseRunner(
    PostgresDatabaseResource database, PostgresRunner server, IReadOnlyList<ProjectResource> users,
    InstanceFolder folder, ResourceLog log, TimeProvider time)
    : ResourceRunner(database, new(database.Name, "database", ResourceState.NotStarted, null, [], 0, time.GetUtcNow(), null), log, time)
{
    /// <summary>What a project connects with: its own role and password.</summary>
    public string ConnectionStringOf(ProjectResource project)
        => PostgresRoles.ConnectionString(Administrator, database, project, Password(PostgresRoles.RoleOf(database, project)));

    private string Administrator => server.IsExternal
        ? server.Administrator
        : new NpgsqlConnectionStringBuilder(server.Administrator) { Database = database.Name }.ConnectionString;

    protected override async Task<string> LiveAsync(CancellationToken stop)
    {
        if (!server.IsExternal) await CreateDatabaseAsync(stop);
        await using (var source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(Administrator)
        {
            Pooling = false, ApplicationName = "apphost",
        }))
            await PostgresRoles.ApplyAsync(source, database, users, Password, stop);
        foreach (var initialisation in database.Of<InitialisationAnnotation>())
            await initialisation.RunAsync(new DatabaseInitialisation(Administrator, folder.Home), stop);
        Set(ResourceState.Running);
        await Task.Delay(Timeout.InfiniteTimeSpan, Time, stop);
        return "";
    }

    private async Task CreateDatabaseAsync(CancellationToken stop)
    {
        await using var source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(server.Administrator) { Pooling = false });
        await using var exists = source.CreateCommand("select exists (select from pg_database where datname = $1)");
        exists.Parameters.Add(new() { Value = database.Name });
        if ((bool)(await exists.ExecuteScalarAsync(stop))!) return;
        await using var create = source.CreateCommand($"create database \"{database.Name}\"");
        await create.ExecuteNonQueryAsync(stop);
    }

    private string Password(string role) => InstanceFolder.Secret(folder.Home, $"{role}.password");
}
