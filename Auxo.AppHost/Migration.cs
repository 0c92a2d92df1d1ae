using Auxo.Contracts;
using Auxo.ServiceDefaults.Storage;

using Npgsql;

namespace Auxo.AppHost;

/// <summary>Whether <c>Auxo.Migrator</c> has something to do: another program brought the schemas up to date last, or none did.</summary>
internal static class Migration
{
    private static string Folder
        => Path.GetFullPath(Path.Combine(
            AppContext.BaseDirectory, "../../Auxo.Migrator", new DirectoryInfo(AppContext.BaseDirectory).Name));

    /// <summary>Looks at what the database says of itself.</summary>
    /// <param name="administrator">The connection string of the database's owner.</param>
    /// <param name="ct">Gives up.</param>
    public static async Task<bool> IsNeededAsync(string administrator, CancellationToken ct)
    {
        await using var source = NpgsqlDataSource.Create(
            new NpgsqlConnectionStringBuilder(administrator) { Pooling = false, ApplicationName = "apphost" });
        foreach (var service in KnownServices.Names)
        {
            var assembly = "Auxo." + char.ToUpperInvariant(service[0]) + service[1..];
            if (!await SchemaFingerprint.IsCurrentAsync(source, service, Folder, assembly, ct)) return true;
        }

        return false;
    }
}
