using System.Text.Json;

using NuGet.Versioning;

namespace Auxo.Pipeline.Checks.Advisories;

/// <summary>
/// The <c>VulnerabilityInfo</c> of a NuGet service index: a few pages that together name all vulnerable versions of all packages.
/// </summary>
internal sealed class NuGetAdvisories(KnownAnswers answers, string upstream) : IAdvisories
{
    /// <summary>There are two: a large one, and what came after it.</summary>
    private const int MostPages = 8;

    private static readonly string[] Levels = ["low", "medium", "high", "critical"];

    private AdvisoryData? _last;

    /// <inheritdoc/>
    public async Task<AdvisoryData> AskAsync(string blob, Func<Task<IReadOnlyList<LockedPackage>>> packages, CancellationToken ct)
    {
        var index = await answers.GetAsync(answers.Address(upstream), "index", body: null, ReadIndex, ct);
        var list = await answers.GetAsync(Named(index.Value), "pages", body: null, ReadPages, ct);
        List<KnownAnswer<IReadOnlyDictionary<string, IReadOnlyList<Advisory>>>> pages = [];
        foreach (var page in list.Value) pages.Add(await answers.GetAsync(Named(page), "page", body: null, ReadPage, ct));
        var version = string.Join('+', pages.Select(static page => page.Digest[..16]));
        var trouble = index.Trouble ?? list.Trouble ?? pages.Select(static page => page.Trouble).FirstOrDefault(static t => t is not null);
        var asked = pages.Select(static page => page.AskedAt).Append(list.AskedAt).Min();
        if (_last is { } last && last.Version == version) return _last = last with { AskedAt = asked, Trouble = trouble };
        var all = pages.SelectMany(static page => page.Value).GroupBy(static pair => pair.Key, StringComparer.OrdinalIgnoreCase)
            .ToDictionary(
                static group => group.Key,
                static IReadOnlyList<Advisory> (group) => [.. group.SelectMany(static pair => pair.Value).Distinct()],
                StringComparer.OrdinalIgnoreCase);
        return _last = new AdvisoryData(version, asked, all, trouble);
    }

    /// <inheritdoc/>
    public (bool IsHit, string? FixedIn)? Meet(string range, string version)
    {
        if (!NuGetVersion.TryParse(version, out var exact) || !VersionRange.TryParse(range, out var versions)) return null;
        if (!versions.Satisfies(exact)) return (false, null);
        return (true, versions is { HasUpperBound: true, IsMaxInclusive: false } ? versions.MaxVersion!.ToNormalizedString() : null);
    }

    /// <summary>The address of the resource.</summary>
    internal static string ReadIndex(ReadOnlyMemory<byte> content)
    {
        using var json = JsonDocument.Parse(content);
        foreach (var resource in List(json.RootElement, "resources"))
        {
            if (resource.ValueKind != JsonValueKind.Object || !resource.TryGetProperty("@type", out var type)) continue;
            var types = type.ValueKind == JsonValueKind.Array ? type.EnumerateArray() : Enumerable.Repeat(type, 1);
            if (types.Any(static t => t.ValueKind == JsonValueKind.String
                && t.GetString()!.StartsWith("VulnerabilityInfo/", StringComparison.Ordinal))
                && LockJson.Text(resource, "@id") is { } address) return address;
        }

        throw new AdvisoryException("its service index names no VulnerabilityInfo: it knows no advisories");
    }

    /// <summary>The addresses of the pages.</summary>
    internal static IReadOnlyList<string> ReadPages(ReadOnlyMemory<byte> content)
    {
        using var json = JsonDocument.Parse(content);
        if (json.RootElement.ValueKind != JsonValueKind.Array || json.RootElement.GetArrayLength() > MostPages) throw new FormatException();
        return [.. json.RootElement.EnumerateArray().Select(static page => LockJson.Text(page, "@id") ?? throw new FormatException())];
    }

    /// <summary>One page.</summary>
    internal static IReadOnlyDictionary<string, IReadOnlyList<Advisory>> ReadPage(ReadOnlyMemory<byte> content)
    {
        using var json = JsonDocument.Parse(content);
        if (json.RootElement.ValueKind != JsonValueKind.Object) throw new FormatException();
        var found = new Dictionary<string, IReadOnlyList<Advisory>>(StringComparer.OrdinalIgnoreCase);
        foreach (var package in json.RootElement.EnumerateObject())
        {
            if (package.Value.ValueKind != JsonValueKind.Array) throw new FormatException();
            found[package.Name] = [.. package.Value.EnumerateArray().Select(One)];
        }

        return found;
    }

    private static Advisory One(JsonElement item)
        => new(
            AdvisoryLevel.IdOfPage(LockJson.Text(item, "url")) ?? AdvisoryLevel.NoId,
            LockJson.Number(item, "severity") is { } number and >= 0 && number < Levels.Length ? Levels[number] : "unknown",
            Title: null, LockJson.Text(item, "versions") ?? "");

    private static JsonElement.ArrayEnumerator List(JsonElement element, string name)
        => element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var list) && list.ValueKind == JsonValueKind.Array
            ? list.EnumerateArray()
            : throw new FormatException();

    /// <summary>An address that an answer names: an index that is read over TLS names no page that is not.</summary>
    private Uri Named(string text)
    {
        var address = answers.Address(text);
        return address.Scheme == Uri.UriSchemeHttp && upstream.StartsWith("https:", StringComparison.OrdinalIgnoreCase)
            ? throw new AdvisoryException($"{address.Host}: it names a page without TLS")
            : address;
    }
}
