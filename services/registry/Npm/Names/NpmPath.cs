using System.Buffers;
using System.Text;

namespace Auxo.Registry.Npm.Names;

/// <summary>
/// What a request below <c>/npm/{repository}/</c> names, read from the request line: npm and Yarn write the slash after a scope as
/// <c>%2f</c> or <c>%2F</c>, and plainly in a tarball's address, which the server's own path does not tell apart.
/// </summary>
/// <param name="Package">The package.</param>
/// <param name="Rest">The parts after it, decoded: a version, <c>-</c> and a file, <c>-rev</c> and a revision.</param>
public sealed record NpmPath(NpmName Package, IReadOnlyList<string> Rest)
{
    private const int MaxLength = 2000;
    private static readonly SearchValues<char> Hex = SearchValues.Create("0123456789abcdefABCDEF");

    /// <summary>Reads it.</summary>
    /// <param name="target">The request line's target: path and query, or a whole URL.</param>
    /// <param name="prefix">What stands before the package, such as <c>/npm/team/</c>.</param>
    /// <param name="refusal">What is wrong, as a whole sentence.</param>
    public static NpmPath? FromTarget(string target, string prefix, out string? refusal)
    {
        if (Parts(target, prefix, out refusal) is not [var first, .. var rest]) return null;
        if (first.StartsWith('@') && !first.Contains('/', StringComparison.Ordinal) && rest.Length > 0)
            (first, rest) = ($"{first}/{rest[0]}", rest[1..]);
        if (!NpmName.TryParse(first, out var name, out var wrong)) refusal = $"The package's name {wrong}.";
        else if (rest.FirstOrDefault(static p => p.Length == 0 || p is "." or "..") is not null) refusal = NoSuchPath;
        else if (rest.Any(static p => p.Contains('/', StringComparison.Ordinal))) refusal = "A slash is encoded where none may be.";
        return refusal is null ? new NpmPath(name, rest) : null;
    }

    /// <summary>The decoded parts between the slashes after <paramref name="prefix"/>.</summary>
    internal static string[]? Parts(string target, string prefix, out string? refusal)
    {
        var path = target.AsSpan();
        if (target.IndexOf("://", StringComparison.Ordinal) is > 0 and < 10 and var scheme)
            path = path[(scheme + 3)..] is var after && after.IndexOf('/') is >= 0 and var slash ? after[slash..] : "/";
        if (path.IndexOfAny('?', '#') is >= 0 and var end) path = path[..end];
        refusal = NoSuchPath;
        if (!path.StartsWith(prefix, StringComparison.Ordinal)) return null;
        path = path[prefix.Length..];
        if (path.Length > MaxLength)
        {
            refusal = $"The package's name has more than {NpmName.MaxLength} characters.";
            return null;
        }

        // Some write a slash after the last part.
        if (path.EndsWith("/")) path = path[..^1];
        var parts = new List<string>();
        foreach (var range in path.Split('/'))
        {
            if (Decode(path[range], out refusal) is not { } part) return null;
            parts.Add(part);
        }

        return [.. parts];
    }

    private static string? Decode(ReadOnlySpan<char> encoded, out string? refusal)
    {
        refusal = null;
        var text = new StringBuilder(encoded.Length);
        for (var i = 0; i < encoded.Length; i++)
        {
            var c = encoded[i];
            if (c == '%')
            {
                if (i + 2 >= encoded.Length || !Hex.Contains(encoded[i + 1]) || !Hex.Contains(encoded[i + 2]))
                    refusal = "The path has a '%' without two hex digits after it.";
                else c = (char)Convert.FromHexString(encoded.Slice(i + 1, 2))[0];
                i += 2;
                if (refusal is null && c == '%') refusal = "The path is encoded twice.";
            }

            if (refusal is null && (c > '~' || char.IsControl(c)))
                refusal = "The path has a character in it that is not ASCII, or a control character; no package has such a name.";
            if (refusal is not null) return null;
            text.Append(c);
        }

        return text.ToString();
    }

    private const string NoSuchPath = "There is no such path in an npm registry.";
}
