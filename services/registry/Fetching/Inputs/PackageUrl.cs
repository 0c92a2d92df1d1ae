using System.Text;

namespace Auxo.Registry.Fetching.Inputs;

/// <summary>The names that all tools have for packages (ECMA-427): <c>pkg:npm/%40acme/left@1.0.0</c>.</summary>
internal static class PackageUrl
{
    /// <summary>
    /// Where a type's packages are when its package URL says nothing. A package of ours must not be taken for the world's of the same
    /// name, so it always says that it is ours.
    /// </summary>
    private static readonly Dictionary<string, string[]> Usual = new(StringComparer.Ordinal)
    {
        ["npm"] = ["registry.npmjs.org"],
        ["pypi"] = ["pypi.org", "files.pythonhosted.org"],
        ["nuget"] = ["api.nuget.org", "globalcdn.nuget.org"],
    };

    /// <summary>Of an input; what is no package has one of the type <c>generic</c>, with its digest.</summary>
    public static string Of(BuildInput input) => input switch
    {
        { IsPackage: true, Format: "npm" } => Make("npm", Name(input.Package), input.Version, Place(input)),
        { IsPackage: true, Format: "pypi" }
            => Make("pypi", Encode(input.Package), input.Version, [.. Place(input), ("file_name", input.File)]),
        { IsPackage: true, Format: "nuget" } => Make("nuget", Encode(input.Package), input.Version, Place(input)),
        { IsPackage: true, Format: "oci" } => Image(input),
        _ => Make("generic", Name(input.Package), input.Version, [.. Place(input), ("checksum", "sha256:" + input.Sha256)]),
    };

    /// <summary>Its type has the digest for a version, and the last part of the name for a name.</summary>
    private static string Image(BuildInput input)
    {
        var name = Oci.OciPath.NameOf(input.Repository, input.Package);
        var place = Uri.TryCreate(input.Source, UriKind.Absolute, out var source)
            && source.AbsolutePath.LastIndexOf("/manifests/", StringComparison.Ordinal) is > 4 and var end
                ? source.Authority + source.AbsolutePath["/v2".Length..end] : Ours(name);
        var tag = input.Version.Contains(':', StringComparison.Ordinal) ? [] : new[] { ("tag", input.Version) };
        return Make("oci", Encode(name[(name.LastIndexOf('/') + 1)..]), "sha256:" + input.Sha256, [("repository_url", place), .. tag]);
    }

    private static (string, string)[] Place(BuildInput input)
        => input.Source.Length == 0 ? [("repository_url", Ours(input.Repository))]
            : Usual.TryGetValue(input.Format, out var hosts) && Uri.TryCreate(input.Source, UriKind.Absolute, out var source)
                && hosts.Contains(source.Host, StringComparer.OrdinalIgnoreCase) ? [] : [("download_url", input.Source)];

    private static string Ours(string name) => "urn:auxo:registry:" + name;

    private static string Make(string type, string name, string version, IReadOnlyList<(string Name, string Value)> qualifiers)
    {
        var url = new StringBuilder($"pkg:{type}/{name}");
        if (version.Length > 0) url.Append('@').Append(Encode(version));
        var before = '?';
        foreach (var (key, value) in qualifiers.OrderBy(static q => q.Name, StringComparer.Ordinal))
        {
            url.Append(before).Append(key).Append('=').Append(Uri.EscapeDataString(value));
            before = '&';
        }

        return url.ToString();
    }

    /// <summary>A name with parts: each for itself; one that is empty says nothing.</summary>
    private static string Name(string name)
        => string.Join('/', name.Split('/', StringSplitOptions.RemoveEmptyEntries).Select(Encode));

    /// <summary>A colon stands as it is in names and versions.</summary>
    private static string Encode(string text) => Uri.EscapeDataString(text).Replace("%3A", ":", StringComparison.Ordinal);
}
