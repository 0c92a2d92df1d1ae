namespace Auxo.Registry.Debian.Indexes;

/// <summary>Lines of a text of any length, without a string for each: an index of Debian has a million of them.</summary>
internal static class ControlLines
{
    private const int LongestLine = 1 << 20;
    private const long LongestText = 2L << 30;

    /// <summary>What to do with a line, which has no end of line any more.</summary>
    public delegate void Line(ReadOnlySpan<byte> line);

    /// <summary>Reads all of them.</summary>
    /// <exception cref="InvalidDataException">A line or the text is longer than anybody's.</exception>
    public static void Read(Stream text, Line line)
    {
        var buffer = new byte[64 << 10];
        var (held, all) = (0, 0L);
        for (int read; (read = text.Read(buffer, held, buffer.Length - held)) > 0;)
        {
            if ((all += read) > LongestText) throw new InvalidDataException("The index is longer than 2 GiB.");
            held += read;
            var rest = buffer.AsSpan(0, held);
            for (int end; (end = rest.IndexOf((byte)'\n')) >= 0; rest = rest[(end + 1)..]) line(rest[..end].TrimEnd((byte)'\r'));
            rest.CopyTo(buffer);
            held = rest.Length;
            if (held < buffer.Length) continue;
            if (held >= LongestLine) throw new InvalidDataException("The index has a line of more than a mebibyte.");
            Array.Resize(ref buffer, buffer.Length * 2);
        }

        if (held > 0) line(buffer.AsSpan(0, held));
        line([]);
    }
}
