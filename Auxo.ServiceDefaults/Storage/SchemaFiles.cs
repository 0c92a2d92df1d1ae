using System.Globalization;
using System.Reflection;

using Npgsql;

namespace Auxo.ServiceDefaults.Storage;

/// <summary>
/// A service's own numbered SQL, each file applied once: embedded resources named <c>{component}.{NNN}.sql</c> in which
/// <c>{schema}</c> stands for the schema. What was applied stands in <c>{schema}.schema_version</c>.
/// </summary>
internal sealed class SchemaFiles
{
    private readonly string _component;
    private readonly List<string> _files;

    /// <summary>Reads the files.</summary>
    /// <exception cref="SchemaException">The numbering has a gap.</exception>
    public SchemaFiles(string component, Assembly assembly)
    {
        _component = component;
        var prefix = component + ".";
        var files = assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(prefix, StringComparison.Ordinal) && name.EndsWith(".sql", StringComparison.Ordinal))
            .Select(name => (Name: name, Number: Number(name[prefix.Length..^4])))
            .Where(static file => file.Number > 0).OrderBy(static file => file.Number).ToList();
        for (var i = 0; i < files.Count; i++)
        {
            if (files[i].Number != i + 1)
                throw new SchemaException(
                    $"{component}: the files must be numbered 001, 002, … without gaps; {i + 1:000} is missing or there twice.");
        }

        _files = files.ConvertAll(file => Read(assembly, file.Name));
    }

    /// <summary>Applies what is missing, in the caller's transaction.</summary>
    /// <exception cref="SchemaException">The database is newer than this program.</exception>
    public async Task ApplyAsync(NpgsqlConnection connection, string schema, CancellationToken ct)
    {
        var applied = await AppliedAsync(connection, schema, ct);
        if (applied > _files.Count)
            throw new SchemaException(
                $"Schema {schema} has {_component} version {applied}, but this program knows it only up to {_files.Count}. "
                + "Start the newer program, or restore a backup from before the upgrade.");
        for (var version = applied + 1; version <= _files.Count; version++)
        {
            await using var file = new NpgsqlCommand(_files[version - 1].Replace("{schema}", schema, StringComparison.Ordinal), connection);
            await file.ExecuteNonQueryAsync(ct);
            await using var record = new NpgsqlCommand(
                $"insert into {schema}.schema_version (component, version, applied_at) values ($1, $2, clock_timestamp())", connection);
            record.Parameters.Add(new() { Value = _component });
            record.Parameters.Add(new() { Value = version });
            await record.ExecuteNonQueryAsync(ct);
        }
    }

    private async Task<int> AppliedAsync(NpgsqlConnection connection, string schema, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(
            $"select coalesce(max(version), 0) from {schema}.schema_version where component = $1", connection);
        command.Parameters.Add(new() { Value = _component });
        return (int)(await command.ExecuteScalarAsync(ct))!;
    }

    private static int Number(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var n) ? n : 0;

    private static string Read(Assembly assembly, string name)
    {
        using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }
}

/// <summary>The database's schema and this program do not fit together; the message says what to do.</summary>
public sealed class SchemaException(string message) : Exception(message);
