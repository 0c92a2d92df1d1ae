namespace Auxo.Locks;

/// <summary>A package that a lock file names with one exact version.</summary>
/// <param name="Name">As its registry calls it.</param>
/// <param name="Version">The version.</param>
/// <param name="Mark">A text of the line in which it stands.</param>
public sealed record LockedPackage(string Name, string Version, string Mark)
{
    /// <summary>A name or a version that is longer is nobody's.</summary>
    private const int MostCharacters = 214;

    /// <summary>True when it can be asked about: a registry's name and a version, not an address or a path.</summary>
    public bool IsOfRegistry => Name.Length is > 0 and <= MostCharacters && Version.Length is > 0 and <= MostCharacters
        && char.IsAsciiDigit(Version[0]) && !Name.Any(static c => char.IsControl(c) || char.IsWhiteSpace(c));

    /// <summary>The number of the line in which it stands, from 1; null when it is not found.</summary>
    public int? LineIn(string text)
        => Mark.Length > 0 && text.IndexOf(Mark, StringComparison.Ordinal) is >= 0 and var at ? text.AsSpan(0, at).Count('\n') + 1 : null;
}

/// <summary>A lock file is not what its name says; the message says why.</summary>
public sealed class LockFormatException(string message) : Exception(message);
