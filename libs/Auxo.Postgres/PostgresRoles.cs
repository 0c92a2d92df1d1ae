using System.Globalization;
using System.Text;

using Npgsql;

namespace Auxo.Postgres;

/// <summary>
/// Who may do what in a database: each service logs in as <c>{database}_{service}</c>, which may look into its own schema and make
/// nothing there. The schemas belong to the administrator; rights on tables come with the tables, from the migrator that makes them.
/// </summary>
public static class PostgresRoles
{
    /// <summary>At most so many connections per service.</summary>
    private const int PoolSize = 10;

    /// <summary>The login role of a service.</summary>
    public static string RoleOf(string database, string service)
        => $"{database}_{service}".Replace('-', '_');

    /// <summary>What a service connects with.</summary>
    public static string ConnectionString(string administrator, string database, string service, string password)
        => new NpgsqlConnectionStringBuilder(administrator)
        {
            Username = RoleOf(database, service), Password = password, MaxPoolSize = PoolSize, ApplicationName = service,
        }.ConnectionString;

    /// <summary>
    /// Makes the roles and schemas that are missing and sets the passwords; repeatable. Needs a superuser, or an owner with
    /// CREATEROLE.
    /// </summary>
    /// <param name="administrator">Where they are made, as the administrator.</param>
    /// <param name="database">The database, as the roles are named after it.</param>
    /// <param name="services">Each gets a login role and a schema.</param>
    /// <param name="passwordOf">The password of a role.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="PostgresClusterException">The administrator may not do that; the message says what to do.</exception>
    public static async Task ApplyAsync(
        NpgsqlDataSource administrator, string database, IEnumerable<string> services, Func<string, string> passwordOf,
        CancellationToken cancellationToken)
    {
        var sql = new StringBuilder(
            "set local client_min_messages = error; select pg_advisory_xact_lock(hashtextextended('auxo roles', 0));\n");
        foreach (var service in services)
        {
            var role = RoleOf(database, service);
            var schema = service.Replace('-', '_');
            Role(sql, role, "login noinherit");
            sql.AppendLine(CultureInfo.InvariantCulture, $"alter role {role} password '{passwordOf(role)}';");
            sql.AppendLine(CultureInfo.InvariantCulture, $"create schema if not exists {schema};");
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
                $"The login of ConnectionStrings__{database} may not make the services' roles and schemas ({e.MessageText}). "
                + "Give it the right (alter role … createrole) and the database (alter database … owner to …), or use a superuser.");
        }

        await transaction.CommitAsync(cancellationToken);
    }

    private static void Role(StringBuilder sql, string role, string kind)
        => sql.AppendLine(CultureInfo.InvariantCulture,
            $"do $$ begin if not exists (select from pg_roles where rolname = '{role}') then create role {role} {kind}; end if; end $$;");
}
