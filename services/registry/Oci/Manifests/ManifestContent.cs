namespace Auxo.Registry.Oci.Manifests;

/// <summary>What a manifest points to.</summary>
/// <param name="Digest">What.</param>
/// <param name="SizeBytes">How long it says that is.</param>
/// <param name="MediaType">What it says that is; empty when it says nothing.</param>
internal sealed record Descriptor(OciDigest Digest, long SizeBytes, string MediaType)
{
    /// <summary>Layers that may not be passed on are fetched from where they belong, so that they need not be here.</summary>
    public bool NeedNotBeHere
        => MediaType.Contains(".nondistributable.", StringComparison.Ordinal) || MediaType.Contains(".foreign.", StringComparison.Ordinal);
}

/// <summary>What a registry has to know of a manifest; the bytes stay as they are.</summary>
/// <param name="MediaType">What kind it is.</param>
/// <param name="ArtifactType">What it is when it is no plain image: its own word, else the config's type; null for a plain index.</param>
/// <param name="Subject">The manifest to which it refers.</param>
/// <param name="Annotations">JSON, as it was sent; null when there are none.</param>
/// <param name="Blobs">Config and layers, each once.</param>
/// <param name="Children">What an index lists, each once: manifests, or blobs (build caches do that).</param>
internal sealed record ManifestContent(
    string MediaType, string? ArtifactType, OciDigest? Subject, string? Annotations,
    IReadOnlyList<Descriptor> Blobs, IReadOnlyList<Descriptor> Children);
