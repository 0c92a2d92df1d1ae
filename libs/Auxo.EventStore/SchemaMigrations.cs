using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;

using Npgsql;

namespace Auxo.EventStore;

/// <summary>
/// Numbered SQL files, each applied once: embedded resources named <c>{component}.{NNN}.sql</c> in which <c>{schema}</c> stands
/// for the schema. What was applied stands in <c>{schema}.schema_version</c>.
/// </summary>
public static partial class SchemaMigrations
{
    /// <summary>
    /// Applies what is missing of one component, in one transaction under an advisory lock, so that any number of processes may
    /// start at once. Runs as the role <c>auxo_{schema}_owner</c> where that role exists and the login is a member of it.
    /// </summary>
    /// <exception cref="SchemaException">The database is newer than this program, or the numbering has a gap.</exception>
    public static async Task ApplyAsync(NpgsqlDataSource source, string schema, string component, Assembly assembly, CancellationToken ct)
    {
        var files = Files(component, assembly);
        await RunAsync(source, schema, async connection =>
        {
            var applied = await AppliedAsync(connection, schema, component, ct);
            if (applied > files.Count)
            {
                throw new SchemaException(
                    $"Schema {schema} has {component} version {applied}, but this program knows it only up to {files.Count}. "
                    + "Start the newer program, or restore a backup from before the upgrade.");
            }

            for (var version = applied + 1; version <= files.Count; version++)
            {
                await ExecuteAsync(connection, files[version - 1].Replace("{schema}", schema, StringComparison.Ordinal), ct);
                await using var record = new NpgsqlCommand(
                    $"insert into {schema}.schema_version (component, version, applied_at) values ($1, $2, clock_timestamp())", connection);
                record.Parameters.Add(new() { Value = component });
                record.Parameters.Add(new() { Value = version });
                await record.ExecuteNonQueryAsync(ct);
            }
        }, ct);
    }

    /// <summary>Runs DDL in one transaction, as the schema's owner, alone among all processes that do so for this schema.</summary>
    internal static async Task RunAsync(NpgsqlDataSource source, string schema, Func<NpgsqlConnection, Task> change, CancellationToken ct)
    {
        if (!SchemaName().IsMatch(schema)) throw new ArgumentException(
            $"'{schema}' is no schema name: lower-case letters, digits and _ only.", nameof(schema));
        await using var connection = await source.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        await ExecuteAsync(connection, $"select pg_advisory_xact_lock(hashtextextended('auxo schema {schema}', 0))", ct);
        var owner = $"auxo_{schema}_owner";
        var (schemaExists, ownerUsable, serviceRoleExists) = await SituationAsync(connection, schema, owner, ct);
        if (!schemaExists)
            await ExecuteAsync(connection, ownerUsable ? $"create schema {schema} authorization {owner}" : $"create schema {schema}", ct);
        if (ownerUsable) await ExecuteAsync(connection, $"set local role {owner}", ct);
        await ExecuteAsync(connection, Bookkeeping.Replace("{schema}", schema, StringComparison.Ordinal), ct);
        if (serviceRoleExists) await ExecuteAsync(connection, Grants.Replace("{schema}", schema, StringComparison.Ordinal), ct);
        await change(connection);
        await transaction.CommitAsync(ct);
    }

    /// <summary>
    /// Existing objects keep their rights; only what is made from now on is granted, so a revoke in a numbered file stays.
    /// </summary>
    private const string Grants = """
        grant usage on schema {schema} to auxo_{schema};
        grant select on {schema}.schema_version to auxo_{schema};
        alter default privileges in schema {schema} grant select, insert, update, delete on tables to auxo_{schema};
        alter default privileges in schema {schema} grant usage, select on sequences to auxo_{schema};
        """;

    private const string Bookkeeping = """
        set local client_min_messages = warning;
        create table if not exists {schema}.schema_version (
            component  text not null,
            version    int not null,
            applied_at timestamptz not null,
            primary key (component, version)
        );
        """;

    private static List<string> Files(string component, Assembly assembly)
    {
        var prefix = component + ".";
        var files = assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(prefix, StringComparison.Ordinal) && name.EndsWith(".sql", StringComparison.Ordinal))
            .Select(name
                => (Name: name, Number: int.TryParse(name[prefix.Length..^4], NumberStyles.None,
                    CultureInfo.InvariantCulture, out var n) ? n : 0))
            .Where(file => file.Number > 0)
            .OrderBy(file => file.Number)
            .ToList();
        if (files.Count == 0) throw new SchemaException($"{assembly.GetName().Name} has no embedded {component}.001.sql.");
        for (var i = 0; i < files.Count; i++)
        {
            if (files[i].Number != i + 1)
                throw new SchemaException(
                    $"{component}: the files must be numbered 001, 002, … without gaps; {i + 1:000} is missing or there twice.");
        }

        return files.ConvertAll(file =>
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(file.Name)!);
            return reader.ReadToEnd();
        });
    }

    private static async Task<(bool SchemaExists, bool OwnerUsable, bool ServiceRoleExists)> SituationAsync(
        NpgsqlConnection connection, string schema, string owner, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(
            """
            select exists (select from pg_namespace where nspname = $1),
                   exists (select from pg_roles r where rolname = $2 and pg_has_role(session_user, oid, 'MEMBER')
                       and not exists (select from pg_namespace n where n.nspname = $1 and n.nspowner <> r.oid)),
                   exists (select from pg_roles where rolname = 'auxo_' || $1)
            """, connection);
        command.Parameters.Add(new() { Value = schema });
        command.Parameters.Add(new() { Value = owner });
        await using var reader = await command.ExecuteReaderAsync(ct);
        await reader.ReadAsync(ct);
        return (reader.GetBoolean(0), reader.GetBoolean(1), reader.GetBoolean(2));
    }

    private static async Task<int> AppliedAsync(NpgsqlConnection connection, string schema, string component, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(
            $"select coalesce(max(version), 0) from {schema}.schema_version where component = $1", connection);
        command.Parameters.Add(new() { Value = component });
        return (int)(await command.ExecuteScalarAsync(ct))!;
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(ct);
    }

    [GeneratedRegex("^[a-z_][a-z0-9_]{0,50}$", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex SchemaName();
}

/// <summary>The database's schema and this program do not fit together; the message says what to do.</summary>
public sealed class SchemaException(string message) : Exception(message);
