using System.Buffers;
using System.Text;

using Microsoft.Win32.SafeHandles;

namespace Auxo.Pipeline.Logs.Lines;

/// <summary>Finds lines with one of some words, upper or lower case alike, in a file of any size with lines of any length.</summary>
/// <param name="words">What is looked for.</param>
internal sealed class TextSearch(IReadOnlyList<string> words)
{
    private const int BlockBytes = 256 << 10;
    private const int Before = 100;
    private const int After = 300;
    private const char Escape = '\u001b';
    private const char Bell = '\u0007';

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
            var count = Seen(characters.AsSpan(0, Encoding.UTF8.GetChars(bytes.AsSpan(0, whole), characters)));
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
        return (first > begin ? "…" : "") + text[first..final].TrimEnd('\r').ToString() + (final < end ? "…" : "");
    }

    /// <summary>Takes out what colours or steers a terminal, in place: who searches looks for what is seen.</summary>
    private static int Seen(Span<char> text)
    {
        var kept = text.IndexOf(Escape);
        if (kept < 0) return text.Length;
        for (var at = kept; at < text.Length;)
        {
            at += Sequence(text[at..]);
            var plain = text[at..].IndexOf(Escape) is >= 0 and var next ? next : text.Length - at;
            text.Slice(at, plain).CopyTo(text[kept..]);
            (at, kept) = (at + plain, kept + plain);
        }

        return kept;
    }

    /// <summary>How long the sequence is that begins here; it never goes on in another line.</summary>
    private static int Sequence(ReadOnlySpan<char> text)
    {
        if (text.Length < 2 || text[1] == '\n') return 1;
        if (text[1] == '[')
        {
            var last = text[2..].IndexOfAnyExceptInRange(' ', '?');
            return last < 0 ? text.Length : text[2 + last] is >= '@' and <= '~' ? last + 3 : last + 2;
        }

        if (text[1] != ']') return 2;
        var end = text[2..].IndexOfAny(Bell, Escape, '\n');
        if (end < 0) return text.Length;
        if (text[2 + end] == Bell) return end + 3;
        return text[2 + end] == Escape && end + 3 < text.Length && text[end + 3] == '\\' ? end + 4 : end + 2;
    }
}
