using System.Xml;
using System.Xml.Linq;

using Auxo.Registry.Archives;

using NuGet.Versioning;

namespace Auxo.Registry.NuGet.Reading;

/// <summary>Reads a <c>.nuspec</c>, whatever of its seven namespaces it is written in.</summary>
internal static class NuspecReader
{
    private const int MaxText = 32 << 10;
    private const int MaxDependencies = 10_000;

    /// <summary>Reads it.</summary>
    /// <exception cref="ArchiveRefusedException">It is no nuspec, or lacks what every one has.</exception>
    public static Nuspec Read(byte[] nuspec)
    {
        var metadata = Load(nuspec).Root is { Name.LocalName: "package" } root ? Child(root, "metadata") : null;
        if (metadata is null) throw new ArchiveRefusedException(
            "The package's '.nuspec' is no 'package' with 'metadata' in it. Pack it again.");
        string? Text(string name) => Child(metadata, name)?.Value.Trim() is { Length: > 0 } value
            ? value.Length <= MaxText ? value : throw new ArchiveRefusedException($"'{name}' in the package's '.nuspec' is too long.")
            : null;
        var id = Text("id") ?? "";
        if (PackageId.Refuse(id) is { } wrong) throw new ArchiveRefusedException(wrong);
        if (PackageId.ParseVersion(Text("version")) is null) throw new ArchiveRefusedException(
            "The version in the package's '.nuspec' is none of NuGet's, such as 1.0.0 or 1.0.0-beta.1.");
        var license = Child(metadata, "license");
        return new Nuspec(
            id, Text("version")!, Text("authors") ?? "", Text("description") ?? "", Text("title"), Text("summary"), Text("tags"),
            Address(Text("projectUrl")), Address(Text("iconUrl")), Address(Text("licenseUrl")),
            license?.Attribute("type")?.Value == "expression" ? Text("license") : null, metadata.Attribute("minClientVersion")?.Value,
            Text("requireLicenseAcceptance")?.Equals("true", StringComparison.OrdinalIgnoreCase) == true, Text("readme"),
            [.. Children(Child(metadata, "packageTypes"), "packageType").Select(static t => t.Attribute("name")?.Value).OfType<string>()],
            Groups(Child(metadata, "dependencies")));
    }

    private static XDocument Load(byte[] nuspec)
    {
        try
        {
            using var reader = XmlReader.Create(new MemoryStream(nuspec), new XmlReaderSettings
            {
                DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null, MaxCharactersInDocument = ArchiveLimits.MaxReadBytes,
            });
            return XDocument.Load(reader);
        }
        catch (XmlException e)
        {
            throw new ArchiveRefusedException("The package's '.nuspec' is no XML that can be read. Pack it again.", e);
        }
    }

    private static List<NuspecGroup> Groups(XElement? dependencies)
    {
        var groups = Children(dependencies, "group").Select(static g => new NuspecGroup(
            g.Attribute("targetFramework")?.Value is { Length: > 0 } framework ? framework : null, Dependencies(g))).ToList();
        // Without groups, the oldest form, they count for every framework.
        var plain = dependencies is null ? [] : Dependencies(dependencies);
        if (plain.Count > 0) groups.Add(new NuspecGroup(null, plain));
        return groups.Sum(static g => g.Dependencies.Count) <= MaxDependencies
            ? groups
            : throw new ArchiveRefusedException($"The package needs more than {MaxDependencies} packages.");
    }

    private static List<NuspecDependency> Dependencies(XElement group)
        => [.. Children(group, "dependency").Select(static d =>
        {
            var id = d.Attribute("id")?.Value ?? "";
            if (PackageId.Refuse(id) is { } wrong) throw new ArchiveRefusedException($"A dependency cannot be read. {wrong}");
            var range = d.Attribute("version")?.Value is { Length: > 0 } text
                ? VersionRange.TryParse(text, out var parsed) ? parsed : null
                : VersionRange.All;
            return new NuspecDependency(id, range?.ToNormalizedString() ?? throw new ArchiveRefusedException(
                $"The versions of the dependency '{id}' are no range of NuGet's, such as [1.0.0, 2.0.0)."));
        })];

    /// <summary>Only what may be shown as a link.</summary>
    private static string? Address(string? text)
        => Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" ? text : null;

    private static XElement? Child(XElement parent, string name) => Children(parent, name).FirstOrDefault();

    private static IEnumerable<XElement> Children(XElement? parent, string name)
        => parent?.Elements().Where(e => e.Name.LocalName == name) ?? [];
}
