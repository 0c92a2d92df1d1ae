using Auxo.Contracts;

namespace Auxo.Ingest.Recording;

/// <summary>What a patch needs and is built with.</summary>
/// <param name="Patches">Not merged, of the same repository; those first that others of them need.</param>
/// <param name="Problems">What else it names, and why that is left out, in a line each.</param>
public sealed record PatchLinks(IReadOnlyList<NeededPatch> Patches, IReadOnlyList<string> Problems)
{
    /// <summary>It needs nothing.</summary>
    public static readonly PatchLinks None = new([], []);
}
