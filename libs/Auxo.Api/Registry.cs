using System.Text.Json.Serialization;

using Refit;

namespace Auxo.Api;

/// <summary>What the registry answers.</summary>
public interface IRegistry
{
    /// <summary>What builds published, newest first; <paramref name="build"/> and <paramref name="commit"/> may be first digits.</summary>
    [Get("artifacts")]
    Task<Page<ArtifactVersion>> ArtifactsAsync(
        string? rid, [AliasAs("ref")] string? branch, string? commit, string? build,
        int? limit, string? after, CancellationToken ct);

    /// <summary>One version: a build's id, a commit or <c>latest</c>.</summary>
    [Get("artifacts/{rid}/{version}")]
    Task<ArtifactVersion> VersionAsync(string rid, string version, CancellationToken ct);

    /// <summary>Whose signature is on what it says of its files.</summary>
    [Get("provenance/key")]
    Task<ProvenanceKey> ProvenanceKeyAsync(CancellationToken ct);

    /// <summary>What cleaning up would let go.</summary>
    [Get("artifacts/cleanup")]
    Task<Page<ExpiredVersion>> PreviewCleanUpAsync(CancellationToken ct);

    /// <summary>Lets it go.</summary>
    [Post("artifacts/cleanup")]
    Task<Page<ExpiredVersion>> CleanUpAsync(CancellationToken ct);

    /// <summary>The repositories of every format.</summary>
    [Get("repositories")]
    Task<Page<RegistryRepository>> RepositoriesAsync(CancellationToken ct);

    /// <summary>Makes one, or changes it.</summary>
    [Put("repositories/{name}")]
    Task<RegistryRepository> DefineRepositoryAsync(string name, [Body] RepositoryDefinition definition, CancellationToken ct);

    /// <summary>Removes an empty one.</summary>
    [Delete("repositories/{name}")]
    Task RemoveRepositoryAsync(string name, CancellationToken ct);

    /// <summary>Its files whose names begin so.</summary>
    [Get("raw/{repository}")]
    Task<Page<RawFile>> FilesAsync(
        string repository, string? prefix, string? after, int limit, CancellationToken ct);

    /// <summary>What is published in it, by name: those whose names have the text in them.</summary>
    [Get("repositories/{name}/packages")]
    Task<Page<PackageSummary>> PackagesAsync(string name, string? after, string? search, int limit, CancellationToken ct);

    /// <summary>Which versions of packages cleaning up would let go.</summary>
    [Get("repositories/{name}/cleanup")]
    Task<Page<ExpiredPackageVersion>> PreviewPackageCleanUpAsync(string name, CancellationToken ct);

    /// <summary>Lets them go.</summary>
    [Post("repositories/{name}/cleanup")]
    Task<Page<ExpiredPackageVersion>> CleanUpPackagesAsync(string name, CancellationToken ct);

    /// <summary>How the mirrors are.</summary>
    [Get("mirrors")]
    Task<Page<MirrorStatus>> MirrorsAsync(CancellationToken ct);

    /// <summary>Asks upstream now about all that is used.</summary>
    [Post("mirrors/{repository}/refresh")]
    Task<MirrorRefresh> RefreshMirrorAsync(string repository, CancellationToken ct);

    /// <summary>Fetches the files of one version, so that it can be installed when upstream is away; it may take minutes.</summary>
    [Post("mirrors/{repository}/prefetch")]
    Task<Prefetched> PrefetchAsync(
        string repository, [Body] PrefetchRequest request, [Property("auxo.long")] bool isLong, CancellationToken ct);

    /// <summary>Lets one thing go, so that it is fetched anew.</summary>
    [Delete("mirrors/{repository}/content")]
    Task ForgetMirroredAsync(string repository, string key, CancellationToken ct);

    /// <summary>Which content went to whom, newest first.</summary>
    [Get("fetches")]
    Task<Page<Fetch>> FetchesAsync(string? build, string? package, string? caller, int limit, CancellationToken ct);

    /// <summary>Who tried to get in, the latest first.</summary>
    [Get("authentications")]
    Task<Page<Authentication>> AuthenticationsAsync(
        bool failed, string? since, string? name, string? address, int limit, CancellationToken ct);

    /// <summary>The tokens that work, or all there ever were.</summary>
    [Get("tokens")]
    Task<Page<Token>> TokensAsync(bool all, CancellationToken ct);

    /// <summary>The token with which this is asked.</summary>
    [Get("tokens/self")]
    Task<Token> OwnTokenAsync(CancellationToken ct);

    /// <summary>Makes a token.</summary>
    [Post("tokens")]
    Task<NewToken> CreateTokenAsync([Body] TokenRequest request, CancellationToken ct);

    /// <summary>Makes its successor.</summary>
    [Post("tokens/{token}/rotate")]
    Task<NewToken> RotateTokenAsync(string token, [Body] TokenRotation rotation, CancellationToken ct);

    /// <summary>Ends it.</summary>
    [Delete("tokens/{token}")]
    Task RevokeTokenAsync(string token, CancellationToken ct);

    /// <summary>Who can sign in.</summary>
    [Get("people")]
    Task<Page<Person>> PeopleAsync(CancellationToken ct);

    /// <summary>Lets somebody sign in.</summary>
    [Post("people")]
    Task<Person> AddPersonAsync([Body] NewPerson person, CancellationToken ct);

    /// <summary>Another role, password or keys.</summary>
    [Patch("people/{name}")]
    Task<Person> ChangePersonAsync(string name, [Body] PersonChange change, CancellationToken ct);

    /// <summary>She signs in no longer.</summary>
    [Delete("people/{name}")]
    Task EndPersonAsync(string name, CancellationToken ct);

    /// <summary>The caller's own password.</summary>
    [Put("people/self/password")]
    Task ChangeOwnPasswordAsync([Body] OwnPassword password, CancellationToken ct);

    /// <summary>A text to be signed by a Radicle key.</summary>
    [Post("sessions/challenges")]
    Task<SignInChallenge> ChallengeAsync([Body] ChallengeRequest request, CancellationToken ct);

    /// <summary>The way to the OpenID Connect provider.</summary>
    [Post("sessions/authorizations")]
    Task<AuthorizationWay> AuthorizationAsync([Body] AuthorizationRequest request, CancellationToken ct);

    /// <summary>Signs in.</summary>
    [Post("sessions")]
    Task<NewToken> StartSessionAsync([Body] SessionRequest request, CancellationToken ct);

    /// <summary>Ends the session with which this is asked.</summary>
    [Delete("sessions/self")]
    Task EndSessionAsync(CancellationToken ct);
}

/// <summary>The files that a build published.</summary>
public sealed record ArtifactVersion
{
    public required string BuildId { get; init; }
    public required string ShortId { get; init; }
    public required string Rid { get; init; }
    public required string RepositoryName { get; init; }

    [JsonConverter(typeof(Word))] public required string Trigger { get; init; }
    public required string Ref { get; init; }
    public required string Commit { get; init; }
    public string? PatchId { get; init; }
    public required string Title { get; init; }
    public string? Author { get; init; }

    [JsonConverter(typeof(Word))] public required string State { get; init; }
    public string? Reason { get; init; }
    public required bool Latest { get; init; }
    public DateTimeOffset? PublishedAt { get; init; }

    public required IReadOnlyList<ArtifactFile> Files { get; init; }
    public string? Provenance { get; init; }
}

/// <summary>One of them; the address is relative to the registry.</summary>
public sealed record ArtifactFile(string Name, string? MediaType, string Digest, long SizeBytes, string Url);

/// <summary>A <c>did:key:…</c>.</summary>
public sealed record ProvenanceKey(string Key);

/// <summary>A token, without its text.</summary>
public sealed record Token(
    string Id, string Name, IReadOnlyList<string> Scopes, DateTimeOffset CreatedAt, string? CreatedBy,
    DateTimeOffset? ExpiresAt, DateTimeOffset? RevokedAt, string? ReplacedBy,
    [property: JsonConverter(typeof(Word))] string State, string? Person = null, string? Role = null);

/// <summary>A token to make.</summary>
public sealed record TokenRequest(string Name, IReadOnlyList<string> Scopes, long? ExpiresInSeconds, string? Description);

/// <summary>How long the old one works beside the new one.</summary>
public sealed record TokenRotation(long? OverlapSeconds);

/// <summary>A token that was just made, with its text, shown this once.</summary>
public sealed record NewToken([property: JsonPropertyName("token")] Token Info, string Text);

/// <summary>A version that is not kept, and by which rule.</summary>
public sealed record ExpiredVersion(string BuildId, string Reason);

/// <summary>A repository and how full it is.</summary>
public sealed record RegistryRepository(
    string Name, long QuotaBytes, long UsedBytes, long FileCount, bool Immutable, string Format = "raw", bool AnonymousRead = false,
    MirrorSettings? Mirror = null);

/// <summary>Where a repository gets what was not published in it.</summary>
public sealed record MirrorSettings(string Upstream, int CooldownDays, IReadOnlyList<string> CooldownOff, int RefreshDays);

/// <summary>How it shall be; what is null stays, or is usual.</summary>
public sealed record RepositoryDefinition(long? QuotaBytes, bool? Immutable)
{
    public string? Format { get; init; }
    public bool? AnonymousRead { get; init; }
    public string? Upstream { get; init; }
    public int? CooldownDays { get; init; }
    public IReadOnlyList<string>? CooldownOff { get; init; }
    public int? RefreshDays { get; init; }
    public IReadOnlyList<string>? CleanupTags { get; init; }

    /// <summary>Whether an upstream that is new is asked first.</summary>
    public bool? CheckUpstream { get; init; }
}

/// <summary>A package or an image; of an image, versions are tags, and the name is empty where it is the repository's.</summary>
public sealed record PackageSummary(
    string Name, string? Latest, long Versions, long SizeBytes, long Downloads, DateTimeOffset ChangedAt);

/// <summary>A version of a package that goes, and why.</summary>
public sealed record ExpiredPackageVersion(string Name, string Version, long SizeBytes, string Reason);

/// <summary>How a mirror is.</summary>
public sealed record MirrorStatus(
    string Repository, string Format, string Upstream, int CooldownDays, int RefreshDays, long Documents, long Files, long UsedBytes,
    long QuotaBytes, DateTimeOffset? OldestCheck, DateTimeOffset? AskedAt, DateTimeOffset? FailedAt, string? Failure);

/// <summary>What a refresh found.</summary>
public sealed record MirrorRefresh(int Asked, int Changed, int Failed, string? Failure);

/// <summary>A version that shall be in a mirror; the platform is like <c>linux_x86_64</c>, null for all.</summary>
public sealed record PrefetchRequest(string Package, string Version, string? Platform);

/// <summary>How many of its files came now, and how many were there.</summary>
public sealed record Prefetched(int Fetched, int Present);

/// <summary>A content that was handed out.</summary>
public sealed record Fetch(
    string Caller, string Repository, string Package, string Version, string File, string Digest, string Source,
    DateTimeOffset FetchedAt, long Times);

/// <summary>Tries of one day to get in that are alike.</summary>
public sealed record Authentication(
    string Service, bool Accepted, string Kind, string? Refusal, string Address, string? Name, string? TokenId,
    DateTimeOffset FirstAt, DateTimeOffset LastAt, long Times);

/// <summary>A file in it; the address is relative to the registry.</summary>
public sealed record RawFile(
    string Repository, string Path, string Digest, long SizeBytes, string MediaType, DateTimeOffset StoredAt, string StoredBy, string Url);

/// <summary>Somebody who can sign in.</summary>
public sealed record Person(
    string Name, string Role, bool HasPassword, IReadOnlyList<string> Keys, DateTimeOffset CreatedAt, string? CreatedBy,
    long Sessions, DateTimeOffset? SignedInAt);

/// <summary>Somebody to add, with a password, keys (<c>did:key:…</c>), or both.</summary>
public sealed record NewPerson(string Name, string Role, string? Password, IReadOnlyList<string> Keys);

/// <summary>What changes; what is null stays, and an empty password is none.</summary>
public sealed record PersonChange(string? Role, string? Password, IReadOnlyList<string>? Keys);

/// <summary>One's own new password, and the present one.</summary>
public sealed record OwnPassword(string Password, string? Current);

/// <summary>Who signs in: by name and password, or by a challenge and its signature.</summary>
public sealed record SessionRequest(
    string? Name, string? Password, string? Challenge, string? Signature, AuthorizationCode? Authorization = null);

/// <summary>A code with which a browser came back from the provider, and what it must fit.</summary>
public sealed record AuthorizationCode(string Code, string Verifier, string Nonce, string Address);

/// <summary>Where the console is.</summary>
public sealed record AuthorizationRequest(string Address);

/// <summary>Where the browser goes, and what has to be kept until it comes back.</summary>
public sealed record AuthorizationWay(string Url, string State, string Verifier, string Nonce);

/// <summary>For which host and port.</summary>
public sealed record ChallengeRequest(string Address);

/// <summary>What to sign, and for which address.</summary>
public sealed record SignInChallenge(string Challenge, string Address, DateTimeOffset ExpiresAt)
{
    /// <summary>
    /// The namespace of the SSH signature. It is not the server's to choose: in another one it would be good for something else.
    /// </summary>
    public const string Purpose = "auxo-sign-in";

    /// <summary>The text that is signed.</summary>
    public string Text => $"Sign in to Auxo\naddress: {Address}\nchallenge: {Challenge}\n";
}
