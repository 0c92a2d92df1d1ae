using Auxo.Registry.Repositories;

namespace Auxo.Registry.Oci.Mirrors;

/// <summary>Where upstream has an image: its name is what follows the mirror's own, below the path of the mirror's address.</summary>
/// <param name="Host">Scheme, host and port.</param>
/// <param name="Name">The image's name there.</param>
internal sealed record ImageUpstream(Uri Host, string Name)
{
    private static readonly string[] DockerHub = ["registry-1.docker.io", "index.docker.io", "docker.io"];

    /// <summary>The image upstream; null when it cannot have one of that name.</summary>
    public static ImageUpstream? Of(MirrorSettings mirror, string image)
    {
        if (!Uri.TryCreate(mirror.Upstream, UriKind.Absolute, out var address)) return null;
        var path = address.AbsolutePath.Trim('/');
        if (path == "v2" || path.StartsWith("v2/", StringComparison.Ordinal)) path = path[2..].TrimStart('/');
        // Docker Hub's own images have a first part that nobody writes.
        if (path.Length == 0 && IsDockerHub(address.Host) && image.Length > 0
            && !image.Contains('/', StringComparison.Ordinal)) path = "library";
        var name = path.Length == 0 ? image : OciPath.NameOf(path, image);
        return OciPath.IsName(name) ? new ImageUpstream(new Uri(address.GetLeftPart(UriPartial.Authority)), name) : null;
    }

    /// <summary>Where something of the image is, such as <c>manifests/v1</c>.</summary>
    public Uri At(string rest) => new(Host, $"/v2/{Name}/{rest}");

    /// <summary>Whether a client that names the registry which it means (<c>?ns=</c>) means this one.</summary>
    public bool IsNamed(string ns)
        => ns.Equals(Host.Authority, StringComparison.OrdinalIgnoreCase) || IsDockerHub(Host.Host) && IsDockerHub(ns);

    private static bool IsDockerHub(string host) => DockerHub.Contains(host, StringComparer.OrdinalIgnoreCase);
}
