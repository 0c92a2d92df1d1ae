using System.Buffers;
using System.Text;

namespace Auxo.Registry.Files;

/// <summary>
/// Which names files of raw repositories may have. They are ASCII on purpose: what looks alike, or is the same text in another
/// normalisation, cannot be two files then, and no client, shell or file system spells a name differently.
/// </summary>
public static class FileName
{
    /// <summary>In all.</summary>
    public const int MaxLength = 512;

    /// <summary>Of one part between slashes; file systems of those who fetch it have 255.</summary>
    public const int MaxPart = 200;

    private static readonly SearchValues<char> Allowed = SearchValues.Create(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-+@~,=()[]!$&' ^{}#");
    private static readonly SearchValues<char> Hex = SearchValues.Create("0123456789abcdefABCDEF");

    /// <summary>What is wrong with a name, as the end of a sentence; null when nothing is.</summary>
    public static string? Refuse(string name)
    {
        if (name.Length == 0) return "is empty";
        if (name.Length > MaxLength) return $"has more than {MaxLength} characters";
        foreach (var c in name)
        {
            if (char.IsControl(c)) return "has a control character in it";
            if (c > '~') return $"has a character in it that is not ASCII (U+{(int)c:X4}); others may look like it, so "
                + "names are made of letters, digits and . _ - + @ ~ , = ( ) [ ]";
            if (c == '\\') return "has a backslash in it, which is a folder's end elsewhere";
            if (!Allowed.Contains(c)) return $"has the character '{c}' in it, which means something to shells, URLs or other file systems";
        }

        foreach (var part in name.Split('/'))
        {
            if (part.Length == 0) return "has an empty part: no slash at its beginning or end, and never two in a row";
            if (part is "." or "..") return "has '.' or '..' in it; a name is the same wherever it is seen from";
            if (part.Length > MaxPart) return $"has a part of more than {MaxPart} characters";
            if (part[0] == ' ' || part[^1] is ' '
                or '.') return "has a part that begins with a space, or ends with a space or a dot, which others drop";
        }

        return null;
    }

    /// <summary>
    /// The name in a request's target as it came over the wire, decoded exactly once. The server's own path will not do: it has
    /// been decoded and had its dot segments removed, so <c>a/%2e%2e/b</c> would arrive as <c>b</c> and nobody would see what
    /// was asked.
    /// </summary>
    /// <param name="target">The request line's target: path and query, or a whole URL.</param>
    /// <param name="prefix">What stands before the name, such as <c>/raw/releases/</c>.</param>
    /// <param name="refusal">What is wrong, as the end of a sentence.</param>
    /// <returns>The name, or null with a refusal.</returns>
    public static string? FromTarget(string target, string prefix, out string? refusal)
    {
        var path = target.AsSpan();
        if (target.IndexOf("://", StringComparison.Ordinal) is > 0 and < 10 and var scheme)
            path = path[(scheme + 3)..] is var rest && rest.IndexOf('/') is >= 0 and var slash ? rest[slash..] : "/";
        if (path.IndexOfAny('?', '#') is >= 0 and var end) path = path[..end];
        refusal = "leaves its repository: it has '.' or '..' in it, or an encoded slash";
        if (!path.StartsWith(prefix, StringComparison.Ordinal)) return null;
        var name = Decode(path[prefix.Length..], out refusal);
        if (name is null) return null;
        refusal = Refuse(name);
        return refusal is null ? name : null;
    }

    private static string? Decode(ReadOnlySpan<char> encoded, out string? refusal)
    {
        refusal = null;
        if (encoded.Length > MaxLength * 3)
        {
            refusal = $"has more than {MaxLength} characters";
            return null;
        }

        var name = new StringBuilder(encoded.Length);
        for (var i = 0; i < encoded.Length; i++)
        {
            if (encoded[i] != '%')
            {
                name.Append(encoded[i]);
                continue;
            }

            if (i + 2 >= encoded.Length || !Hex.Contains(encoded[i + 1]) || !Hex.Contains(encoded[i + 2])) refusal =
                "has a '%' without two hex digits after it";
            else if (Convert.FromHexString(encoded.Slice(i + 1, 2))[0] is var value && value is (byte)'/') refusal =
                "has an encoded slash (%2F) in it; write it as it is";
            else if (value is (byte)'%') refusal = "has an encoded '%' in it: it was encoded twice, or asks to be decoded twice";
            else if (value >= 0x80) refusal =
                "has a character in it that is not ASCII; others may look like it, so names are made of letters, "
                    + "digits and . _ - + @ ~ , = ( ) [ ]";
            else name.Append((char)value);
            if (refusal is not null) return null;
            i += 2;
        }

        return name.ToString();
    }

    /// <summary>A name as a URL's path: what FromTarget reads back.</summary>
    public static string Encode(string name) => string.Join('/', name.Split('/').Select(Uri.EscapeDataString));
}
