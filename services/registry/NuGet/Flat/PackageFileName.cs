namespace Auxo.Registry.NuGet.Flat;

/// <summary>Under which names the files of a version are stored, in normal form.</summary>
internal static class PackageFileName
{
    public static string Package(string id, string version) => $"{id}.{version}.nupkg";

    public static string Symbols(string id, string version) => $"{id}.{version}.snupkg";

    public static string Nuspec(string id, string version) => $"{id}.{version}.nuspec";

    public static string Readme(string id, string version) => $"{id}.{version}.readme";

    /// <summary>Which file an address means; null when it means none.</summary>
    public static (string Id, string Version, string File)? Find(string id, string version, string file)
    {
        if (PackageId.Refuse(id) is not null || PackageId.ParseVersion(version) is not { } parsed) return null;
        var (name, normal) = (PackageId.Normalize(id), PackageId.Normalize(parsed));
        var wanted = file.ToLowerInvariant();
        return wanted == Package(name, normal) || wanted == Symbols(name, normal) ? (name, normal, wanted)
            : wanted == $"{name}.nuspec" ? (name, normal, Nuspec(name, normal))
            : wanted == "readme" ? (name, normal, Readme(name, normal))
            : null;
    }
}
