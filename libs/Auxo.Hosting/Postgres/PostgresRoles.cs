using System.Globalization;
using System.Text;

using Auxo.Hosting.ApplicationModel;

using Npgsql;

namespace Auxo.Hosting.Postgres;

/// <summary>
/// Who may do what in a database: each project logs in as <c>{database}_{project}</c>, which has no right but to become the
/// owner of its own schema (<c>{database}_{project}_owner</c>, for migrations). Rights on tables come with the tables, from
/// whoever makes them.
/// </summary>
public static class PostgresRoles
{
    /// <summary>At most so many connections per service.</summary>
    private const int PoolSize = 10;

    /// <summary>The login role of a project.</summary>
    public static string RoleOf(PostgresDatabaseResource database, ProjectResource project)
        => $"{database.Name}_{project.Name}".Replace('-', '_');

    /// <summary>What a project connects with.</summary>
    public static string ConnectionString(string administrator, PostgresDatabaseResource database, ProjectResource project, string password)
        => new NpgsqlConnectionStringBuilder(administrator)
        {
            Username = RoleOf(database, project), Password = password, MaxPoolSize = PoolSize, ApplicationName = project.Name,
        }.ConnectionString;

    /// <summary>
    /// Makes the roles and schemas that are missing and sets the passwords; repeatable. Needs a superuser, or an owner with
    /// CREATEROLE.
    /// </summary>
    public static async Task ApplyAsync(
        NpgsqlDataSource administrator, PostgresDatabaseResource database, IEnumerable<ProjectResource> projects,
        Func<string, string> passwordOf,
        CancellationToken cancellationToken)
    {
        var shared = database.Of<SharedSchemaAnnotation>().Select(static a => a.Schema).ToList();
        var sql = new StringBuilder(
            "set local client_min_messages = error; select pg_advisory_xact_lock(hashtextextended('auxo roles', 0));\n");
        foreach (var schema in shared) Schema(sql, database, schema);
        foreach (var project in projects)
        {
            var role = RoleOf(database, project);
            var schema = project.Name.Replace('-', '_');
            Role(sql, role, "login noinherit");
            sql.AppendLine(CultureInfo.InvariantCulture, $"alter role {role} password '{passwordOf(role)}';");
            Schema(sql, database, schema);
            sql.AppendLine(CultureInfo.InvariantCulture, $"grant {database.Name}_{schema}_owner to {role};");
            // Who could become the owner of a shared schema would see what is meant for others only. Earlier versions granted it.
            foreach (var owned in shared) sql.AppendLine(
                CultureInfo.InvariantCulture, $"revoke {database.Name}_{owned}_owner from {role};");
            sql.AppendLine(CultureInfo.InvariantCulture, $"grant usage on schema {schema} to {role};");
            sql.AppendLine(CultureInfo.InvariantCulture,
                $"do $$ begin execute format('grant connect on database %I to {role}', current_database()); end $$;");
        }

        sql.AppendLine(
            "do $$ begin execute format('revoke all on database %I from public', current_database()); end $$; revoke "
                + "create on schema public from public;");
        await using var connection = await administrator.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using var command = new NpgsqlCommand(sql.ToString(), connection, transaction);
        try
        {
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.InsufficientPrivilege)
        {
            throw new PostgresClusterException(
                $"The login of ConnectionStrings__{database.Name} may not make the services' roles and schemas ({e.MessageText}). "
                + "Give it the right (alter role … createrole) and the database (alter database … owner to …), or use a superuser.");
        }

        await transaction.CommitAsync(cancellationToken);
    }

    private static void Schema(StringBuilder sql, PostgresDatabaseResource database, string schema)
    {
        var owner = $"{database.Name}_{schema}_owner";
        Role(sql, owner, "nologin");
        // Who is no superuser must be a member of the owner to make a schema for it.
        sql.AppendLine(CultureInfo.InvariantCulture,
            $"do $$ begin if not (select rolsuper from pg_roles where rolname = current_user) then execute "
                + $"format('grant {owner} to %I', current_user); end if; end $$;");
        sql.AppendLine(CultureInfo.InvariantCulture, $"create schema if not exists {schema} authorization {owner};");
    }

    private static void Role(StringBuilder sql, string role, string kind)
        => sql.AppendLine(CultureInfo.InvariantCulture,
            $"do $$ begin if not exists (select from pg_roles where rolname = '{role}') then create role {role} {kind}; end if; end $$;");
}
