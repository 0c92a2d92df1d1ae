using System.Buffers;
using System.Text;
using System.Text.RegularExpressions;

using Microsoft.Win32.SafeHandles;

namespace Auxo.Pipeline.Logs.Lines;

/// <summary>Finds lines with one of some words, upper or lower case alike, in a file of any size with lines of any length.</summary>
/// <param name="words">What is looked for.</param>
internal sealed partial class TextSearch(IReadOnlyList<string> words)
{
    private const int BlockBytes = 256 << 10;
    private const int Before = 100;
    private const int After = 300;

    /// <summary>A character has at most so many bytes, whatever its case.</summary>
    private readonly int _overlap = words.Max(static word => word.Length) * 4;
    private readonly SearchValues<string> _words = SearchValues.Create([.. words], StringComparison.OrdinalIgnoreCase);

    /// <summary>The lines, each once, with the part that has the word in it.</summary>
    /// <param name="file">The log.</param>
    /// <param name="offset">Where to begin: at the begin of a line.</param>
    /// <param name="length">Where to end.</param>
    /// <param name="line">The number of the line that begins there.</param>
    /// <param name="ct">The reader has gone.</param>
    public IEnumerable<FoundLine> Lines(SafeFileHandle file, long offset, long length, long line, CancellationToken ct)
    {
        var bytes = new byte[BlockBytes];
        var characters = new char[BlockBytes];
        var (kept, last) = (0, 0L);
        while (true)
        {
            ct.ThrowIfCancellationRequested();
            var room = (int)Math.Min(BlockBytes - kept, length - offset);
            var read = room > 0 ? RandomAccess.Read(file, bytes.AsSpan(kept, room), offset) : 0;
            offset += read;
            var filled = kept + read;
            if (filled == 0 || read == 0 && kept == 0) yield break;
            // Whole lines; of a line that fills the block all of it, and its end once more with what follows.
            var whole = read == 0 ? filled : bytes.AsSpan(0, filled).LastIndexOf((byte)'\n') + 1;
            var inside = whole == 0;
            if (inside) whole = filled;
            var count = Encoding.UTF8.GetChars(bytes.AsSpan(0, whole), characters);
            var (at, counted) = (0, 0);
            while (characters.AsSpan(at, count - at).IndexOfAny(_words) is >= 0 and var hit)
            {
                at += hit;
                line += characters.AsSpan(counted, at - counted).Count('\n');
                counted = at;
                if (line != last) yield return new FoundLine(last = line, Around(characters.AsSpan(0, count), at));
                var end = characters.AsSpan(at, count - at).IndexOf('\n');
                if (end < 0) break;
                at += end;
            }

            line += characters.AsSpan(counted, count - counted).Count('\n');
            if (read == 0) yield break;
            var again = inside ? Math.Min(_overlap, filled) : filled - whole;
            bytes.AsSpan(filled - again, again).CopyTo(bytes);
            kept = again;
        }
    }

    /// <summary>What stands around a place in its line, plain.</summary>
    private static string Around(ReadOnlySpan<char> text, int at)
    {
        var begin = text[..at].LastIndexOf('\n') + 1;
        var end = text[at..].IndexOf('\n') is >= 0 and var more ? at + more : text.Length;
        var (first, final) = (Math.Max(begin, at - Before), Math.Min(end, at + After));
        var part = Escapes().Replace(text[first..final].ToString(), "").TrimEnd('\r');
        return (first > begin ? "…" : "") + part + (final < end ? "…" : "");
    }

    [GeneratedRegex(
        @"\x1b(\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(\x07|\x1b\\)|[@-Z\\-_])",
        RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Escapes();
}
