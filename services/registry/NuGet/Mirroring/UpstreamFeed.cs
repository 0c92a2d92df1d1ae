using System.Text.Json;

namespace Auxo.Registry.NuGet.Mirroring;

/// <summary>Where upstream has what is asked of it, as its service index says.</summary>
/// <param name="Flat">The packages, by name and version.</param>
/// <param name="Registrations">What is known of them.</param>
/// <param name="Vulnerabilities">The index of what is known to be vulnerable; null for none.</param>
internal sealed record UpstreamFeed(Uri Flat, Uri Registrations, Uri? Vulnerabilities)
{
    private static readonly string[] RegistrationTypes =
        ["RegistrationsBaseUrl/3.6.0", "RegistrationsBaseUrl/Versioned", "RegistrationsBaseUrl/3.4.0", "RegistrationsBaseUrl"];

    /// <summary>Reads a service index.</summary>
    /// <exception cref="JsonException">It is none, or has no packages or registrations.</exception>
    public static UpstreamFeed Read(ReadOnlyMemory<byte> json, Uri index)
    {
        using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 16 });
        if (!UpstreamJson.TryList(document.RootElement, "resources", out var resources))
            throw new JsonException("The service index has no list 'resources'.");
        var all = resources.Where(static r => r.ValueKind == JsonValueKind.Object)
            .Select(r => (Type: UpstreamJson.Text(r, "@type"), Address: UpstreamJson.Address(r, "@id", index)))
            .Where(static r => r is { Type: not null, Address: not null }).ToList();
        Uri? Find(string type) => all.Find(r => r.Type == type).Address;
        return new UpstreamFeed(
            Folder(Find("PackageBaseAddress/3.0.0")) ?? throw new JsonException("The service index names no PackageBaseAddress/3.0.0."),
            Folder(RegistrationTypes.Select(Find).FirstOrDefault(static a => a is not null))
                ?? throw new JsonException("The service index names no RegistrationsBaseUrl."),
            Find("VulnerabilityInfo/6.7.0"));
    }

    private static Uri? Folder(Uri? address) => address is null || address.AbsolutePath.EndsWith('/') ? address : new Uri(address + "/");
}
