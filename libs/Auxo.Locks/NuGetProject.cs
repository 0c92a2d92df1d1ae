using System.Xml;
using System.Xml.Linq;

using NuGet.Versioning;

namespace Auxo.Locks;

/// <summary>
/// Projects, <c>Directory.Packages.props</c> and <c>packages.config</c>: the packages whose version is written there. What MSBuild would
/// have to compute, and what those packages bring along, only a lock file says.
/// </summary>
public static class NuGetProject
{
    private static readonly string[] Elements = ["PackageReference", "PackageVersion", "GlobalPackageReference", "package"];

    /// <summary>Reads the packages with fixed versions.</summary>
    /// <exception cref="LockFormatException">It is no XML.</exception>
    public static IReadOnlyList<LockedPackage> Read(string text)
    {
        var found = new List<LockedPackage>();
        foreach (var element in Load(text).Descendants().Where(static e => Elements.Contains(e.Name.LocalName, StringComparer.Ordinal)))
        {
            var name = Value(element, "Include") ?? Value(element, "Update") ?? Value(element, "id");
            var version = Value(element, "VersionOverride") ?? Value(element, "Version") ?? Value(element, "version");
            if (name is not null && version is not null && Fixed(version) is { } exact)
                LockJson.Add(found, new LockedPackage(name, exact, $"\"{name}\""));
        }

        return found;
    }

    /// <summary><c>1.2.3</c> is the least version, and nearly always the one that is taken; <c>[1.2.3]</c> is exactly that one.</summary>
    private static string? Fixed(string version)
    {
        if (NuGetVersion.TryParse(version, out var exact)) return exact.ToNormalizedString();
        return VersionRange.TryParse(version, out var range) && range is { HasLowerAndUpperBounds: true, IsFloating: false }
            && range.MinVersion == range.MaxVersion ? range.MinVersion!.ToNormalizedString() : null;
    }

    private static string? Value(XElement element, string name)
        => element.Attribute(name)?.Value.Trim()
            ?? element.Elements().FirstOrDefault(child => child.Name.LocalName == name)?.Value.Trim();

    private static XDocument Load(string text)
    {
        try
        {
            using var reader = XmlReader.Create(new StringReader(text.TrimStart('\uFEFF')), new XmlReaderSettings
            {
                DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null, MaxCharactersInDocument = 16 << 20,
            });
            return XDocument.Load(reader);
        }
        catch (XmlException e)
        {
            throw new LockFormatException($"it is no XML (line {e.LineNumber})");
        }
    }
}
