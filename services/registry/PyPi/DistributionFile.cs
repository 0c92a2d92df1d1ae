using System.Text.RegularExpressions;

using Auxo.Registry.PyPi.Versions;

namespace Auxo.Registry.PyPi;

/// <summary>A file of a release: a wheel (PEP 427) or a source distribution (PEP 625), as its name says.</summary>
/// <param name="FileName">As it was sent, and as it is served for ever.</param>
/// <param name="IsWheel">False for a source distribution.</param>
/// <param name="Project">The name of the project that it says, in normal form.</param>
/// <param name="Version">The version that it says.</param>
/// <param name="Build">What tells it from other files of its release: build number and tags of a wheel, nothing for a source.</param>
public sealed partial record DistributionFile(string FileName, bool IsWheel, string Project, PythonVersion Version, string Build)
{
    /// <summary>Of a name; no operating system has room for more than 255.</summary>
    public const int MaxLength = 240;

    private const string Wheel = ".whl";
    private const string Source = ".tar.gz";

    /// <summary>Reads a file's name.</summary>
    /// <param name="fileName">Without folders.</param>
    /// <param name="refusal">What is wrong and what to do, as a sentence.</param>
    public static DistributionFile? Parse(string fileName, out string? refusal)
    {
        refusal = fileName.Length > MaxLength ? $"The file's name has more than {MaxLength} characters."
            : !Characters().IsMatch(fileName) ? "The file's name has characters in it that no wheel and no source distribution has. "
                + "Build it again with a current tool."
            : null;
        if (refusal is not null) return null;
        var file = fileName.EndsWith(Wheel, StringComparison.Ordinal) ? ParseWheel(fileName, fileName[..^Wheel.Length])
            : fileName.EndsWith(Source, StringComparison.Ordinal) ? ParseSource(fileName, fileName[..^Source.Length])
            : null;
        refusal = file is null
            ? "The file's name is neither 'NAME-VERSION-PYTHON-ABI-PLATFORM.whl' nor 'NAME-VERSION.tar.gz'. "
                + "Build it with 'python -m build', and upload what it makes unchanged."
            : null;
        return file;
    }

    private static DistributionFile? ParseWheel(string fileName, string stem)
    {
        var parts = stem.Split('-');
        if (parts.Length is not (5 or 6) || parts.Any(static p => p.Length == 0)) return null;
        if (parts.Length == 6 && !char.IsAsciiDigit(parts[2][0])) return null;
        return ProjectName.Refuse(parts[0]) is null && PythonVersion.Parse(parts[1]) is { } version
            ? new DistributionFile(fileName, true, ProjectName.Normalize(parts[0]), version,
                string.Join('-', parts[2..]).ToLowerInvariant())
            : null;
    }

    /// <summary>
    /// The name ends where a version begins; older tools leave '-' in the name, so the last one after which a version stands counts.
    /// </summary>
    private static DistributionFile? ParseSource(string fileName, string stem)
    {
        for (var at = stem.LastIndexOf('-'); at > 0; at = stem.LastIndexOf('-', at - 1))
        {
            if (PythonVersion.Parse(stem[(at + 1)..]) is { } version && ProjectName.Refuse(stem[..at]) is null)
                return new DistributionFile(fileName, false, ProjectName.Normalize(stem[..at]), version, "");
        }

        return null;
    }

    [GeneratedRegex(@"^[A-Za-z0-9][A-Za-z0-9._+!-]*\z",
        RegexOptions.CultureInvariant | RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Characters();
}
