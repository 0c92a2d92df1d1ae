using System.Buffers;
using System.Buffers.Text;
using System.Globalization;

namespace Auxo.Registry.Npm.Publish;

/// <summary>
/// A JSON string of Base64 that arrives piece by piece: what a client puts its tarball into. It is decoded as it comes, so that no
/// upload is ever in memory as a whole.
/// </summary>
internal sealed class Base64Text
{
    private const int BlockBytes = 48 << 10;

    /// <summary>The longest escape is <c>\u002f</c>.</summary>
    private const int EscapeBytes = 6;
    private readonly byte[] _block = new byte[BlockBytes];
    private int _kept;
    private bool _begun;

    /// <summary>The closing quote was read.</summary>
    public bool Ended { get; private set; }

    /// <summary>Decodes the beginning of <paramref name="input"/>.</summary>
    /// <param name="input">What follows the property's colon, without what was decoded before.</param>
    /// <param name="output">Where the bytes go.</param>
    /// <returns>How many bytes of the input were read; call again when <see cref="Ended"/> is not true and there are more.</returns>
    /// <exception cref="FormatException">It is no string, or no Base64.</exception>
    public long Decode(ReadOnlySequence<byte> input, IBufferWriter<byte> output)
    {
        var read = _begun ? 0 : Begin(input);
        if (!_begun) return read;
        var rest = input.Slice(read);
        var taken = (int)Math.Min(rest.Length, BlockBytes - _kept);
        rest.Slice(0, taken).CopyTo(_block.AsSpan(_kept));
        var block = _block.AsSpan(0, _kept + taken);
        if (block.IndexOf((byte)'"') is >= 0 and var end)
        {
            read += end + 1 - _kept;
            Ended = true;
            block = block[..end];
        }
        else
        {
            read += taken;
        }

        Write(block, output);
        return read;
    }

    private long Begin(ReadOnlySequence<byte> input)
    {
        var reader = new SequenceReader<byte>(input);
        reader.AdvancePastAny((byte)' ', (byte)'\t', (byte)'\r', (byte)'\n');
        if (!reader.TryRead(out var first)) return reader.Consumed;
        if (first != '"') throw new FormatException("it is no text");
        _begun = true;
        return reader.Consumed;
    }

    private void Write(Span<byte> block, IBufferWriter<byte> output)
    {
        // What may be the beginning of an escape waits for the rest of it.
        var held = !Ended && block.LastIndexOf((byte)'\\') is >= 0 and var at && block.Length - at < EscapeBytes ? block.Length - at : 0;
        var text = Unescape(block[..^held]);
        var written = output.GetSpan(Base64.GetMaxDecodedFromUtf8Length(text.Length) + 3);
        // Padding is the end, and only known to be that with the closing quote.
        var known = Ended ? text : text.TrimEnd((byte)'=');
        var status = Base64.DecodeFromUtf8(known, written, out var used, out var bytes, isFinalBlock: Ended);
        if (status == OperationStatus.InvalidData || Ended && status != OperationStatus.Done)
            throw new FormatException("it is no Base64");
        output.Advance(bytes);
        if (Ended) return;

        // The end of one block and the beginning of the next are decoded together.
        Span<byte> left = [.. text[used..], .. block[^held..]];
        if (left.Length > EscapeBytes + 4) throw new FormatException("it is no Base64");
        left.CopyTo(_block);
        _kept = left.Length;
    }

    /// <summary>In place: an escape is longer than what it stands for.</summary>
    private static Span<byte> Unescape(Span<byte> text)
    {
        if (text.IndexOf((byte)'\\') is < 0) return text;
        var to = 0;
        for (var from = 0; from < text.Length; from++)
        {
            var value = text[from];
            if (value == '\\')
            {
                if (from + 1 < text.Length && text[from + 1] == '/')
                {
                    (value, from) = ((byte)'/', from + 1);
                }
                else if (from + 5 < text.Length && text[from + 1] == 'u'
                    && byte.TryParse(text.Slice(from + 2, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value))
                {
                    from += 5;
                }
                else
                {
                    throw new FormatException("it is no Base64");
                }
            }

            text[to++] = value;
        }

        return text[..to];
    }
}
