namespace Auxo.Registry.Oci.Manifests;

/// <summary>What can happen to an image. Stored in stream <c>image/{repository}/{name}</c>. Blobs that come are no event: they mean
/// nothing before a manifest names them.</summary>
public abstract record ImageEvent
{
    private ImageEvent()
    {
    }

    /// <summary>A manifest is there under its digest.</summary>
    /// <param name="Digest">As it was pushed: <c>sha256:…</c> or <c>sha512:…</c>.</param>
    /// <param name="MediaType">As it was pushed.</param>
    /// <param name="SizeBytes">Of the manifest itself.</param>
    /// <param name="ArtifactType">What it is, when it is no plain image.</param>
    /// <param name="Subject">The manifest to which it refers, which need not be there.</param>
    /// <param name="By">The token's name.</param>
    /// <param name="At">When.</param>
    public sealed record ManifestPut(
        string Digest, string MediaType, long SizeBytes, string? ArtifactType, string? Subject, string By, DateTimeOffset At) : ImageEvent;

    /// <summary>A manifest is gone, and the tags that meant it.</summary>
    /// <param name="Digest">Which.</param>
    /// <param name="Tags">In ASCII order.</param>
    /// <param name="By">The token's name.</param>
    /// <param name="At">When.</param>
    public sealed record ManifestDeleted(string Digest, IReadOnlyList<string> Tags, string By, DateTimeOffset At) : ImageEvent;

    /// <summary>A tag means this manifest from now on.</summary>
    /// <param name="Tag">Which.</param>
    /// <param name="Digest">What it means.</param>
    /// <param name="Previous">What it meant before; null for a new tag.</param>
    /// <param name="By">The token's name.</param>
    /// <param name="At">When.</param>
    public sealed record TagSet(string Tag, string Digest, string? Previous, string By, DateTimeOffset At) : ImageEvent;

    /// <summary>A tag is gone; what it meant is still there under its digest.</summary>
    /// <param name="Tag">Which.</param>
    /// <param name="Digest">What it meant.</param>
    /// <param name="By">The token's name.</param>
    /// <param name="At">When.</param>
    public sealed record TagRemoved(string Tag, string Digest, string By, DateTimeOffset At) : ImageEvent;

    /// <summary>A blob that no manifest held was taken away by hand.</summary>
    /// <param name="Digest">Which.</param>
    /// <param name="By">The token's name.</param>
    /// <param name="At">When.</param>
    public sealed record BlobRemoved(string Digest, string By, DateTimeOffset At) : ImageEvent;
}
