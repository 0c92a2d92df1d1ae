using System.Text.Json;

using Auxo.Reports.Reading;

namespace Auxo.Reports.Components;

/// <summary>CycloneDX in JSON and XML. Components in components count too; those that are its tools or its subject do not.</summary>
internal static class CycloneDx
{
    public static readonly ReportFormat Json = new("cyclonedx-json", ReportKind.Components,
        static g => !g.IsList && g.Has("bomFormat"), ReadJson);

    public static readonly ReportFormat Xml = new("cyclonedx-xml", ReportKind.Components,
        static g => g.Root == "bom"
            && g.Attributes.Any(static a => a.StartsWith("http://cyclonedx.org/schema/bom/", StringComparison.Ordinal)),
        ReadXml);

    private static ComponentReport ReadJson(ReportFormat format, ReadOnlyMemory<byte> content)
    {
        using var json = JsonText.Parse(content);
        var found = new List<ReportedComponent>();
        var open = new Stack<JsonElement>(json.RootElement.Get("components").Each().Reverse());
        while (open.TryPop(out var component))
        {
            Add(found, component.Get("type").Text(), component.Get("name").Text(), component.Get("version").Text(),
                component.Get("purl").Text());
            foreach (var inner in component.Get("components").Each().Reverse()) open.Push(inner);
        }

        return new ComponentReport(format, json.RootElement.Get("specVersion").Text(40) ?? "", found);
    }

    private static ComponentReport ReadXml(ReportFormat format, ReadOnlyMemory<byte> content)
    {
        using var xml = new XmlElements(content);
        var found = new List<ReportedComponent>();
        var version = "";
        var inMetadata = false;
        var open = new Stack<Part>();
        while (xml.Next())
        {
            if (xml.Depth == 0 && xml.IsStart) version = (xml["xmlns"] ?? "").Split('/')[^1];
            if (xml is { Depth: 1, Name: "metadata" }) inMetadata = xml.IsStart && !xml.IsEmpty;
            if (inMetadata) continue;
            if (xml.Name == "component")
            {
                if (xml.IsStart && !xml.IsEmpty) open.Push(new Part(xml.Depth, xml.NameOf("type"), found.Count));
                else if (!xml.IsStart) open.TryPop(out _);
                if (xml.IsStart) Add(found, xml.NameOf("type"), "", "", null);
            }
            else if (xml.IsStart && open.TryPeek(out var part) && xml.Depth == part.Depth + 1 && xml.Name is "name" or "version" or "purl")
            {
                var (field, text) = (xml.Name, xml.Text(ReportLimits.Name).Trim());
                var so = found[part.Index];
                found[part.Index] = field switch
                {
                    "name" => so with { Name = text }, "version" => so with { Version = text }, _ => so with { PackageUrl = text },
                };
            }
        }

        return new ComponentReport(format, version, found);
    }

    private static void Add(List<ReportedComponent> found, string? type, string? name, string? version, string? url)
    {
        if (found.Count == ReportLimits.Entries) throw new ContentException($"more than {ReportLimits.Entries} components");
        found.Add(new ReportedComponent(type ?? "", name ?? "", version ?? "", url));
    }

    private sealed record Part(int Depth, string Type, int Index);
}
