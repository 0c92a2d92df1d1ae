using Auxo.Registry.Blobs;

namespace Auxo.Registry.Oci.Mirrors;

/// <summary>A manifest that upstream has.</summary>
/// <param name="Digest">What it is called.</param>
/// <param name="Content">Its bytes.</param>
/// <param name="SizeBytes">How many they are.</param>
/// <param name="MediaType">What it is.</param>
/// <param name="At">When it came.</param>
/// <param name="Source">From which address.</param>
/// <param name="IsStale">Upstream could not be asked whether the tag still means it.</param>
internal sealed record MirroredManifest(
    OciDigest Digest, Digest Content, long SizeBytes, string MediaType, DateTimeOffset At, string Source, bool IsStale);
