using System.Text.Json.Serialization;

namespace Auxo.Registry.NuGet.Protocol;

/// <summary>What a feed can do, and where.</summary>
public sealed record ServiceIndex(string Version, IReadOnlyList<ServiceResource> Resources)
{
    /// <summary>
    /// Every name under which a client looks for a resource: each knows a few of them only, and takes a resource under another
    /// name for one that is not there.
    /// </summary>
    private static readonly (string Path, string[] Types)[] All =
    [
        ("/flat/", ["PackageBaseAddress/3.0.0"]),
        ("/registration/", ["RegistrationsBaseUrl", "RegistrationsBaseUrl/3.0.0-beta", "RegistrationsBaseUrl/3.0.0-rc",
            "RegistrationsBaseUrl/3.4.0", "RegistrationsBaseUrl/3.6.0", "RegistrationsBaseUrl/Versioned"]),
        ("/search", ["SearchQueryService", "SearchQueryService/3.0.0-beta", "SearchQueryService/3.0.0-rc", "SearchQueryService/3.4.0",
            "SearchQueryService/3.5.0", "SearchQueryService/Versioned"]),
        ("/autocomplete", ["SearchAutocompleteService", "SearchAutocompleteService/3.0.0-beta", "SearchAutocompleteService/3.0.0-rc",
            "SearchAutocompleteService/3.5.0", "SearchAutocompleteService/Versioned"]),
        ("/push", ["PackagePublish/2.0.0"]),
        ("/symbols", ["SymbolPackagePublish/4.9.0"]),
        ("/flat/{lower_id}/{lower_version}/readme", ["ReadmeUriTemplate/6.13.0"]),
        ("/vulnerabilities/index.json", ["VulnerabilityInfo/6.7.0"]),
    ];

    /// <summary>The index of a feed at this address.</summary>
    public static ServiceIndex At(string address)
        => new("3.0.0", [.. All.SelectMany(r => r.Types.Select(type => new ServiceResource(address + r.Path, type)))]);
}

/// <summary>A resource under one of its names.</summary>
/// <param name="Id">Where it is.</param>
/// <param name="Type">Its name and version.</param>
public sealed record ServiceResource([property: JsonPropertyName("@id")] string Id, [property: JsonPropertyName("@type")] string Type);
