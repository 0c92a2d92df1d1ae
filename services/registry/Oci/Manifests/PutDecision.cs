namespace Auxo.Registry.Oci.Manifests;

/// <summary>A manifest that was received and read.</summary>
/// <param name="Digest">What it is called.</param>
/// <param name="SizeBytes">How long it is.</param>
/// <param name="Content">What it says.</param>
/// <param name="Tags">Which shall mean it.</param>
/// <param name="By">The token's name.</param>
internal sealed record NewManifest(OciDigest Digest, long SizeBytes, ManifestContent Content, IReadOnlyList<string> Tags, string By);

/// <summary>Whether a manifest may be kept, and what happens then.</summary>
internal static class PutDecision
{
    private const int Named = 5;

    /// <summary>Why it may not; null when it may.</summary>
    /// <param name="manifest">The manifest.</param>
    /// <param name="immutable">No tag ever moves.</param>
    /// <param name="blobs">Which of its parts are there as blobs, and their sizes.</param>
    /// <param name="manifests">Which are there as manifests.</param>
    /// <param name="tags">What its tags mean now.</param>
    public static OciError? Refuse(
        NewManifest manifest, bool immutable, Dictionary<string, long> blobs, Dictionary<string, long> manifests,
        Dictionary<string, string> tags)
    {
        var missing = manifest.Content.Blobs.Where(b => !b.NeedNotBeHere && !blobs.ContainsKey(b.Digest.ToString()))
            .Concat(manifest.Content.Children.Where(c => !manifests.ContainsKey(c.Digest.ToString())
                && !blobs.ContainsKey(c.Digest.ToString())))
            .Select(static d => d.Digest.ToString()).ToList();
        if (missing.Count > 0)
            return new OciError(404, "MANIFEST_BLOB_UNKNOWN", $"The manifest holds {missing.Count} that are not there: "
                + $"{string.Join(", ", missing.Take(Named))}{(missing.Count > Named ? ", …" : "")}. Push them first.");
        foreach (var part in manifest.Content.Blobs.Concat(manifest.Content.Children))
        {
            var digest = part.Digest.ToString();
            if ((blobs.TryGetValue(digest, out var size) || manifests.TryGetValue(digest, out size)) && size != part.SizeBytes)
                return new OciError(400, "SIZE_INVALID", $"The manifest says that {digest} has {part.SizeBytes} bytes; it has {size}.");
        }

        return immutable && manifest.Tags.FirstOrDefault(
            tag => tags.TryGetValue(tag, out var now) && now != manifest.Digest.ToString()) is { } taken
            ? new OciError(StatusCodes.Status409Conflict, "DENIED",
                $"The tag '{taken}' is {tags[taken]} already, and in this repository no tag is ever moved. Choose another tag.")
            : null;
    }

    /// <summary>What happens; nothing when it is so already.</summary>
    public static List<ImageEvent> Decide(NewManifest manifest, bool known, Dictionary<string, string> tags, DateTimeOffset now)
    {
        var (digest, events) = (manifest.Digest.ToString(), new List<ImageEvent>());
        if (!known) events.Add(new ImageEvent.ManifestPut(digest, manifest.Content.MediaType, manifest.SizeBytes,
            manifest.Content.ArtifactType, manifest.Content.Subject?.ToString(), manifest.By, now));
        foreach (var tag in manifest.Tags)
        {
            var previous = tags.GetValueOrDefault(tag);
            if (previous != digest) events.Add(new ImageEvent.TagSet(tag, digest, previous, manifest.By, now));
        }

        return events;
    }
}
