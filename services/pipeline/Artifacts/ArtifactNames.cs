using System.Text;

namespace Auxo.Pipeline.Artifacts;

/// <summary>Which names artifacts may have.</summary>
public static class ArtifactNames
{
    private const int MaxBytes = 1024;

    /// <summary>What is wrong with a relative path as an artifact's name; null when nothing is.</summary>
    public static string? Refuse(string name)
    {
        if (name.Length == 0) return "is empty";
        if (Encoding.UTF8.GetByteCount(name) > MaxBytes) return $"is longer than {MaxBytes} bytes";
        if (name.Contains('\uFFFD')) return "is no valid UTF-8";
        foreach (var c in name)
        {
            if (char.IsControl(c)) return "contains a control character";
            // They turn the direction of text around.
            if (c is (>= '\u202A' and <= '\u202E') or (>= '\u2066' and <= '\u2069')) return "contains a character that reverses text";
            if (c == '\\') return "contains a backslash, which is a folder on other systems";
        }

        if (name.StartsWith('/')) return "is absolute";
        return name.Split('/').Any(static part => part is "" or "." or "..") ? "leaves its folder" : null;
    }

    /// <summary>
    /// A pattern without parts that mean nothing, such as the dot of <c>./out/**</c> and the second slash of <c>out//x</c>.
    /// </summary>
    public static string NormalPattern(string pattern)
    {
        var parts = pattern.Split('/').Where(static part => part is not ("" or "."));
        return (pattern.StartsWith('/') ? "/" : "") + string.Join('/', parts) + (pattern.EndsWith('/') && pattern.Length > 1 ? "/" : "");
    }

    /// <summary>What is wrong with a pattern of that shape; null when nothing is.</summary>
    public static string? RefusePattern(string pattern)
        => pattern.Trim('/').Length == 0
            ? "names the whole workspace; name a folder or files in it, such as out/**"
            : Refuse(pattern.TrimEnd('/'));
}
