using System.Globalization;

using Auxo.Instances;
using Auxo.Instances.Backups;
using Auxo.Postgres;
using Auxo.ServiceDefaults.Disk;

using Npgsql;

namespace Auxo.AppHost.Backup;

/// <summary>The words <c>backup</c> and <c>restore</c> of <c>./auxo</c>.</summary>
internal static class BackupCommand
{
    /// <summary>Does what the command line says; errors are one line each on standard error.</summary>
    /// <returns>The exit code: 0, 1 when it failed, 2 for a wrong command line.</returns>
    public static async Task<int> RunAsync(string[] args)
    {
        var damaged = args is ["restore", _, "--damaged"];
        if ((damaged ? args[..2] : args) is not [var word, { Length: > 0 } place])
        {
            Console.Error.WriteLine($"auxo: '{args[0]}' needs a place: a folder, or a file that ends in .tar.");
            return 2;
        }

        using var stop = new CancellationTokenSource();
        Console.CancelKeyPress += (_, e) =>
        {
            e.Cancel = true;
            stop.Cancel();
        };
        try
        {
            var (layout, path) = (InstanceLayout.Locate(Environment.GetEnvironmentVariable), Path.GetFullPath(place));
            var external = Environment.GetEnvironmentVariable("ConnectionStrings__auxo") is { Length: > 0 } text ? text : null;
            var manifest = word == "backup"
                ? await MakeBackup.RunAsync(layout, external, path, TimeProvider.System.GetUtcNow(), stop.Token)
                : await RestoreBackup.RunAsync(layout, external, path, damaged, stop.Token);
            Note(layout, manifest.CreatedAt);
            var what = string.Create(
                CultureInfo.InvariantCulture,
                $"the database and {manifest.Files} files ({DiskGuard.Words(manifest.Bytes)}), as of "
                    + $"{manifest.CreatedAt:yyyy-MM-dd HH:mm:ss} UTC");
            Console.WriteLine(word == "backup"
                ? $"{path} holds {what}. It has secrets in it: keep it where only you can read it."
                    + (File.Exists(layout.SecretsKey) ? $" {layout.SecretsKey} is not in it: keep a copy elsewhere." : "")
                : $"{layout.Home} holds {what}. './auxo up' starts it.");
            return 0;
        }
        catch (Exception e) when (e is HostingException
            or PostgresClusterException or NpgsqlException or IOException or UnauthorizedAccessException or OperationCanceledException)
        {
            foreach (var line in (e is OperationCanceledException ? "stopped; nothing was kept" : e.Message)
                .Split('\n')) Console.Error.WriteLine($"auxo: {line}");
            return 1;
        }
    }

    /// <summary>
    /// For the alert of an old backup. A restored instance has the backup that it was made from: what came after that is in none.
    /// </summary>
    private static void Note(InstanceLayout layout, DateTimeOffset madeAt)
    {
        try
        {
            LastBackup.Write(layout, madeAt);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"auxo: all is done, but {layout.LastBackup} cannot be written: {e.Message} The alert BackupStale "
                + "goes by the backup before.");
        }
    }
}
