using System.Text.RegularExpressions;

using NuGet.Versioning;

namespace Auxo.Registry.NuGet;

/// <summary>
/// Names and versions of packages. <c>Acme.Left</c> and <c>acme.left</c> are one package; small letters are the normal form, in which
/// it is stored and in which clients ask for it.
/// </summary>
public static partial class PackageId
{
    /// <summary>NuGet's own limit.</summary>
    public const int MaxLength = 100;

    private const int MaxVersionLength = 128;

    /// <summary>What is wrong with a name, as a sentence that says what to do; null when nothing is.</summary>
    public static string? Refuse(string id)
        => id.Length > MaxLength ? $"The package's name has more than {MaxLength} characters."
            : Valid().IsMatch(id) ? null
            : "The package's name is made of ASCII letters, digits and '_', in parts with '.' or '-' between them.";

    /// <summary>The normal form.</summary>
    public static string Normalize(string id) => id.ToLowerInvariant();

    /// <summary>A version; null when it is none, or too long.</summary>
    public static NuGetVersion? ParseVersion(string? text)
        => text is { Length: > 0 and <= MaxVersionLength } && text.All(static c => c is > ' ' and <= '~')
            && NuGetVersion.TryParse(text, out var version) ? version : null;

    /// <summary>The normal form of a version: without build metadata, in small letters.</summary>
    public static string Normalize(NuGetVersion version) => version.ToNormalizedString().ToLowerInvariant();

    [GeneratedRegex(@"^[A-Za-z0-9_]+([.-][A-Za-z0-9_]+)*\z",
        RegexOptions.CultureInvariant | RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Valid();
}
