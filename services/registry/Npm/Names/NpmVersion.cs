using System.Numerics;

using Semver;

namespace Auxo.Registry.Npm.Names;

/// <summary>Versions as npm orders them: Semantic Versioning 2.0, without build metadata.</summary>
public static class NpmVersion
{
    private const int MaxLength = 256;

    /// <summary>JavaScript knows no larger whole numbers exactly.</summary>
    private static readonly BigInteger Largest = (1L << 53) - 1;

    /// <summary>Reads a version; null, with what is wrong as the end of a sentence, when it is none.</summary>
    public static SemVersion? Read(string text, out string? refusal)
    {
        refusal = text.Length > MaxLength || !SemVersion.TryParse(text, SemVersionStyles.Strict, out var version)
            ? "is no version: it is MAJOR.MINOR.PATCH, such as 1.4.0 or 2.0.0-beta.1"
            : version.Metadata.Length > 0
                ? "has build metadata (after '+'), which npm leaves out: two builds would be one version"
                : version.Major > Largest || version.Minor > Largest || version.Patch > Largest
                    ? "has a number in it that is too large for clients"
                    : null;
        return refusal is null ? SemVersion.Parse(text, SemVersionStyles.Strict) : null;
    }

    /// <summary>By precedence; what cannot be read comes first, by its text.</summary>
    public static int Compare(string left, string right)
        => (Read(left, out _), Read(right, out _)) switch
        {
            ({ } l, { } r) => SemVersion.ComparePrecedence(l, r),
            (null, null) => string.CompareOrdinal(left, right),
            (null, _) => -1,
            _ => 1,
        };

    /// <summary>Whether it is a version for testers, such as <c>2.0.0-beta.1</c>.</summary>
    public static bool IsPrerelease(string version) => Read(version, out _)?.IsPrerelease ?? true;
}
