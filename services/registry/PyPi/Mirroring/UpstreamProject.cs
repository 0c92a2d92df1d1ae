using System.Text.Json;
using System.Text.RegularExpressions;

using Auxo.Registry.PyPi.Versions;

namespace Auxo.Registry.PyPi.Mirroring;

/// <summary>A file as upstream offers it.</summary>
/// <param name="FileName">Its name.</param>
/// <param name="Address">Where upstream has it.</param>
/// <param name="Sha256">What it has to be, in hex digits.</param>
/// <param name="Version">Of which release it is; null where its name, of an old kind, does not say.</param>
/// <param name="SizeBytes">Its length; null when it is not said.</param>
/// <param name="UploadedAt">When upstream got it; null when it is not said.</param>
/// <param name="RequiresPython">Which Pythons it runs on; null for all.</param>
/// <param name="MetadataSha256">Of the metadata beside it; null when there is none.</param>
/// <param name="Yanked">Null when it is not; else why, which may be empty.</param>
public sealed record UpstreamFile(
    string FileName, Uri Address, string Sha256, PythonVersion? Version, long? SizeBytes, DateTimeOffset? UploadedAt,
    string? RequiresPython, string? MetadataSha256, string? Yanked);

/// <summary>A project as upstream's page (PEP 691, JSON) tells it.</summary>
/// <param name="Versions">As upstream lists them; empty when it lists none.</param>
/// <param name="Files">Those that can be verified and installed; a file without a SHA-256 is left out.</param>
public sealed partial record UpstreamProject(IReadOnlyList<string> Versions, IReadOnlyList<UpstreamFile> Files)
{
    private const int MaxFiles = 100_000;

    /// <summary>Reads upstream's page.</summary>
    /// <param name="json">The page.</param>
    /// <param name="page">Its address, to which others in it are relative.</param>
    /// <exception cref="JsonException">It is no such page.</exception>
    public static UpstreamProject Read(ReadOnlyMemory<byte> json, Uri page)
    {
        using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 16 });
        if (document.RootElement.ValueKind != JsonValueKind.Object
            || !document.RootElement.TryGetProperty("files", out var files) || files.ValueKind != JsonValueKind.Array)
            throw new JsonException("The page has no list 'files'.");
        var versions = document.RootElement.TryGetProperty("versions", out var listed) && listed.ValueKind == JsonValueKind.Array
            ? listed.EnumerateArray().Where(static v => v.ValueKind == JsonValueKind.String).Select(static v => v.GetString()!) : [];
        return new UpstreamProject(
            [.. versions.Where(static v => PythonVersion.Parse(v) is not null).Take(MaxFiles)],
            [.. files.EnumerateArray().Take(MaxFiles).Select(f => FileOf(f, page)).OfType<UpstreamFile>()]);
    }

    private static UpstreamFile? FileOf(JsonElement file, Uri page)
    {
        if (file.ValueKind != JsonValueKind.Object || Text(file, "filename") is not { } name || !Name().IsMatch(name)
            || name.Length > DistributionFile.MaxLength || Text(file, "url") is not { } url || !Uri.TryCreate(page, url, out var address)
            || address.Scheme is not ("http" or "https") || address.Scheme == "http" && page.Scheme == "https"
            || Sha256(file, "hashes") is not { } sha256)
            return null;
        return new UpstreamFile(
            name, address, sha256, DistributionFile.Parse(name, out _)?.Version,
            file.TryGetProperty("size", out var size) && size.ValueKind == JsonValueKind.Number
                && size.TryGetInt64(out var bytes) ? bytes : null,
            file.TryGetProperty("upload-time", out var at) && at.ValueKind == JsonValueKind.String
                && at.TryGetDateTimeOffset(out var moment)
                ? moment : null,
            Text(file, "requires-python"), Sha256(file, "core-metadata") ?? Sha256(file, "dist-info-metadata"),
            file.TryGetProperty("yanked", out var yanked)
                ? yanked.ValueKind switch { JsonValueKind.True => "", JsonValueKind.String => yanked.GetString(), _ => null }
                : null);
    }

    private static string? Text(JsonElement file, string name)
        => file.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static string? Sha256(JsonElement file, string name)
        => file.TryGetProperty(name, out var hashes) && hashes.ValueKind == JsonValueKind.Object
            && Text(hashes, "sha256") is { Length: 64 } hex
            && hex.All(char.IsAsciiHexDigit) ? hex.ToLowerInvariant() : null;

    /// <summary>What is installed today, and the two oldest kinds of source distributions.</summary>
    [GeneratedRegex(@"^[A-Za-z0-9][A-Za-z0-9._+!-]*\.(whl|tar\.gz|zip|tar\.bz2)\z",
        RegexOptions.CultureInvariant | RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Name();
}
