using System.Text.Json;

using Auxo.Contracts;

namespace Auxo.Radicle;

/// <summary>What a repository says about itself: who decides, what it is called, who may read it.</summary>
/// <param name="Blob">Id of the blob that holds it; what delegates sign.</param>
/// <param name="Delegates">In order; the first one of the first document founded the repository.</param>
/// <param name="Threshold">How many delegates must agree on the default branch.</param>
/// <param name="IsPrivate">True when only delegates and <paramref name="Allowed"/> may read it.</param>
/// <param name="Allowed">Radicle's read list. It gives no right to run anything.</param>
/// <param name="Payload">Everything else, by type.</param>
public sealed record IdentityDocument(
    CommitId Blob, IReadOnlyList<Did> Delegates, int Threshold, bool IsPrivate, IReadOnlyList<Did> Allowed, JsonElement Payload)
{
    /// <summary>Radicle's own limit.</summary>
    private const int MaxDelegates = 255;

    /// <summary>More than half of the delegates.</summary>
    public int Majority => Delegates.Count / 2 + 1;

    /// <summary>True for one who decides.</summary>
    public bool IsDelegate(Did did) => Delegates.Contains(did);

    /// <summary>The project's payload; null for a repository that is no project.</summary>
    public (string Name, string Description, string DefaultBranch)? Project
        => Payload.TryGetProperty("xyz.radicle.project", out var project)
            ? (CobJson.Text(project, "name"), CobJson.OptionalText(project, "description") ?? "", CobJson.Text(project, "defaultBranch"))
            : null;

    /// <summary>Reads a document.</summary>
    /// <exception cref="CobFormatException">It is none, has no delegates, or a threshold that they cannot meet.</exception>
    public static IdentityDocument Parse(CommitId blob, ReadOnlySpan<byte> json)
    {
        var root = CobJson.Object(CobJson.Parse(json));
        var delegates = CobJson.List(CobJson.Member(root, "delegates"), CobJson.Did).Distinct().ToList();
        var threshold = CobJson.Number(root, "threshold");
        if (delegates.Count is 0 or > MaxDelegates) throw new CobFormatException($"The identity has {delegates.Count} delegates.");
        if (threshold < 1 || threshold > delegates.Count) throw new CobFormatException(
            $"The identity's threshold {threshold} does not fit {delegates.Count} delegates.");
        var visibility = CobJson.Optional(root, "visibility");
        var document = new IdentityDocument(
            blob, delegates, threshold, visibility is { } v && CobJson.Text(v, "type") == "private",
            visibility is { } allow
                ? CobJson.OptionalList(allow, "allow", CobJson.Did)
                : [], CobJson.Object(CobJson.Member(root, "payload")));
        _ = document.Project;
        return document;
    }
}
