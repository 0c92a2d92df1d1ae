using System.Formats.Tar;
using System.Security.Cryptography;
using System.Text.Json;

using Auxo.Instances;

using Npgsql;

namespace Auxo.AppHost.Backup;

/// <summary>
/// <c>auxo restore SOURCE</c>: makes an empty folder the instance that was backed up. Nothing is sent or built by this. After
/// the start, work that was waiting at the cut is done (it was acknowledged); what was done is known, and what was pushed since
/// is found by the sweep. Ids of builds are computed from what is built and comments are found by their footer, so what the
/// lost instance did after the cut is not done a second time in front of others.
/// </summary>
internal static class RestoreBackup
{
    /// <exception cref="HostingException">The backup is not whole, or the folder is not empty; nothing of the folder is kept
    /// when it fails.</exception>
    public static async Task<BackupManifest> RunAsync(InstanceLayout layout, string? external, string source, CancellationToken ct)
    {
        if (Directory.Exists(layout.Database) || Directory.Exists(layout.Blobs)
            && Directory.EnumerateFileSystemEntries(layout.Blobs).Any())
            throw new HostingException(
                $"There is an Auxo in {layout.Home} already. A restore needs an empty folder: move that one away, "
                    + "or set AUXO_HOME to another.");
        if (File.Exists(source))
        {
            var unpacked = Path.Combine(Path.GetTempPath(), "auxo-restore-" + Guid.NewGuid().ToString("N"));
            PrivateFiles.MakeFolder(unpacked);
            try
            {
                await TarFile.ExtractToDirectoryAsync(source, unpacked, overwriteFiles: false, ct);
                return await FromFolderAsync(layout, external, unpacked, ct);
            }
            catch (InvalidDataException e)
            {
                throw new HostingException($"{source} is no backup: {e.Message}");
            }
            finally
            {
                Directory.Delete(unpacked, recursive: true);
            }
        }

        return await FromFolderAsync(layout, external, source, ct);
    }

    private static async Task<BackupManifest> FromFolderAsync(InstanceLayout layout, string? external, string folder, CancellationToken ct)
    {
        var manifest = await CheckAsync(folder, ct);
        try
        {
            await using var database = await InstanceDatabase.OpenAsync(layout, external, ct);
            await RestoreDatabaseAsync(database, manifest, Path.Combine(folder, BackupManifest.DumpName), ct);
            var files = Path.Combine(folder, "files");
            foreach (var (from, relative) in Directory.Exists(files) ? BackupFiles.Below(files, [""]) : []) await BackupFiles.CopyAsync(
                from, Path.Combine(layout.Home, relative), ct);
            await VerifyAsync(database, layout, ct);
            return manifest;
        }
        catch when (external is null)
        {
            // Else the next try would find half an instance.
            foreach (var part in (string[])["pg", .. BackupFiles.Folders])
            {
                if (Directory.Exists(Path.Combine(layout.Home, part))) Directory.Delete(Path.Combine(layout.Home, part), recursive: true);
            }

            throw;
        }
    }

    private static async Task<BackupManifest> CheckAsync(string folder, CancellationToken ct)
    {
        var file = Path.Combine(folder, BackupManifest.FileName);
        if (!File.Exists(file)) throw new HostingException(
            $"{folder} is no backup, or one that was never finished: it has no {BackupManifest.FileName}.");
        BackupManifest manifest;
        try
        {
            manifest = JsonSerializer.Deserialize(await File.ReadAllTextAsync(file, ct), BackupJson.Default.BackupManifest)!;
        }
        catch (JsonException e)
        {
            throw new HostingException($"{file} cannot be read: {e.Message}");
        }

        if (manifest.Format > BackupManifest.CurrentFormat) throw new HostingException(
            $"{folder} was made by a newer Auxo ({manifest.Version}); restore it with that one.");
        if (manifest.Format < BackupManifest.CurrentFormat) throw new HostingException(
            $"{folder} was made by a build of Auxo before its first release ({manifest.Version}), and this one cannot read it.");
        if (manifest.Roles.FirstOrDefault(static r
            => r.Name.Any(static c => c is not ('_' or >= 'a' and <= 'z' or >= '0' and <= '9'))) is { } odd)
            throw new HostingException($"{file} names a role '{odd.Name}', which is none of Auxo's.");
        await using var dump = File.OpenRead(Path.Combine(folder, BackupManifest.DumpName));
        if (Convert.ToHexStringLower(await SHA256.HashDataAsync(dump, ct)) != manifest.DatabaseSha256) throw new HostingException(
            $"{dump.Name} is damaged: its digest is not the one of {BackupManifest.FileName}.");
        return manifest;
    }

    private static async Task RestoreDatabaseAsync(InstanceDatabase database, BackupManifest manifest, string dump, CancellationToken ct)
    {
        await database.CreateAsync(ct);
        await using var source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(database.Connection) { Pooling = false });
        await using (var used = source.CreateCommand(
            "select exists (select from pg_namespace where nspname in ('access', 'queues', 'ingest', 'pipeline', 'registry'))"))
        {
            if ((bool)(await used.ExecuteScalarAsync(ct))!) throw new HostingException(
                "The database has an Auxo in it already. A restore needs an empty one.");
        }

        foreach (var role in manifest.Roles)
        {
            // They get their passwords, and their rights on the database, at the start.
            await using var make = source.CreateCommand(
                $"do $$ begin if not exists (select from pg_roles where rolname = '{role.Name}') then create role "
                    + $"{role.Name} {(role.Login ? "login noinherit" : "nologin")}; end if; end $$;");
            await make.ExecuteNonQueryAsync(ct);
        }

        await PostgresTool.RunAsync("pg_restore", database.Connection, ["--exit-on-error", "--single-transaction",
            $"--dbname={new NpgsqlConnectionStringBuilder(database.Connection).Database}", dump], ct);

        // What the lost instance's workers held is nobody's now: else it would wait for their leases to run out.
        await using var free = source.CreateCommand(
            """
            do $$
            declare
                held record;
            begin
                for held in select table_schema, table_name from information_schema.columns where column_name = 'leased_until' loop
                    execute format(
                        'update %I.%I set lease_owner = null, leased_until = null '
                            'where lease_owner is not null or leased_until is not null',
                        held.table_schema, held.table_name);
                end loop;
            end
            $$
            """);
        await free.ExecuteNonQueryAsync(ct);
    }

    /// <summary>
    /// Every content that something refers to is here, in its length. Its digest is its name; the registry checks that when it
    /// is fetched.
    /// </summary>
    private static async Task VerifyAsync(InstanceDatabase database, InstanceLayout layout, CancellationToken ct)
    {
        await using var source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(database.Connection) { Pooling = false });
        await using (var there = source.CreateCommand("select to_regclass('registry.blobs') is not null"))
        {
            if (!(bool)(await there.ExecuteScalarAsync(ct))!) return;
        }

        await using var command = source.CreateCommand(
            "select digest, size_bytes from registry.blobs b where exists (select from registry.files f where f.digest "
                + "= b.digest) or exists (select from registry.published_files p where p.blob = b.digest)");
        await using var reader = await command.ExecuteReaderAsync(ct);
        var missing = new List<string>();
        while (await reader.ReadAsync(ct))
        {
            var (digest, size) = (reader.GetString(0), reader.GetInt64(1));
            var file = new FileInfo(Path.Combine(layout.RegistryBlobs, "sha256", digest[..2], digest));
            if (!file.Exists || file.Length != size) missing.Add(digest);
        }

        if (missing.Count > 0) throw new HostingException(
            $"The backup lacks {missing.Count} contents that its database refers to, the first of them {missing[0]}.");
    }
}
