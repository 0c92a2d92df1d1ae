using System.Text;

namespace Auxo.Git;

/// <summary>
/// The one rule by which bytes from outside become text: a byte order mark decides (UTF-8, UTF-16, UTF-32) and is no part of the
/// text; without one it is UTF-8. Bytes that are none become U+FFFD, which everybody can see.
/// </summary>
public static class OutsideText
{
    /// <summary>What stands for bytes that could not be decoded.</summary>
    public const char Invalid = '\uFFFD';

    // UTF-32's little-endian mark begins with UTF-16's, so it is asked first.
    private static readonly Encoding[] Marked =
    [
        new UTF32Encoding(bigEndian: false, byteOrderMark: true), new UTF32Encoding(bigEndian: true, byteOrderMark: true),
        Encoding.UTF8, Encoding.Unicode, Encoding.BigEndianUnicode,
    ];

    static OutsideText() => Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);

    /// <summary>The text.</summary>
    /// <param name="data">The bytes.</param>
    /// <param name="encoding">What the bytes say of themselves in a header, such as a commit's; unknown names are as none.</param>
    public static string Decode(ReadOnlySpan<byte> data, string? encoding = null)
    {
        if (MarkOf(data) is { } marked) return marked.GetString(data[marked.Preamble.Length..]);
        return (encoding is null ? Encoding.UTF8 : Named(encoding)).GetString(data);
    }

    /// <summary>
    /// Bytes that are a part of a text in UTF-8, such as a line or a name: a mark stays and can be seen, since it may be what changed.
    /// </summary>
    public static string DecodePart(ReadOnlySpan<byte> data) => Encoding.UTF8.GetString(data);

    /// <summary>True when a byte order mark says that zero bytes are part of the text.</summary>
    public static bool IsWide(ReadOnlySpan<byte> data) => MarkOf(data) is { } marked && !Encoding.UTF8.Equals(marked);

    private static Encoding? MarkOf(ReadOnlySpan<byte> data)
    {
        foreach (var encoding in Marked)
        {
            if (data.StartsWith(encoding.Preamble)) return encoding;
        }

        return null;
    }

    private static Encoding Named(string name)
    {
        try
        {
            return Encoding.GetEncoding(name);
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            return Encoding.UTF8;
        }
    }
}
