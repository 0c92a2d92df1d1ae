using Auxo.Registry.Repositories;

namespace Auxo.Registry.Oci.Mirrors;

/// <summary>What clients of a mirror are told besides.</summary>
internal static class MirrorAnswers
{
    /// <summary>The specification's way to tell a person something (RFC 9110 has no other any more).</summary>
    public const string Stale = "299 - \"Upstream does not answer. This is what the tag meant when it last did.\"";

    /// <summary>
    /// Whether this mirror is what the client means: one that mirrors everything (containerd) says with each question which registry
    /// it would ask otherwise, and goes on to that when the answer is 404.
    /// </summary>
    public static bool IsMeant(HttpContext http, RegistryRepository repository, OciPath path)
    {
        if (http.Request.Query["ns"].FirstOrDefault() is not { Length: > 0 } ns) return true;
        if (repository.Mirror is not { } settings || ImageUpstream.Of(settings, path.Image)?.IsNamed(ns) != true) return false;
        http.Response.Headers["OCI-Namespace"] = ns;
        return true;
    }
}
