using System.Text.RegularExpressions;

using Auxo.Registry.Packages;

namespace Auxo.Registry.Npm.Names;

/// <summary>Tags of npm: names that mean a version and may mean another one later.</summary>
public static partial class DistTag
{
    /// <summary>What people get who name no version.</summary>
    public const string Latest = "latest";

    /// <summary>What is wrong with a tag's name, as the end of a sentence; null when nothing is.</summary>
    public static string? Refuse(string tag)
        => !Name().IsMatch(tag) ? "is no name for a tag: it has letters, digits and . _ -, begins with a letter, and has at most 100"
            : VersionLike().IsMatch(tag) ? "could be taken for a version; choose a word"
            : null;

    /// <summary>
    /// Which of the asked tags a new version gets. Three of four clients ask for <c>latest</c> without looking: it only goes forward,
    /// and never from a finished version to one for testers. A package always has one.
    /// </summary>
    /// <param name="package">As it is when the version comes.</param>
    /// <param name="version">The new one.</param>
    /// <param name="asked">What the client asked for.</param>
    public static IReadOnlyList<string> ForNew(Package package, string version, IReadOnlyList<string> asked)
    {
        var others = asked.Where(static t => t != Latest);
        if (!package.Tags.TryGetValue(Latest, out var latest)) return [.. others, Latest];
        return asked.Contains(Latest, StringComparer.Ordinal) && MayFollow(latest, version) ? [.. others, Latest] : [.. others];
    }

    /// <summary>Whether <c>latest</c> goes from one version to another when nobody said so expressly.</summary>
    public static bool MayFollow(string latest, string version)
        => NpmVersion.Compare(version, latest) > 0 && (!NpmVersion.IsPrerelease(version) || NpmVersion.IsPrerelease(latest));

    /// <summary>The version that <c>latest</c> should mean: the highest finished one, else the highest; null for none.</summary>
    public static string? Newest(IEnumerable<string> versions)
    {
        string? newest = null;
        foreach (var version in versions)
        {
            if (newest is null) newest = version;
            else if (NpmVersion.IsPrerelease(newest) != NpmVersion.IsPrerelease(version))
                newest = NpmVersion.IsPrerelease(newest) ? version : newest;
            else if (NpmVersion.Compare(version, newest) > 0) newest = version;
        }

        return newest;
    }

    [GeneratedRegex("^[A-Za-z][A-Za-z0-9._-]{0,99}\\z", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Name();

    [GeneratedRegex("^([vV]?[0-9xX].*|[vVxX])\\z", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking
        | RegexOptions.ExplicitCapture)]
    private static partial Regex VersionLike();
}
