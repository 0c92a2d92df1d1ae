using System.Text.Json.Serialization;

using RestEase;

namespace Auxo.Cli.Api;

/// <summary>What the registry answers.</summary>
public interface IRegistry
{
    /// <summary>What builds published, newest first; <paramref name="build"/> and <paramref name="commit"/> may be first digits.</summary>
    [Get("artifacts")]
    Task<Page<ArtifactVersion>> ArtifactsAsync(
        [Query] string? rid, [Query("ref")] string? branch, [Query] string? commit, [Query] string? build, [Query] int? limit, [Query] string? after, CancellationToken ct);

    /// <summary>One version: a build's id, a commit or <c>latest</c>.</summary>
    [Get("artifacts/{rid}/{version}")]
    Task<ArtifactVersion> VersionAsync([Path] string rid, [Path] string version, CancellationToken ct);

    /// <summary>The tokens that work, or all there ever were.</summary>
    [Get("tokens")]
    Task<Page<Token>> TokensAsync([Query] bool all, CancellationToken ct);

    /// <summary>Makes a token.</summary>
    [Post("tokens")]
    Task<NewToken> CreateTokenAsync([Body] TokenRequest request, CancellationToken ct);

    /// <summary>Makes its successor.</summary>
    [Post("tokens/{token}/rotate")]
    Task<NewToken> RotateTokenAsync([Path] string token, [Body] TokenRotation rotation, CancellationToken ct);

    /// <summary>Ends it.</summary>
    [Delete("tokens/{token}")]
    Task RevokeTokenAsync([Path] string token, CancellationToken ct);
}

/// <summary>The files that a build published.</summary>
public sealed record ArtifactVersion(
    string BuildId, string ShortId, string Rid, string RepositoryName, [property: JsonConverter(typeof(Word))] string Trigger, string Ref, string Commit, string? PatchId, string Title,
    string? Author, [property: JsonConverter(typeof(Word))] string State, string? Reason, bool Latest, DateTimeOffset? PublishedAt, IReadOnlyList<ArtifactFile> Files, string? Provenance);

/// <summary>One of them; the address is relative to the registry.</summary>
public sealed record ArtifactFile(string Name, string? MediaType, string Digest, long SizeBytes, string Url);

/// <summary>A token, without its text.</summary>
public sealed record Token(
    string Id, string Name, IReadOnlyList<string> Scopes, DateTimeOffset CreatedAt, string? CreatedBy, DateTimeOffset? ExpiresAt, DateTimeOffset? RevokedAt, string? ReplacedBy,
    [property: JsonConverter(typeof(Word))] string State);

/// <summary>A token to make.</summary>
public sealed record TokenRequest(string Name, IReadOnlyList<string> Scopes, long? ExpiresInSeconds, string? Description);

/// <summary>How long the old one works beside the new one.</summary>
public sealed record TokenRotation(long? OverlapSeconds);

/// <summary>A token that was just made, with its text, shown this once.</summary>
public sealed record NewToken([property: JsonPropertyName("token")] Token Info, string Text);
