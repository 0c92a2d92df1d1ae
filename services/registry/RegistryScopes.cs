namespace Auxo.Registry;

/// <summary>
/// What a token may do here. A scope followed by <c>:NAME</c> counts for the repository of that name only:
/// <c>registry:write:releases</c>; with <c>/PATTERN</c> behind it for some of its packages: <c>registry:write:npm/@acme/*</c>.
/// </summary>
public static class RegistryScopes
{
    /// <summary>Fetch and list.</summary>
    public const string Read = "registry:read";

    /// <summary>Put and delete files.</summary>
    public const string Write = "registry:write";

    /// <summary>Make and change repositories, and clean up.</summary>
    public const string Manage = "registry:manage";
}
