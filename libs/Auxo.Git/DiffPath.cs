using System.Text;

namespace Auxo.Git;

/// <summary>A path as git prints it: one with odd characters stands in quotes, with escapes as in C.</summary>
internal static class DiffPath
{
    /// <summary>The path itself.</summary>
    public static string Read(string printed)
    {
        if (printed is not ['"', .. var inner, '"']) return printed;
        var bytes = new List<byte>(inner.Length);
        for (var i = 0; i < inner.Length; i++)
        {
            if (inner[i] != '\\' || i + 1 == inner.Length)
            {
                var end = inner.IndexOf('\\', i + 1) is >= 0 and var next ? next : inner.Length;
                bytes.AddRange(Encoding.UTF8.GetBytes(inner[i..end]));
                i = end - 1;
            }
            else if (inner[++i] is >= '0' and <= '3' && i + 2 < inner.Length)
            {
                bytes.Add((byte)((inner[i] - '0') * 64 + (inner[i + 1] - '0') * 8 + (inner[i + 2] - '0')));
                i += 2;
            }
            else
            {
                bytes.Add(Escaped(inner[i]));
            }
        }

        return OutsideText.DecodePart(bytes.ToArray());
    }

    private static byte Escaped(char letter) => (byte)(letter switch
    {
        'a' => '\a', 'b' => '\b', 'f' => '\f', 'n' => '\n', 'r' => '\r', 't' => '\t', 'v' => '\v', _ => letter,
    });
}
