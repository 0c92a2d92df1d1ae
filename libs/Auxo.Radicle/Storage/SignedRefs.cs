using System.Collections.Frozen;
using System.Text;

using Auxo.Contracts;

namespace Auxo.Radicle;

/// <summary>How much a node's signature under its refs covers.</summary>
public enum SignedRefsLevel
{
    /// <summary>Before 1.1: the refs only.</summary>
    None,

    /// <summary>Since 1.1: the repository, too, so that they cannot be grafted onto another one.</summary>
    Root,

    /// <summary>Since 1.7: the refs before them, too, so that old ones cannot be replayed.</summary>
    Parent,
}

/// <summary>The refs of one namespace as its owner signed them.</summary>
/// <param name="Owner">Who signed.</param>
/// <param name="At">The commit at <c>refs/rad/sigrefs</c>.</param>
/// <param name="Level">What the signature covers.</param>
/// <param name="Refs">Names without the namespace, such as <c>refs/heads/main</c>, and what they point at.</param>
public sealed record SignedRefs(Did Owner, CommitId At, SignedRefsLevel Level, FrozenDictionary<string, CommitId> Refs)
{
    /// <summary>Largest list that is read: about 60,000 refs.</summary>
    public const int MaxBytes = 8 << 20;

    private const string ParentLine = "refs/rad/sigrefs-parent";

    /// <summary>Parses and verifies.</summary>
    /// <param name="owner">The namespace's owner.</param>
    /// <param name="at">The commit of the signed refs.</param>
    /// <param name="commit">Its content.</param>
    /// <param name="refs">Its blob <c>refs</c>.</param>
    /// <param name="signature">Its blob <c>signature</c>.</param>
    /// <exception cref="CobFormatException">The signature is wrong, a line is none, or the named parent is not the commit's.</exception>
    public static SignedRefs Read(Did owner, CommitId at, CommitObject commit, ReadOnlySpan<byte> refs, ReadOnlySpan<byte> signature)
    {
        if (!RadicleKey.Verifies(owner, refs, signature)) throw new CobFormatException("The signature of the refs is wrong.");
        var lines = Parse(refs);
        if (lines.Remove(ParentLine, out var parent) && !(commit.Parents is [var actual] && actual == parent))
            throw new CobFormatException("The signed refs name another parent than their commit has.");
        var level = parent != default
            ? SignedRefsLevel.Parent
            : lines.ContainsKey("refs/rad/root") ? SignedRefsLevel.Root
            : SignedRefsLevel.None;
        return new SignedRefs(owner, at, level, lines.ToFrozenDictionary(StringComparer.Ordinal));
    }

    /// <summary>Parses the lines <c>oid name</c>.</summary>
    /// <exception cref="CobFormatException">A line is none, or a name comes twice.</exception>
    public static Dictionary<string, CommitId> Parse(ReadOnlySpan<byte> refs)
    {
        var parsed = new Dictionary<string, CommitId>(StringComparer.Ordinal);
        foreach (var range in refs.Split((byte)'\n'))
        {
            var line = Encoding.UTF8.GetString(refs[range]);
            if (line.Length == 0) continue;
            if (line.Length < 42 || line[40] != ' '
                || !line.AsSpan(41).StartsWith("refs/") || !CommitId.TryParse(line[..40], null, out var id)
                || !parsed.TryAdd(line[41..], id))
                throw new CobFormatException("A line of the signed refs is no ref.");
        }

        return parsed;
    }

    /// <summary>What changed since <paramref name="before"/> (null: everything): name, old and new value.</summary>
    public IReadOnlyList<RefChange> ChangesSince(SignedRefs? before)
    {
        var old = before?.Refs ?? FrozenDictionary<string, CommitId>.Empty;
        return [
            .. from pair in Refs
               where !old.TryGetValue(pair.Key, out var was) || was != pair.Value
               orderby pair.Key
               select new RefChange(Owner, pair.Key, old.TryGetValue(pair.Key, out var was) ? was : null, pair.Value),
            .. from pair in old
               where !Refs.ContainsKey(pair.Key)
               orderby pair.Key
               select new RefChange(Owner, pair.Key, pair.Value, null)];
    }
}

/// <summary>A ref of a namespace changed.</summary>
/// <param name="Owner">The namespace's owner.</param>
/// <param name="Name">Without the namespace, such as <c>refs/heads/patches/…</c>.</param>
/// <param name="Old">Null when it is new.</param>
/// <param name="New">Null when it was deleted.</param>
public sealed record RefChange(Did Owner, string Name, CommitId? Old, CommitId? New);
