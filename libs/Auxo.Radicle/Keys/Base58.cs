using System.Diagnostics.CodeAnalysis;

namespace Auxo.Radicle;

/// <summary>Base58btc behind the multibase prefix <c>z</c>: Radicle's text form of repository ids, keys and signatures.</summary>
public static class Base58
{
    private const string Alphabet = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

    /// <summary>Longest text that is read; the longest one Radicle writes, a signature, has 89 characters.</summary>
    private const int MaxLength = 128;

    /// <summary>Writes <c>z</c> and the digits.</summary>
    public static string Encode(ReadOnlySpan<byte> data)
    {
        var zeros = data.IndexOfAnyExcept((byte)0);
        if (zeros < 0) zeros = data.Length;
        var digits = new byte[data.Length * 138 / 100 + 1];
        var used = 0;
        foreach (var value in data[zeros..])
        {
            var carry = (int)value;
            for (var i = 0; i < used || carry != 0; i++)
            {
                carry += i < used ? digits[i] << 8 : 0;
                digits[i] = (byte)(carry % 58);
                carry /= 58;
                used = Math.Max(used, i + 1);
            }
        }

        return string.Create(1 + zeros + used, (digits, used, zeros), static (text, state) =>
        {
            text[0] = 'z';
            text.Slice(1, state.zeros).Fill('1');
            for (var i = 0; i < state.used; i++) text[^(i + 1)] = Alphabet[state.digits[i]];
        });
    }

    /// <summary>Reads <c>z</c> and the digits; anything else is false.</summary>
    public static bool TryDecode(ReadOnlySpan<char> text, [NotNullWhen(true)] out byte[]? data)
    {
        data = null;
        if (text.Length is < 2 or > MaxLength || text[0] != 'z') return false;
        text = text[1..];
        var zeros = text.IndexOfAnyExcept('1');
        if (zeros < 0) zeros = text.Length;
        Span<byte> bytes = stackalloc byte[MaxLength];
        var used = 0;
        foreach (var letter in text[zeros..])
        {
            var carry = Alphabet.IndexOf(letter, StringComparison.Ordinal);
            if (carry < 0) return false;
            for (var i = 0; i < used || carry != 0; i++)
            {
                carry += i < used ? bytes[i] * 58 : 0;
                bytes[i] = (byte)carry;
                carry >>= 8;
                used = Math.Max(used, i + 1);
            }
        }

        data = new byte[zeros + used];
        for (var i = 0; i < used; i++) data[^(i + 1)] = bytes[i];
        return true;
    }
}
