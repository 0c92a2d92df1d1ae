using System.Text.RegularExpressions;

using Auxo.Contracts;

namespace Auxo.Radicle;

/// <summary>A patch of this or another repository, as people write it: <c>rad:z…/patches/ID</c>, or <c>ID</c>.</summary>
/// <param name="Rid">The other repository; null for the same one.</param>
/// <param name="Digits">The first digits of its id, or all.</param>
public sealed partial record PatchReference(Rid? Rid, string Digits)
{
    /// <summary>As it stands in a description.</summary>
    public static string Text(Rid rid, PatchId patch) => $"{rid}/patches/{patch}";

    /// <summary>Null for a text that is none.</summary>
    public static PatchReference? Parse(string text)
        => Pattern().Match(text.Trim()) is not { Success: true } match ? null
            : new PatchReference(
                match.Groups["rid"] is { Success: true } rid ? Contracts.Rid.Parse(rid.Value) : null,
                match.Groups["id"].Value.ToLowerInvariant());

    [GeneratedRegex(
        "^((?<rid>rad:z[1-9A-HJ-NP-Za-km-z]{20,60})/patches/)?(?<id>[0-9a-fA-F]{4,40})\\z",
        RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Pattern();
}
