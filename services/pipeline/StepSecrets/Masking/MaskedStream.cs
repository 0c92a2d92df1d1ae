using System.Buffers;

namespace Auxo.Pipeline.StepSecrets.Masking;

/// <summary>
/// Bytes on their way, without the secrets of a mask. What may be the beginning of one is held back until it is known; that is never more
/// than the longest form, and the ends of lines in it. What is returned is valid until the next call. Not safe for several threads.
/// </summary>
/// <param name="mask">What is hidden.</param>
internal sealed class MaskedStream(SecretMask mask)
{
    /// <summary>So much of a beginning may be seen after a pause; nearly always it is one by chance.</summary>
    private const int MaxSeen = 3;

    /// <summary>A step may end, or be ended, in the middle of a secret: from so much of one on it is hidden at the end.</summary>
    private const int MinUnfinished = 8;

    private readonly ArrayBufferWriter<byte> _seen = new();
    private byte[] _held = [];

    /// <summary>How many of the held bytes have been seen already, and where in them the newest secret ends.</summary>
    private int _shown;
    private int _hidden = -1;

    /// <summary>True when something waits for what follows.</summary>
    public bool Waits => _held.Length > _shown;

    /// <summary>How many bytes wait, or have been seen after a pause.</summary>
    public int Held => _held.Length;

    /// <summary>True when there was a secret.</summary>
    public bool HasHidden { get; private set; }

    /// <summary>More bytes; what may be seen of them and of those before.</summary>
    public ReadOnlySpan<byte> Write(scoped ReadOnlySpan<byte> bytes)
        => _held.Length == 0 ? Pass(bytes, isEnd: false) : Pass([.. _held, .. bytes], isEnd: false);

    /// <summary>Nothing came for a while: what is too short to tell of a secret may be seen, and the rest of it is still hidden.</summary>
    public ReadOnlySpan<byte> Pause()
    {
        var seen = _held.AsSpan(Math.Min(_held.Length, Math.Max(_shown, _hidden)));
        if (_held.Length - _held.Count(SecretMask.IsLineEnd) > MaxSeen) return [];
        _shown = _held.Length;
        return seen;
    }

    /// <summary>Nothing follows.</summary>
    public ReadOnlySpan<byte> End()
    {
        var seen = Pass(_held, isEnd: true);
        (_held, _shown, _hidden) = ([], 0, -1);
        return seen;
    }

    private ReadOnlySpan<byte> Pass(scoped ReadOnlySpan<byte> text, bool isEnd)
    {
        _seen.ResetWrittenCount();
        var (at, plain) = (0, Math.Max(_shown, _hidden));
        for (; (at = mask.Next(text, at)) < text.Length; at++)
        {
            var length = mask.At(text[at..], out var isOpen);
            if (isOpen && !isEnd) break;
            if (isOpen && text.Length - at >= MinUnfinished) length = text.Length - at;
            if (length == 0) continue;
            HasHidden = true;
            if (at > _hidden)
            {
                if (plain < at) _seen.Write(text[plain..at]);
                _seen.Write("***"u8);
            }

            _hidden = Math.Max(_hidden, at + length);
            plain = Math.Max(plain, _hidden);
        }

        if (plain < at) _seen.Write(text[plain..at]);
        _shown = Math.Max(0, _shown - at);
        _hidden = Math.Max(-1, _hidden - at);
        _held = text[at..].ToArray();
        return _seen.WrittenSpan;
    }
}
