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
    /// <param name="layout">The folder to fill.</param>
    /// <param name="external">The connection of a database of the operator's own.</param>
    /// <param name="source">The backup.</param>
    /// <param name="damaged">Leave damaged and missing contents out instead of refusing the backup for them.</param>
    /// <param name="ct">Stops.</param>
    /// <exception cref="HostingException">The backup is not whole, or the folder is not empty; nothing of the folder is kept
    /// when it fails.</exception>
    public static async Task<BackupManifest> RunAsync(
        InstanceLayout layout, string? external, string source, bool damaged, CancellationToken ct)
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
                return await FromFolderAsync(layout, external, unpacked, damaged, ct);
            }
            catch (EndOfStreamException)
            {
                throw new HostingException($"{source} is cut off: it ends in the middle of a file. Copy it again, or take another backup.");
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

        return await FromFolderAsync(layout, external, source, damaged, ct);
    }

    private static async Task<BackupManifest> FromFolderAsync(
        InstanceLayout layout, string? external, string folder, bool damaged, CancellationToken ct)
    {
        var manifest = await CheckAsync(folder, ct);
        try
        {
            await using var database = await InstanceDatabase.OpenAsync(layout, external, ct);
            await RestoreDatabaseAsync(database, manifest, Path.Combine(folder, BackupManifest.DumpName), ct);
            var wrong = await RestoreFilesAsync(folder, layout, ct);
            await AddMissingAsync(wrong, database, layout, ct);
            foreach (var content in wrong.Where(static c => c.What != Missing)) File.Delete(Path.Combine(layout.Home, content.File));
            if (wrong.Count == 0) return manifest;
            var what = $"{wrong.Count} files of the backup are not what they were:\n"
                + string.Join('\n', wrong.Take(20).Select(static c => $"  {c.File} {c.What}"))
                + (wrong.Count > 20 ? $"\n  and {wrong.Count - 20} more" : "");
            if (!damaged) throw new HostingException(
                $"{what}\nTake another backup, or leave them out: ./auxo restore PLACE --damaged");
            Console.Error.WriteLine($"auxo: {what}\nauxo: they are left out; who asks for one is answered that it is gone.");
            return manifest with { Files = manifest.Files - wrong.Count(static c => c.What != Missing) };
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
        var dump = Path.Combine(folder, BackupManifest.DumpName);
        var list = Path.Combine(folder, BackupManifest.DigestsName);
        foreach (var (path, digest) in ((string, string)[])[(dump, manifest.DatabaseSha256), (list, manifest.FilesSha256)])
        {
            if (!File.Exists(path)) throw new HostingException($"The backup is not whole: it has no {Path.GetFileName(path)}.");
            if (await DigestAsync(path, ct) != digest) throw new HostingException(
                $"{Path.GetFileName(path)} is damaged: its digest is not the one of {BackupManifest.FileName}.");
        }

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

    private const string Missing = "is missing";

    /// <summary>Copies the files that the backup names; those that are not what they were are returned.</summary>
    private static async Task<List<(string File, string What)>> RestoreFilesAsync(
        string folder, InstanceLayout layout, CancellationToken ct)
    {
        var wrong = new List<(string, string)>();
        foreach (var line in await File.ReadAllLinesAsync(Path.Combine(folder, BackupManifest.DigestsName), ct))
        {
            var (digest, file) = (line[..64], line[66..]);
            // The list is not signed: a file must not land beside the instance's folder.
            var to = Path.GetFullPath(file, layout.Home);
            if (!to.StartsWith(layout.Home + "/", StringComparison.Ordinal)) throw new HostingException(
                $"{BackupManifest.DigestsName} names '{file}', which is no file of an instance.");
            if (await BackupFiles.CopyAsync(Path.Combine(folder, "files", file), to, ct) is not var (_, copied)) wrong.Add((file, Missing));
            else if (copied != digest) wrong.Add((file, "has another content"));
        }

        return wrong;
    }

    /// <summary>Contents that the database refers to and that the backup never had.</summary>
    private static async Task AddMissingAsync(
        List<(string File, string What)> wrong, InstanceDatabase database, InstanceLayout layout, CancellationToken ct)
    {
        await using var source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(database.Connection) { Pooling = false });
        foreach (var (digest, size) in await ReferredAsync(source, ct))
        {
            var file = new FileInfo(Path.Combine(layout.RegistryBlobs, "sha256", digest[..2], digest));
            var relative = Path.GetRelativePath(layout.Home, file.FullName);
            if (wrong.Any(w => w.File == relative)) continue;
            if (!file.Exists) wrong.Add((relative, Missing));
            else if (file.Length != size) wrong.Add((relative, $"has {file.Length} bytes instead of {size}"));
        }
    }

    private static async Task<IReadOnlyList<(string Digest, long Size)>> ReferredAsync(NpgsqlDataSource source, CancellationToken ct)
    {
        await using (var there = source.CreateCommand("select to_regclass('registry.blobs') is not null"))
        {
            if (!(bool)(await there.ExecuteScalarAsync(ct))!) return [];
        }

        await using var command = source.CreateCommand(
            "select digest, size_bytes from registry.blobs b where exists (select from registry.files f where f.digest "
                + "= b.digest) or exists (select from registry.published_files p where p.blob = b.digest)");
        await using var reader = await command.ExecuteReaderAsync(ct);
        var referred = new List<(string, long)>();
        while (await reader.ReadAsync(ct)) referred.Add((reader.GetString(0), reader.GetInt64(1)));
        return referred;
    }

    private static async Task<string> DigestAsync(string file, CancellationToken ct)
    {
        await using var content = File.OpenRead(file);
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(content, ct));
    }
}
