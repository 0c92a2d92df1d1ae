using System.Formats.Tar;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

using Auxo.Instances;
using Auxo.ServiceDefaults.Disk;

using Npgsql;

namespace Auxo.AppHost.Backup;

/// <summary>
/// <c>auxo backup TARGET</c>: the database and every file that it refers to, as one cut, while everything goes on. The database
/// is cut first; contents are only ever added and never changed, and nobody removes any while the backup holds their lock, so
/// every content that the cut refers to is copied after it.
/// </summary>
internal static class MakeBackup
{
    /// <summary>Writes a folder, or (a name that ends in <c>.tar</c>) one file.</summary>
    /// <exception cref="HostingException">The target is there already, or something went wrong; nothing that looks like a
    /// backup is left.</exception>
    public static async Task<BackupManifest> RunAsync(
        InstanceLayout layout, string? external, string target, DateTimeOffset now, CancellationToken ct)
    {
        if (File.Exists(target) || Directory.Exists(target) && Directory.EnumerateFileSystemEntries(target).Any())
            throw new HostingException($"{target} is there already; a backup never writes over anything.");
        if (!File.Exists(Path.Combine(layout.Database, "initialised")) && external is null)
            throw new HostingException($"There is no Auxo in {layout.Home}: nothing to back up. AUXO_HOME names another folder.");
        var tar = target.EndsWith(".tar", StringComparison.Ordinal);
        var folder = tar ? target + ".partial" : target;
        if (tar && Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        Directory.CreateDirectory(Path.GetDirectoryName(folder)!);
        PrivateFiles.MakeFolder(folder);
        try
        {
            var manifest = await WriteAsync(layout, external, folder, now, ct);
            if (!tar) return manifest;
            await TarFile.CreateFromDirectoryAsync(folder, target + ".new", includeBaseDirectory: false, ct);
            File.SetUnixFileMode(target + ".new", UnixFileMode.UserRead | UnixFileMode.UserWrite);
            File.Move(target + ".new", target);
            Directory.Delete(folder, recursive: true);
            return manifest;
        }
        catch
        {
            // Half a backup is worse than none: somebody would rely on it.
            Directory.Delete(folder, recursive: true);
            if (tar) File.Delete(target + ".new");
            throw;
        }
    }

    private static async Task<BackupManifest> WriteAsync(
        InstanceLayout layout, string? external, string folder, DateTimeOffset now, CancellationToken ct)
    {
        await using var database = await InstanceDatabase.OpenAsync(layout, external, ct);
        if (!await database.ExistsAsync(ct)) throw new HostingException("There is no database yet: this Auxo has never been started.");
        await using var source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(database.Connection)
        {
            Pooling = false, ApplicationName = "auxo backup",
        });
        await using var connection = await source.OpenConnectionAsync(ct);
        // Held until everything is copied; a sweep that has begun is waited for, the next one is put off.
        await using (var locking = new NpgsqlCommand("select pg_advisory_lock_shared($1)", connection)
        {
            Parameters = { new() { Value = ContentsLock.Number } },
        })
            await locking.ExecuteNonQueryAsync(ct);

        var dump = Path.Combine(folder, BackupManifest.DumpName);
        await PostgresTool.RunAsync("pg_dump", database.Connection, ["--format=custom", "--compress=1", $"--file={dump}"], ct);
        var roles = new List<BackupRole>();
        await using (var command = new NpgsqlCommand(
            @"select rolname, rolcanlogin from pg_roles where rolname like 'auxo\_%' order by rolname", connection))
        await using (var reader = await command.ExecuteReaderAsync(ct))
        {
            while (await reader.ReadAsync(ct)) roles.Add(new BackupRole(reader.GetString(0), reader.GetBoolean(1)));
        }

        var (files, bytes, digests) = (0L, 0L, new StringBuilder());
        foreach (var (from, relative) in BackupFiles.Below(layout.Home, BackupFiles.Folders))
        {
            if (await BackupFiles.CopyAsync(from, Path.Combine(folder, "files", relative), ct) is not var (size, copied)) continue;
            files++;
            bytes += size;
            digests.Append(copied).Append("  ").Append(relative).Append('\n');
        }

        var list = digests.ToString();
        PrivateFiles.Write(Path.Combine(folder, BackupManifest.DigestsName), list);

        string digest;
        await using (var content = File.OpenRead(dump)) digest = Convert.ToHexStringLower(await SHA256.HashDataAsync(content, ct));
        var manifest = new BackupManifest(
            BackupManifest.CurrentFormat, typeof(MakeBackup).Assembly.GetName().Version?.ToString(3)
                ?? "", now, digest, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(list))), roles, files, bytes);
        PrivateFiles.Write(
            Path.Combine(folder, BackupManifest.FileName), JsonSerializer.Serialize(manifest, BackupJson.Default.BackupManifest));
        return manifest;
    }
}

/// <summary>The files of an instance that a backup holds.</summary>
internal static class BackupFiles
{
    /// <summary>Where they lie, from the instance's folder.</summary>
    public static readonly string[] Folders = ["blobs", Path.Combine("logs", "builds")];

    /// <summary>What is whole: not what is being received or thrown away.</summary>
    public static IEnumerable<(string Path, string Relative)> Below(string root, IEnumerable<string> folders)
        => folders.Select(folder => Path.Combine(root, folder)).Where(Directory.Exists)
            .SelectMany(static folder => Directory.EnumerateFiles(folder, "*", new EnumerationOptions
            {
                RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint,
            }))
            .Select(path => (path, Path.GetRelativePath(root, path)))
            .Where(static file => !file.Item2.Split('/').Any(static part => part is "incoming" or "trash")
                && !file.Item2.EndsWith(".new", StringComparison.Ordinal));

    /// <summary>Copies a file with its mode, synced; its size and SHA-256, or null when it went away meanwhile.</summary>
    public static async Task<(long Size, string Digest)?> CopyAsync(string from, string to, CancellationToken ct)
    {
        FileStream source;
        try
        {
            source = new FileStream(from, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }

        await using (source)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(to)!);
            await using var target = new FileStream(to, new FileStreamOptions
            {
                Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            });
            using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            var buffer = new byte[256 << 10];
            while (await source.ReadAsync(buffer, ct) is > 0 and var read)
            {
                digest.AppendData(buffer.AsSpan(0, read));
                await target.WriteAsync(buffer.AsMemory(0, read), ct);
            }

            target.Flush(flushToDisk: true);
            File.SetUnixFileMode(target.SafeFileHandle, File.GetUnixFileMode(source.SafeFileHandle));
            return (target.Length, Convert.ToHexStringLower(digest.GetHashAndReset()));
        }
    }
}
