using System.Text;

using Microsoft.Win32.SafeHandles;

namespace Auxo.Pipeline.Logs.Lines;

/// <summary>
/// Reads lines as a terminal would leave them: of a line that was written over (<c>\r</c>, as progress bars do) what was written last.
/// However long a line is, only its begin is kept.
/// </summary>
/// <param name="file">The log.</param>
/// <param name="offset">Where the first line begins.</param>
/// <param name="length">Where to end.</param>
internal sealed class LineReader(SafeFileHandle file, long offset, long length)
{
    /// <summary>So much of a line is shown.</summary>
    public const int ShownBytes = 8 << 10;

    private readonly byte[] _buffer = new byte[LogMark.Spacing];
    private readonly byte[] _shown = new byte[ShownBytes];
    private int _at;
    private int _count;

    /// <summary>Where the next line begins.</summary>
    public long Offset { get; private set; } = offset;

    /// <summary>Goes over whole lines.</summary>
    public void Skip(long lines, CancellationToken ct)
    {
        while (lines > 0 && Fill(ct))
        {
            var rest = _buffer.AsSpan(_at, _count - _at);
            var ends = rest.Count((byte)'\n');
            if (ends < lines)
            {
                lines -= ends;
                Take(rest.Length);
                continue;
            }

            var taken = 0;
            for (; lines > 0; lines--) taken += rest[taken..].IndexOf((byte)'\n') + 1;
            Take(taken);
        }
    }

    /// <summary>The next line; null at the end.</summary>
    public ShownLine? Next(CancellationToken ct)
    {
        var begin = Offset;
        var (kept, segment, returned, ended) = (0, 0L, false, false);
        while (!ended && Fill(ct))
        {
            var rest = _buffer.AsSpan(_at, _count - _at);
            var end = rest.IndexOf((byte)'\n');
            ended = end >= 0;
            Add(ended ? rest[..end] : rest);
            Take(ended ? end + 1 : rest.Length);
        }

        if (Offset == begin) return null;
        var whole = kept == segment ? kept : FollowLog.WholeCharacters(_shown.AsSpan(0, kept));
        return new ShownLine(begin, Encoding.UTF8.GetString(_shown, 0, whole), segment - whole);

        void Add(ReadOnlySpan<byte> part)
        {
            if (part.IsEmpty) return;
            if (returned) (kept, segment) = (0, 0);
            var text = part.TrimEnd((byte)'\r');
            if (text.IsEmpty && !returned)
            {
                returned = true;
                return;
            }

            returned = text.Length < part.Length;
            if (text.LastIndexOf((byte)'\r') is >= 0 and var over)
            {
                (kept, segment) = (0, 0);
                text = text[(over + 1)..];
            }

            var room = text[..Math.Min(text.Length, ShownBytes - kept)];
            room.CopyTo(_shown.AsSpan(kept));
            kept += room.Length;
            segment += text.Length;
        }
    }

    private bool Fill(CancellationToken ct)
    {
        if (_at < _count) return true;
        ct.ThrowIfCancellationRequested();
        (_at, _count) = (0, RandomAccess.Read(file, _buffer.AsSpan(0, (int)Math.Min(_buffer.Length, length - Offset)), Offset));
        return _count > 0;
    }

    private void Take(int bytes)
    {
        _at += bytes;
        Offset += bytes;
    }
}

/// <summary>A line, as it is shown.</summary>
/// <param name="Offset">Where it begins, in bytes.</param>
/// <param name="Text">Colours included; bytes that are no UTF-8 are U+FFFD.</param>
/// <param name="CutBytes">How much more there is of it.</param>
internal readonly record struct ShownLine(long Offset, string Text, long CutBytes);
