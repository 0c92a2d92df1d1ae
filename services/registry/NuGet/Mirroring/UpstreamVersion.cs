using System.Text.Json;

using Auxo.Registry.NuGet.Protocol;
using Auxo.Registry.NuGet.Reading;
using Auxo.Registry.Packages;

using NuGet.Versioning;

namespace Auxo.Registry.NuGet.Mirroring;

/// <summary>A version as upstream's registration tells it.</summary>
/// <param name="Listed">As it is shown here.</param>
/// <param name="KnownSince">When it came, or, of one that is not listed, when upstream last touched it; null when it is not said.</param>
/// <param name="Catalog">Where more is known of it; null for nowhere.</param>
/// <param name="Hash">Of the package, as subresource integrity writes it; null when the registration does not say.</param>
internal sealed record UpstreamVersion(ListedVersion Listed, DateTimeOffset? KnownSince, Uri? Catalog, string? Hash)
{
    private const int MaxText = 32 << 10;

    /// <summary>Reads an entry of a page; null when it is none.</summary>
    /// <param name="leaf">The entry.</param>
    /// <param name="id">The package that was asked for, in normal form.</param>
    /// <param name="page">The address of the document that it stands in.</param>
    public static UpstreamVersion? Read(JsonElement leaf, string id, Uri page)
    {
        if (leaf.ValueKind != JsonValueKind.Object || !leaf.TryGetProperty("catalogEntry", out var entry)
            || UpstreamJson.Text(entry, "id") is not { } name || PackageId.Normalize(name) != id
            || PackageId.ParseVersion(UpstreamJson.Text(entry, "version")) is not { } version) return null;
        var published = UpstreamJson.Time(entry, "published");
        var listed = entry.TryGetProperty("listed", out var flag) ? flag.ValueKind != JsonValueKind.False
            : published is not { Year: <= 1900 };
        var since = published is { Year: > 1900 } ? published : UpstreamJson.Time(leaf, "commitTimeStamp");
        Dictionary<string, string> marks = listed ? [] : new() { ["unlisted"] = "" };
        return new UpstreamVersion(
            new ListedVersion(
                new StoredVersion(PackageId.Normalize(version), "", since ?? DateTimeOffset.UnixEpoch, "", marks, []), version)
            {
                Nuspec = NuspecOf(entry, name, version), Deprecation = Member(entry, "deprecation", JsonValueKind.Object),
                Vulnerabilities = Member(entry, "vulnerabilities", JsonValueKind.Array),
            },
            since, UpstreamJson.Address(entry, "@id", page), HashOf(entry));
    }

    /// <summary>The hash that a catalog's leaf, or an entry that has it in itself, says; null for none.</summary>
    public static string? HashOf(JsonElement entry)
        => UpstreamJson.Text(entry, "packageHash") is { Length: > 0 } hash
            && UpstreamJson.Text(entry, "packageHashAlgorithm") is { } algorithm
            ? $"{algorithm.ToLowerInvariant()}-{hash}" : null;

    private static Nuspec NuspecOf(JsonElement entry, string id, NuGetVersion version)
    {
        string? Text(string name) => UpstreamJson.Text(entry, name) is { Length: > 0 and <= MaxText } text ? text : null;
        string Words(string name, string between) => Text(name) ?? string.Join(between, UpstreamJson.List(entry, name)
            .Where(static w => w.ValueKind == JsonValueKind.String).Select(static w => w.GetString()));
        return new Nuspec(
            id, version.ToFullString(), Words("authors", ", "), Text("description") ?? "", Text("title"),
                Text("summary"), Words("tags", " "),
            Text("projectUrl"), Text("iconUrl"), Text("licenseUrl"), Text("licenseExpression"), Text("minClientVersion"),
            entry.TryGetProperty("requireLicenseAcceptance", out var accept) && accept.ValueKind == JsonValueKind.True, null, [],
            [.. UpstreamJson.List(entry, "dependencyGroups").Select(static g => new NuspecGroup(
                UpstreamJson.Text(g, "targetFramework") is { Length: > 0 } framework ? framework : null,
                [.. UpstreamJson.List(g, "dependencies")
                    .Select(static d => (Id: UpstreamJson.Text(d, "id"), Range: UpstreamJson.Text(d, "range")))
                    .Where(static d => d.Id is not null && PackageId.Refuse(d.Id) is null)
                    .Select(static d => new NuspecDependency(d.Id!, d.Range is { Length: > 0 } range ? range : "(, )"))]))]);
    }

    private static JsonElement? Member(JsonElement entry, string name, JsonValueKind kind)
        => entry.TryGetProperty(name, out var value) && value.ValueKind == kind ? value.Clone() : null;
}
