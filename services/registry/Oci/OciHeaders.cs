namespace Auxo.Registry.Oci;

/// <summary>The headers that are OCI's own.</summary>
internal static class OciHeaders
{
    public const string Digest = "Docker-Content-Digest";

    public const string Subject = "OCI-Subject";

    public const string Tag = "OCI-Tag";

    public const string FiltersApplied = "OCI-Filters-Applied";
}
