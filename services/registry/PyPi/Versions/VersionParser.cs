using System.Buffers;
using System.Globalization;
using System.Numerics;

namespace Auxo.Registry.PyPi.Versions;

/// <summary>The parts of a version.</summary>
/// <param name="Epoch">Usually 0.</param>
/// <param name="Release">One number or more.</param>
/// <param name="Pre"><c>a</c>, <c>b</c> or <c>rc</c> and a number; null for none.</param>
/// <param name="Post">Null for none.</param>
/// <param name="Dev">Null for none.</param>
/// <param name="Local">What stands behind the '+', in small letters.</param>
internal sealed record VersionParts(
    BigInteger Epoch, IReadOnlyList<BigInteger> Release, (string Phase, BigInteger Number)? Pre, BigInteger? Post, BigInteger? Dev,
    IReadOnlyList<string> Local);

/// <summary>Reads versions from left to right, each part once; no input makes it slow.</summary>
internal ref struct VersionParser
{
    private const int MaxLength = 128;
    private static readonly SearchValues<char> LettersAndDigits = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789");
    private ReadOnlySpan<char> _rest;

    public static VersionParts? Parse(string text)
    {
        if (text.Length > MaxLength) return null;
        var parser = new VersionParser { _rest = text.AsSpan().Trim(" \t\r\n\f\v").ToString().ToLowerInvariant() };
        return parser.All();
    }

    private VersionParts? All()
    {
        Take("v");
        if (Number() is not { } first) return null;
        BigInteger epoch = 0;
        if (Take("!"))
        {
            epoch = first;
            if (Number() is not { } release) return null;
            first = release;
        }

        var numbers = new List<BigInteger> { first };
        while (_rest is ['.', >= '0' and <= '9', ..])
        {
            _rest = _rest[1..];
            numbers.Add(Number()!.Value);
        }

        var pre = Phase("alpha", "beta", "preview", "pre", "rc", "a", "b", "c") is var (word, number) ? (Short(word), number)
            : ((string, BigInteger)?)null;
        var post = Post();
        var dev = Phase("dev") is var (_, devNumber) ? devNumber : (BigInteger?)null;
        var local = Take("+") ? Local() : [];
        return local is not null && _rest.IsEmpty ? new VersionParts(epoch, numbers, pre, post, dev, local) : null;
    }

    private BigInteger? Post()
    {
        if (Phase("post", "rev", "r") is var (_, number)) return number;
        if (_rest is not ['-', >= '0' and <= '9', ..]) return null;
        _rest = _rest[1..];
        return Number();
    }

    /// <summary>One of the words, with a separator before and after it or not; a number that is left out is 0.</summary>
    private (string Word, BigInteger Number)? Phase(params ReadOnlySpan<string> words)
    {
        var start = _rest;
        Separator();
        foreach (var word in words)
        {
            if (!Take(word)) continue;
            var afterWord = _rest;
            Separator();
            if (Number() is { } number) return (word, number);
            _rest = afterWord;
            return (word, 0);
        }

        _rest = start;
        return null;
    }

    private List<string>? Local()
    {
        var parts = new List<string>();
        do
        {
            var length = _rest.IndexOfAnyExcept(LettersAndDigits);
            var part = length < 0 ? _rest : _rest[..length];
            if (part.IsEmpty) return null;
            parts.Add(part.ContainsAnyExceptInRange('0', '9')
                ? part.ToString()
                : BigInteger.Parse(part, NumberStyles.None, CultureInfo.InvariantCulture).ToString(CultureInfo.InvariantCulture));
            _rest = _rest[part.Length..];
        }
        while (Separator());
        return parts;
    }

    private BigInteger? Number()
    {
        var length = _rest.IndexOfAnyExceptInRange('0', '9');
        if (length < 0) length = _rest.Length;
        if (length == 0) return null;
        var number = BigInteger.Parse(_rest[..length], NumberStyles.None, CultureInfo.InvariantCulture);
        _rest = _rest[length..];
        return number;
    }

    private bool Separator() => Take("-") || Take("_") || Take(".");

    private bool Take(string text)
    {
        if (!_rest.StartsWith(text, StringComparison.Ordinal)) return false;
        _rest = _rest[text.Length..];
        return true;
    }

    private static string Short(string phase) => phase switch { "alpha" or "a" => "a", "beta" or "b" => "b", _ => "rc" };
}
