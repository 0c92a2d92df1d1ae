namespace Auxo.Registry.Fetching.Inputs;

/// <summary>A content that steps of a build fetched here.</summary>
/// <param name="Format">Of its repository; empty where nobody knows it any more.</param>
/// <param name="Repository">From where.</param>
/// <param name="Package">Which package or image, or the path of a file.</param>
/// <param name="Version">Which version; of an image the tag or the digest by which it was asked for; empty where there is none.</param>
/// <param name="File">Which file of it.</param>
/// <param name="Sha256">Of the content: 64 hex digits.</param>
/// <param name="Source">The address upstream; empty for what was published here.</param>
public sealed record BuildInput(
    string Format, string Repository, string Package, string Version, string File, string Sha256, string Source)
{
    /// <summary>
    /// Whether it is a package or an image itself. The others are files of one: its metadata alone, its symbols, a layer.
    /// </summary>
    public bool IsPackage => Format switch
    {
        "npm" => File.EndsWith(".tgz", StringComparison.Ordinal),
        "pypi" => Version.Length > 0 && !File.EndsWith(PyPi.GetDistribution.MetadataSuffix, StringComparison.Ordinal),
        "nuget" => File.EndsWith(".nupkg", StringComparison.Ordinal),
        "oci" => Version.Length > 0,
        _ => false,
    };
}
