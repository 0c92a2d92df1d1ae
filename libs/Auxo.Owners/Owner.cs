using System.Buffers;

namespace Auxo.Owners;

/// <summary>How an owner is named.</summary>
public enum OwnerKind
{
    /// <summary><c>@alice</c></summary>
    Handle,

    /// <summary><c>@org/team</c></summary>
    Group,

    /// <summary><c>@@maintainer</c>, a role of a GitLab project.</summary>
    Role,

    /// <summary><c>alice@example.org</c></summary>
    Email,

    /// <summary><c>did:key:z6Mk…</c>: Auxo's own, since on Radicle a key is the one name that nobody else can take.</summary>
    Did,
}

/// <summary>Tells the names of owners from other words.</summary>
public static class Owner
{
    private const int Longest = 255;
    private static readonly SearchValues<char> NotInAddress = SearchValues.Create("<>()[]\\,;:\"");

    /// <summary>What kind of name a word is; null for none.</summary>
    public static OwnerKind? KindOf(string word)
    {
        if (word.Length > Longest) return null;
        if (word.StartsWith("did:", StringComparison.Ordinal)) return Contracts.Did.TryParse(word, provider: null, out _)
            ? OwnerKind.Did : null;
        if (word.StartsWith("@@", StringComparison.Ordinal)) return IsName(word.AsSpan(2)) ? OwnerKind.Role : null;
        if (word.StartsWith('@')) return IsHandle(word.AsSpan(1), out var parts) ? parts > 1
            ? OwnerKind.Group : OwnerKind.Handle : null;
        return IsEmail(word) ? OwnerKind.Email : null;
    }

    private static bool IsHandle(ReadOnlySpan<char> text, out int parts)
    {
        parts = 0;
        foreach (var part in text.Split('/'))
        {
            parts++;
            if (!IsName(text[part])) return false;
        }

        return true;
    }

    private static bool IsName(ReadOnlySpan<char> text)
    {
        if (text.IsEmpty) return false;
        foreach (var c in text)
        {
            if (!char.IsLetterOrDigit(c) && c is not ('-' or '_' or '.')) return false;
        }

        return true;
    }

    private static bool IsEmail(string word)
        => word.IndexOf('@', StringComparison.Ordinal) is > 0 and var at && at == word.LastIndexOf('@') && at < word.Length - 1
            && word.AsSpan().IndexOfAny(NotInAddress) < 0;
}
