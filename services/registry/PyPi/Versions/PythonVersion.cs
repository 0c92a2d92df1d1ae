using System.Globalization;
using System.Numerics;
using System.Text;

namespace Auxo.Registry.PyPi.Versions;

/// <summary>
/// A version as PEP 440 defines it, in its normal form and its order: <c>1.0.dev1 &lt; 1.0a1 &lt; 1.0 &lt; 1.0+local &lt; 1.0.post1</c>.
/// Two spellings of one version (<c>1.0</c> and <c>v1.0.0</c>) are equal.
/// </summary>
public sealed class PythonVersion : IComparable<PythonVersion>, IEquatable<PythonVersion>
{
    /// <summary>The same for all spellings of one version: the normal form without zeros at the end.</summary>
    private readonly string _key;

    internal PythonVersion(VersionParts parts)
    {
        Parts = parts;
        _key = Show(parts, shortest: true);
    }

    /// <summary>The normal form, as others write it: <c>1.0.0rc1</c>. Zeros at the end stay.</summary>
    public string Normal => Show(Parts, shortest: false);

    /// <summary>True for alphas, betas, candidates and development versions, which are installed only when asked for.</summary>
    public bool IsPrerelease => Parts.Pre is not null || Parts.Dev is not null;

    /// <summary>Its parts.</summary>
    internal VersionParts Parts { get; }

    /// <summary>Reads a version in any spelling that PEP 440 knows; null when it is none.</summary>
    public static PythonVersion? Parse(string text) => VersionParser.Parse(text) is { } parts ? new PythonVersion(parts) : null;

    /// <inheritdoc/>
    public int CompareTo(PythonVersion? other)
    {
        if (other is null) return 1;
        var (a, b) = (Parts, other.Parts);
        var order = a.Epoch.CompareTo(b.Epoch);
        if (order == 0) order = CompareReleases(a.Release, b.Release);
        if (order == 0) order = PreRank(a).CompareTo(PreRank(b));
        // None stands before post 0, and after every development version.
        if (order == 0) order = (a.Post ?? -1).CompareTo(b.Post ?? -1);
        if (order == 0) order = a.Dev is { } x ? b.Dev is { } y ? x.CompareTo(y) : -1 : b.Dev is null ? 0 : 1;
        return order != 0 ? order : CompareLocals(a.Local, b.Local);
    }

    /// <inheritdoc/>
    public bool Equals(PythonVersion? other) => other is not null && _key == other._key;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as PythonVersion);

    /// <inheritdoc/>
    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(_key);

    /// <inheritdoc/>
    public override string ToString() => Normal;

    private static int CompareReleases(IReadOnlyList<BigInteger> a, IReadOnlyList<BigInteger> b)
    {
        for (var i = 0; i < Math.Max(a.Count, b.Count); i++)
        {
            var order = (i < a.Count ? a[i] : 0).CompareTo(i < b.Count ? b[i] : 0);
            if (order != 0) return order;
        }

        return 0;
    }

    /// <summary>A development version of the release itself stands before its first alpha; the release stands after
    /// its last candidate.</summary>
    private static (int Phase, BigInteger Number) PreRank(VersionParts v)
        => v.Pre is { } pre ? (pre.Phase switch { "a" => 1, "b" => 2, _ => 3 }, pre.Number)
            : v.Post is null && v.Dev is not null ? (0, 0) : (4, 0);

    private static int CompareLocals(IReadOnlyList<string> a, IReadOnlyList<string> b)
    {
        for (var i = 0; i < Math.Min(a.Count, b.Count); i++)
        {
            var order = (Number(a[i]), Number(b[i])) switch
            {
                ({ } x, { } y) => x.CompareTo(y),
                ({ }, null) => 1,
                (null, { }) => -1,
                _ => string.CompareOrdinal(a[i], b[i]),
            };
            if (order != 0) return order;
        }

        return a.Count.CompareTo(b.Count);
    }

    private static BigInteger? Number(string part)
        => char.IsAsciiDigit(part[0]) && BigInteger.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : null;

    private static string Show(VersionParts v, bool shortest)
    {
        var text = new StringBuilder();
        if (!v.Epoch.IsZero) text.Append(v.Epoch).Append('!');
        var count = v.Release.Count;
        while (shortest && count > 1 && v.Release[count - 1].IsZero) count--;
        text.AppendJoin('.', v.Release.Take(count));
        if (v.Pre is { } pre) text.Append(pre.Phase).Append(pre.Number);
        if (v.Post is { } post) text.Append(".post").Append(post);
        if (v.Dev is { } dev) text.Append(".dev").Append(dev);
        if (v.Local.Count > 0) text.Append('+').AppendJoin('.', v.Local);
        return text.ToString();
    }
}
