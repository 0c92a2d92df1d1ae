using System.Text.RegularExpressions;

namespace Auxo.Locks;

/// <summary>
/// <c>requirements.txt</c> as <c>pip freeze</c>, pip-compile and uv write it: a package a line, each with its exact version. A file in
/// which one has none locks nothing, and is refused.
/// </summary>
public static partial class RequirementsFile
{
    private const string Whole = "Write it with 'pip freeze', 'pip-compile' or 'uv pip compile', which name all.";

    /// <summary>Reads the packages of indexes; folders and addresses are none.</summary>
    /// <exception cref="LockFormatException">A line names no exact version, or another file.</exception>
    public static IReadOnlyList<LockedPackage> Read(string text)
    {
        var found = new List<LockedPackage>();
        var (number, joined) = (0, "");
        foreach (var raw in text.Split('\n').Select(static line => line.TrimEnd('\r')))
        {
            number++;
            joined += raw.EndsWith('\\') ? raw[..^1] : raw;
            if (raw.EndsWith('\\')) continue;
            var line = Comment().Replace(joined, "").Trim();
            joined = "";
            if (line.Length == 0) continue;
            if (Includes().IsMatch(line)) throw new LockFormatException(
                $"line {number} includes another file. Fetch for that file by itself, or write one whole file: {Whole}");
            // Options, folders, and packages that lie somewhere else than in an index.
            if (line[0] is '-' or '.' or '/' || line.Contains("://", StringComparison.Ordinal)) continue;
            if (Pinned().Match(line) is not { Success: true } match)
                throw new LockFormatException($"line {number} names no exact version: '{Shown(line)}'. {Whole}");
            LockJson.Add(found, new LockedPackage(match.Groups["name"].Value, match.Groups["version"].Value, raw));
        }

        return found;
    }

    private static string Shown(string line) => line.Length > 60 ? line[..59] + "…" : line;

    [GeneratedRegex(@"(^|[ \t])#.*\z", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Comment();

    [GeneratedRegex(@"^(-r|--requirement)([ \t=]|\z)",
        RegexOptions.CultureInvariant | RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Includes();

    [GeneratedRegex(@"^(?<name>[A-Za-z0-9][A-Za-z0-9._-]*)[ \t]*(\[[^\]]*\])?[ \t]*===?[ \t]*(?<version>[^ \t;,*]+)[ \t]*([;-].*)?\z",
        RegexOptions.CultureInvariant | RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Pinned();
}
