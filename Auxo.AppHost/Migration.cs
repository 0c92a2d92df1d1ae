using System.Diagnostics;

using Auxo.Hosting.ApplicationModel;
using Auxo.ServiceDefaults.Storage;

using Npgsql;

namespace Auxo.AppHost;

/// <summary>Has the schemas brought up to date by <c>Auxo.Migrator</c>, as the database's owner, when another program was here last.</summary>
internal static class Migration
{
    /// <summary>The services whose schema the migrator knows.</summary>
    private static readonly string[] Services = ["notify", "registry"];

    private static string Folder
        => Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../Auxo.Migrator", new DirectoryInfo(AppContext.BaseDirectory).Name));

    /// <summary>Runs it if there is something to do.</summary>
    /// <exception cref="SchemaException">It failed; the message is its own.</exception>
    public static async Task RunAsync(DatabaseInitialisation database, CancellationToken ct)
    {
        if (await IsCurrentAsync(database, ct)) return;
        var start = new ProcessStartInfo(Path.Combine(Folder, "Auxo.Migrator")) 
        {
            RedirectStandardError = true, RedirectStandardOutput = true, UseShellExecute = false,
        };
        start.Environment["ConnectionStrings__auxo"] = database.ConnectionString;
        using var migrator = Process.Start(start)!;
        var (told, wrong) = (migrator.StandardOutput.ReadToEndAsync(ct), migrator.StandardError.ReadToEndAsync(ct));
        await migrator.WaitForExitAsync(ct);
        await told;
        if (migrator.ExitCode != 0) throw new SchemaException((await wrong).Trim());
    }

    private static async Task<bool> IsCurrentAsync(DatabaseInitialisation database, CancellationToken ct)
    {
        await using var source = NpgsqlDataSource.Create(
            new NpgsqlConnectionStringBuilder(database.ConnectionString) { Pooling = false, ApplicationName = "apphost" });
        foreach (var service in Services)
        {
            var assembly = "Auxo." + char.ToUpperInvariant(service[0]) + service[1..];
            if (!await SchemaFingerprint.IsCurrentAsync(source, service, Folder, assembly, ct)) return false;
        }

        return true;
    }
}
