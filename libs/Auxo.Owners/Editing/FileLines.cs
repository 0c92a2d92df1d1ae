using System.Text;

namespace Auxo.Owners;

/// <summary>The lines of a file of which one becomes another, and all the others keep every byte, line ends and mark among them.</summary>
internal sealed class FileLines
{
    private readonly ReadOnlyMemory<byte> _content;

    /// <summary>Where each line is: its end is where its line end begins.</summary>
    private readonly List<(int Start, int End)> _places = [];

    public FileLines(ReadOnlyMemory<byte> content)
    {
        _content = content;
        var bytes = content.Span;
        for (var start = bytes.StartsWith(Encoding.UTF8.Preamble) ? Encoding.UTF8.Preamble.Length : 0; start < bytes.Length;)
        {
            var length = bytes[start..].IndexOf((byte)'\n');
            var next = length < 0 ? bytes.Length : start + length + 1;
            var end = length < 0 ? next : next - 1;
            while (end > start && bytes[end - 1] == '\r') end--;
            _places.Add((start, end));
            Texts.Add(Encoding.UTF8.GetString(bytes[start..end]));
            start = next;
        }
    }

    /// <summary>The lines without their ends, to be read; what is no UTF-8 in them can be seen as such.</summary>
    public List<string> Texts { get; } = [];

    /// <summary>A line without its end.</summary>
    public ReadOnlySpan<byte> Bytes(int index) => _content.Span[_places[index].Start.._places[index].End];

    /// <summary>The file with another line in the place of one.</summary>
    /// <param name="index">Which one.</param>
    /// <param name="line">The new one.</param>
    /// <param name="keep">From where the old one's bytes are kept behind it; negative for nothing.</param>
    public byte[] With(int index, string line, int keep)
    {
        var (start, end) = _places[index];
        return Joined(start, line, keep < 0 ? end : start + keep);
    }

    /// <summary>The file with one line more; its end is that of the line before it, or after it.</summary>
    /// <param name="index">Which one it is then.</param>
    /// <param name="line">The new one.</param>
    public byte[] WithNew(int index, string line)
    {
        if (_places.Count == 0) return Joined(_content.Length, line + "\n", _content.Length);
        var end = EndOf(index == 0 ? 0 : index - 1);
        if (index < _places.Count) return Joined(_places[index].Start, line + end, _places[index].Start);
        return Joined(_content.Length, (_content.Span[^1] == '\n' ? "" : end) + line + end, _content.Length);
    }

    /// <summary>The last line may have none: then that of the one above it.</summary>
    private string EndOf(int index)
    {
        var (_, end) = _places[index];
        if (_content.Span[end..].StartsWith("\r\n"u8)) return "\r\n";
        return end == _content.Length && index > 0 ? EndOf(index - 1) : "\n";
    }

    private byte[] Joined(int upTo, string line, int from)
        => [.. _content.Span[..upTo], .. Encoding.UTF8.GetBytes(line), .. _content.Span[from..]];
}
