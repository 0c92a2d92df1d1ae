using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;

namespace Auxo.Contracts;

/// <summary>
/// A repository id: Radicle's <c>rad:z…</c>, or <c>git:&lt;name&gt;-&lt;8 hex&gt;</c> for a plain git repository that is
/// followed without Radicle.
/// </summary>
[JsonConverter(typeof(IdentifierJson<Rid>))]
public readonly record struct Rid : IIdentifier<Rid>
{
    private Rid(string value) => Value = value;

    /// <summary>The whole id, scheme included.</summary>
    public string Value => field ?? throw new InvalidOperationException("This Rid was never set.");

    /// <summary>True for an id that Radicle's network knows.</summary>
    public bool IsRadicle => Value.StartsWith("rad:", StringComparison.Ordinal);

    /// <summary>The id without its scheme; for Radicle it is also the folder name in the node's storage.</summary>
    public string Bare => Value[4..];

    /// <summary>Reads <c>rad:z…</c>, a bare <c>z…</c> (some webhook senders drop the scheme), or <c>git:name-12345678</c>.</summary>
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out Rid result)
    {
        result = default;
        if (s is null || s.Length > 128) return false;
        var text = s.StartsWith('z') && IdentifierText.IsBase58(s.AsSpan(1)) ? "rad:" + s : s;
        if (text.StartsWith("rad:z", StringComparison.Ordinal) && text.Length is > 20 and < 64 && IdentifierText.IsBase58(text.AsSpan(5))
            || IdentifierText.IsPlainGit(text))
        {
            result = new Rid(text);
            return true;
        }

        return false;
    }

    /// <inheritdoc cref="TryParse(string?, IFormatProvider?, out Rid)"/>
    public static Rid Parse(string s, IFormatProvider? provider = null)
        => IdentifierText.Parse<Rid>(s, "a repository id such as rad:z3Fnc… or git:name-1a2b3c4d");

    /// <summary>
    /// The id of a plain git repository: its folder's name and eight digits of the hash of its path, so that every service
    /// computes the same one.
    /// </summary>
    /// <param name="path">
    /// Absolute, as git prints it with links resolved: the top folder of a work tree, or the folder of a bare repository. A
    /// trailing slash does not count.
    /// </param>
    public static Rid ForPlainGit(string path)
    {
        var full = Path.TrimEndingDirectorySeparator(path);
        var name = Path.GetFileName(full);
        if (name.EndsWith(".git", StringComparison.Ordinal) && name.Length > 4) name = name[..^4];
        return Parse($"git:{IdentifierText.SafeName(name)}-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(full)))[..8]}");
    }

    /// <inheritdoc/>
    public override string ToString() => Value;
}

/// <summary>A person or device: <c>did:key:z6Mk…</c>.</summary>
[JsonConverter(typeof(IdentifierJson<Did>))]
public readonly record struct Did : IIdentifier<Did>
{
    private const string Prefix = "did:key:";

    private Did(string value) => Value = value;

    /// <summary>The whole id, <c>did:key:</c> included.</summary>
    public string Value => field ?? throw new InvalidOperationException("This Did was never set.");

    /// <summary>The node id (NID): the same key without <c>did:key:</c>; it names the namespace in the storage.</summary>
    public string Nid => Value[Prefix.Length..];

    /// <summary>Reads a DID or a bare NID.</summary>
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out Did result)
    {
        result = default;
        if (s is null || s.Length > 128) return false;
        var nid = s.StartsWith(Prefix, StringComparison.Ordinal) ? s[Prefix.Length..] : s;
        if (nid.Length < 40 || !nid.StartsWith("z6Mk", StringComparison.Ordinal) || !IdentifierText.IsBase58(nid.AsSpan(1))) return false;
        result = new Did(Prefix + nid);
        return true;
    }

    /// <inheritdoc cref="TryParse(string?, IFormatProvider?, out Did)"/>
    public static Did Parse(string s, IFormatProvider? provider = null) => IdentifierText.Parse<Did>(s, "a DID such as did:key:z6Mk…");

    /// <inheritdoc/>
    public override string ToString() => Value;
}

/// <summary>A git commit, tag or COB operation: 40 lower-case hex digits (Radicle's repositories are SHA-1).</summary>
[JsonConverter(typeof(IdentifierJson<CommitId>))]
public readonly record struct CommitId : IIdentifier<CommitId>
{
    private CommitId(string value) => Value = value;

    /// <summary>All 40 digits.</summary>
    public string Value => field ?? throw new InvalidOperationException("This CommitId was never set.");

    /// <summary>The first seven digits, as <c>rad</c> prints them.</summary>
    public string Short => Value[..7];

    /// <summary>True for 40 zeros, git's way to say "no such object".</summary>
    public bool IsZero => Value.AsSpan().IndexOfAnyExcept('0') < 0;

    /// <summary>Reads exactly 40 hex digits, upper case accepted.</summary>
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out CommitId result)
    {
        result = default;
        if (s is not { Length: 40 } || s.AsSpan().ContainsAnyExcept(IdentifierText.Hex)) return false;
        result = new CommitId(s.ToLowerInvariant());
        return true;
    }

    /// <inheritdoc cref="TryParse(string?, IFormatProvider?, out CommitId)"/>
    public static CommitId Parse(string s, IFormatProvider? provider = null)
        => IdentifierText.Parse<CommitId>(s, "a commit id of 40 hex digits");

    /// <inheritdoc/>
    public override string ToString() => Value;
}

/// <summary>A patch: the id of its COB, which is also its first revision's id.</summary>
[JsonConverter(typeof(IdentifierJson<PatchId>))]
public readonly record struct PatchId : IIdentifier<PatchId>
{
    private PatchId(CommitId value) => Value = value.Value;

    /// <summary>All 40 digits.</summary>
    public string Value => field ?? throw new InvalidOperationException("This PatchId was never set.");

    /// <summary>The first seven digits, which <c>rad patch</c> accepts.</summary>
    public string Short => Value[..7];

    /// <summary>Reads exactly 40 hex digits.</summary>
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out PatchId result)
    {
        var parsed = CommitId.TryParse(s, provider, out var id);
        result = parsed ? new PatchId(id) : default;
        return parsed;
    }

    /// <inheritdoc cref="TryParse(string?, IFormatProvider?, out PatchId)"/>
    public static PatchId Parse(string s, IFormatProvider? provider = null)
        => IdentifierText.Parse<PatchId>(s, "a patch id of 40 hex digits");

    /// <inheritdoc/>
    public override string ToString() => Value;
}

/// <summary>A revision of a patch: the id of the operation that proposed it.</summary>
[JsonConverter(typeof(IdentifierJson<RevisionId>))]
public readonly record struct RevisionId : IIdentifier<RevisionId>
{
    private RevisionId(CommitId value) => Value = value.Value;

    /// <summary>All 40 digits.</summary>
    public string Value => field ?? throw new InvalidOperationException("This RevisionId was never set.");

    /// <summary>The first seven digits.</summary>
    public string Short => Value[..7];

    /// <summary>Reads exactly 40 hex digits.</summary>
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out RevisionId result)
    {
        var parsed = CommitId.TryParse(s, provider, out var id);
        result = parsed ? new RevisionId(id) : default;
        return parsed;
    }

    /// <inheritdoc cref="TryParse(string?, IFormatProvider?, out RevisionId)"/>
    public static RevisionId Parse(string s, IFormatProvider? provider = null)
        => IdentifierText.Parse<RevisionId>(s, "a revision id of 40 hex digits");

    /// <inheritdoc/>
    public override string ToString() => Value;
}

/// <summary>
/// Where the objects of a repository are: <c>rad:z…</c> for one in the node's storage, <c>file:///…</c> for any other git folder of this
/// machine. Carried by messages and events as it is; only <c>RepositoryFolders</c> of a service makes a folder of it.
/// </summary>
[JsonConverter(typeof(IdentifierJson<RepositoryLocator>))]
public readonly record struct RepositoryLocator : IIdentifier<RepositoryLocator>
{
    /// <summary>What a locator of a folder begins with; the absolute path follows, its parts percent-encoded.</summary>
    public const string FolderScheme = "file://";

    private RepositoryLocator(string value) => Value = value;

    /// <summary>The whole text.</summary>
    public string Value => field ?? throw new InvalidOperationException("This RepositoryLocator was never set.");

    /// <summary>A repository in the node's storage, wherever that is when somebody asks.</summary>
    /// <exception cref="ArgumentException">The id is none of Radicle's.</exception>
    public static RepositoryLocator InStorage(Rid rid)
        => rid.IsRadicle ? new(rid.Value) : throw new ArgumentException($"{rid} is not in Radicle's storage.", nameof(rid));

    /// <summary>A git repository in a folder.</summary>
    /// <param name="path">Absolute.</param>
    /// <exception cref="ArgumentException">It is not.</exception>
    public static RepositoryLocator OfFolder(string path)
        => path.StartsWith('/') && !path.Contains('\0')
            ? new(FolderScheme + string.Join('/', path.Split('/').Select(Uri.EscapeDataString)))
            : throw new ArgumentException($"'{path}' is no absolute path.", nameof(path));

    /// <summary>Reads a locator, and an absolute path, which earlier builds wrote in its place.</summary>
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out RepositoryLocator result)
    {
        result = default;
        if (s is null || s.Contains('\0')) return false;
        if (s.StartsWith('/')) result = OfFolder(s);
        else if (s.StartsWith(FolderScheme + "/", StringComparison.Ordinal) && !s.Contains("%00", StringComparison.Ordinal))
            result = new(s);
        else if (s.StartsWith("rad:", StringComparison.Ordinal) && Rid.TryParse(s, provider, out var rid)) result = new(rid.Value);
        else return false;
        return true;
    }

    /// <inheritdoc cref="TryParse(string?, IFormatProvider?, out RepositoryLocator)"/>
    public static RepositoryLocator Parse(string s, IFormatProvider? provider = null)
        => IdentifierText.Parse<RepositoryLocator>(s, "a repository's locator such as rad:z3Fnc… or file:///srv/git/thing.git");

    /// <inheritdoc/>
    public override string ToString() => Value;
}
