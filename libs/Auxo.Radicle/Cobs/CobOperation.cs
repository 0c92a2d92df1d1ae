using System.Text.Json;

using Auxo.Contracts;
using Auxo.Git;

namespace Auxo.Radicle;

/// <summary>The collaborative objects that are understood here.</summary>
public static class CobTypes
{
    /// <summary>Patches.</summary>
    public const string Patch = "xyz.radicle.patch";

    /// <summary>The identity: who decides in a repository.</summary>
    public const string Identity = "xyz.radicle.id";

    /// <summary>CI jobs.</summary>
    public const string Job = "xyz.radworks.job";
}

/// <summary>One operation on a collaborative object: a signed commit whose tree holds JSON actions.</summary>
/// <param name="Id">The commit.</param>
/// <param name="Author">The key that signed it.</param>
/// <param name="Alias">The author's self-chosen name, for display only.</param>
/// <param name="At">Committer time, whole seconds, as the author's clock said.</param>
/// <param name="Tree">What the signature is made over.</param>
/// <param name="Parents">Operations before this one.</param>
/// <param name="Related">Code commits it refers to.</param>
/// <param name="Resource">The identity revision the author knew; its delegates decide about rights.</param>
/// <param name="TypeName">Such as <see cref="CobTypes.Patch"/>.</param>
/// <param name="Actions">JSON objects, in order. Empty when they are not readable, see <paramref name="Problem"/>.</param>
/// <param name="SignatureVerified">False: it and all that builds on it count for nothing.</param>
/// <param name="Problem">Why the actions could not be read; null when they were.</param>
public sealed record CobOperation(
    CommitId Id, Did Author, string Alias, DateTimeOffset At, CommitId Tree, IReadOnlyList<CommitId> Parents,
    IReadOnlyList<CommitId> Related,
    CommitId? Resource, string TypeName, IReadOnlyList<JsonElement> Actions, bool SignatureVerified, string? Problem)
{
    /// <summary>Most bytes of actions that are read from one operation; Radicle keeps attachments in blobs of their own.</summary>
    public const int MaxActionBytes = 1 << 20;

    /// <summary>Puts an operation together from its objects.</summary>
    /// <param name="id">The commit's id.</param>
    /// <param name="commit">The commit.</param>
    /// <param name="manifest">The blob <c>manifest</c>.</param>
    /// <param name="actions">The blobs <c>0</c>, <c>1</c>, …; null for one that is too large to read.</param>
    /// <exception cref="CobFormatException">It is no operation at all: unsigned, without manifest, two resources.</exception>
    public static CobOperation Create(
        CommitId id, CommitObject commit, ReadOnlySpan<byte> manifest, IReadOnlyList<ReadOnlyMemory<byte>?> actions)
    {
        if (commit.Signature is null) throw new CobFormatException("The operation is not signed.");
        if (actions.Count == 0) throw new CobFormatException("The operation has no action.");
        var signature = SshSignature.Parse(commit.Signature);
        var resources = commit.Trailers("Rad-Resource").Select(Oid).ToList();
        if (resources.Count > 1) throw new CobFormatException("The operation names more than one identity.");
        var related = commit.Trailers("Rad-Related").Select(Oid).Reverse().ToList();
        var (parsed, problem) = ReadActions(actions);
        return new CobOperation(
            id, signature.Signer, commit.AuthorName, commit.CommittedAt, commit.Tree,
            [.. commit.Parents.Where(p => !resources.Contains(p) && !related.Contains(p))], related,
            resources.Count == 1 ? resources[0] : null,
            CobJson.Text(CobJson.Parse(manifest), "typeName"), parsed,
            RadicleKey.Verifies(signature.Signer, Convert.FromHexString(commit.Tree.Value), signature.Value), problem);
    }

    /// <summary>The names of the blobs with actions among a tree's entries, in the order in which they apply.</summary>
    public static IReadOnlyList<GitTreeEntry> ActionEntries(IEnumerable<GitTreeEntry> tree)
        => [.. from entry in tree
               where entry.IsFile && entry.Name.Length <= 3 && byte.TryParse(entry.Name, out var number) && number <= sbyte.MaxValue
               orderby byte.Parse(entry.Name)
               select entry];

    private static (IReadOnlyList<JsonElement> Actions, string? Problem) ReadActions(IReadOnlyList<ReadOnlyMemory<byte>?> blobs)
    {
        try
        {
            return ([.. blobs.Select(blob => CobJson.Object(CobJson.Parse(
                (blob ?? throw new CobFormatException($"Its actions are larger than {MaxActionBytes} bytes.")).Span)))], null);
        }
        catch (CobFormatException e)
        {
            return ([], e.Message);
        }
    }

    private static CommitId Oid(string text)
        => CommitId.TryParse(text, provider: null, out var id)
            ? id
            : throw new CobFormatException("A trailer names an object id that is none.");
}
