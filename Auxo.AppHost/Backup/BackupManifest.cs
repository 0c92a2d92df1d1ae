using System.Text.Json.Serialization;

namespace Auxo.AppHost.Backup;

/// <summary>What a backup says about itself; written last, so a backup without it was never finished.</summary>
/// <param name="Format">Of the backup's layout; a newer one than this program knows is refused.</param>
/// <param name="Version">The Auxo that made it.</param>
/// <param name="CreatedAt">When its database was cut.</param>
/// <param name="DatabaseSha256">Of <c>database.dump</c>.</param>
/// <param name="FilesSha256">Of <c>files.sha256</c>, which has the digest of every file.</param>
/// <param name="Roles">The roles that own things in the dump, and whether they log in; their passwords are not in it.</param>
/// <param name="Files">How many files beside the database.</param>
/// <param name="Bytes">Their size.</param>
internal sealed record BackupManifest(
    int Format, string Version, DateTimeOffset CreatedAt, string DatabaseSha256, string FilesSha256, IReadOnlyList<BackupRole> Roles,
    long Files, long Bytes)
{
    public const int CurrentFormat = 3;
    public const string FileName = "backup.json";
    public const string DumpName = "database.dump";

    /// <summary>A line for each file, as sha256sum writes and checks them (in <c>files/</c>).</summary>
    public const string DigestsName = "files.sha256";
}

/// <summary>A role of the database.</summary>
internal sealed record BackupRole(string Name, bool Login);

[JsonSourceGenerationOptions(System.Text.Json.JsonSerializerDefaults.Web, WriteIndented = true)]
[JsonSerializable(typeof(BackupManifest))]
internal sealed partial class BackupJson : JsonSerializerContext;
