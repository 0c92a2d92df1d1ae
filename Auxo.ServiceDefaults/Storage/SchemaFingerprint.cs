using System.Collections.Concurrent;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Security.Cryptography;
using System.Text;

using Npgsql;

namespace Auxo.ServiceDefaults.Storage;

/// <summary>
/// By which programs a service's schema was applied last. It is made of the assemblies that a schema follows from, read as files: so
/// whether there is anything to migrate is known without loading Marten.
/// </summary>
public static class SchemaFingerprint
{
    private static readonly string[] Shared = ["Auxo.ServiceDefaults", "Auxo.Contracts", "Marten", "Wolverine", "Wolverine.Postgresql"];

    /// <summary>By file: a start asks for five services, which share all of these but one.</summary>
    private static readonly ConcurrentDictionary<string, string> Identities = new(StringComparer.Ordinal);

    /// <summary>The fingerprint of a service's assemblies.</summary>
    /// <param name="folder">Where they are.</param>
    /// <param name="assembly">The service's own, such as <c>Auxo.Notify</c>.</param>
    public static string Of(string folder, string assembly)
    {
        var text = string.Join('\n', Shared.Prepend(assembly).Select(name
            => Identities.GetOrAdd(Path.Combine(folder, name + ".dll"), Identity)));
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
    }

    /// <summary>Whether a schema was applied by these very assemblies.</summary>
    public static async Task<bool> IsCurrentAsync(
        NpgsqlDataSource source, string schema, string folder, string assembly, CancellationToken ct)
    {
        await using var known = source.CreateCommand("select to_regclass($1) is not null");
        known.Parameters.Add(new() { Value = $"{schema}.schema_program" });
        if (await known.ExecuteScalarAsync(ct) is not true) return false;
        await using var command = source.CreateCommand($"select fingerprint from {schema}.schema_program");
        return await command.ExecuteScalarAsync(ct) as string == Of(folder, assembly);
    }

    private static string Identity(string file)
    {
        using var portable = new PEReader(File.OpenRead(file));
        var metadata = portable.GetMetadataReader();
        return $"{metadata.GetAssemblyDefinition().GetAssemblyName().FullName} {metadata.GetGuid(metadata.GetModuleDefinition().Mvid)}";
    }
}
