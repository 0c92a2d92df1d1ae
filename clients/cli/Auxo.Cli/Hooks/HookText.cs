using System.Text;

namespace Auxo.Cli.Hooks;

/// <summary>
/// The text of a hook with one character for each byte: a script of somebody else's may be in any encoding, and comes back as it was.
/// </summary>
internal static class HookText
{
    /// <summary>What stands in a file.</summary>
    public static string Of(ReadOnlySpan<byte> content) => Encoding.Latin1.GetString(content);

    /// <summary>A text of Auxo's own, as it would be read from a file.</summary>
    public static string Of(string text) => Of(Encoding.UTF8.GetBytes(text));

    /// <summary>What is written into the file.</summary>
    public static byte[] Bytes(string text) => Encoding.Latin1.GetBytes(text);
}
