using System.Text.Json;

using Semver;

namespace Auxo.Pipeline.Checks.Advisories;

/// <summary>
/// The bulk endpoint of an npm registry: it is given the names and versions of a lock file, and answers with what is known of them.
/// </summary>
internal sealed class NpmAdvisories(KnownAnswers answers, string upstream) : IAdvisories
{
    private const string Bulk = "-/npm/v1/security/advisories/bulk";

    /// <inheritdoc/>
    public async Task<AdvisoryData> AskAsync(string blob, Func<Task<IReadOnlyList<LockedPackage>>> packages, CancellationToken ct)
    {
        var address = answers.Address(upstream.TrimEnd('/') + "/" + Bulk);
        var answer = await answers.GetAsync(address, blob, async () => Question(await packages()), Read, ct);
        return new AdvisoryData(answer.Digest, answer.AskedAt, answer.Value, answer.Trouble);
    }

    /// <inheritdoc/>
    public (bool IsHit, string? FixedIn)? Meet(string range, string version)
    {
        if (!SemVersion.TryParse(version, SemVersionStyles.Any, out var exact)
            || !SemVersionRange.TryParseNpm(range, includeAllPrerelease: true, out var versions)) return null;
        var hit = versions.FirstOrDefault(part => part.Contains(exact));
        if (hit is null) return (false, null);
        if (hit is not { End: { } end, EndInclusive: false }) return (true, null);
        // Behind '<9' lies everything from the first preview of 9 on; the version that people mean is 9.
        return (true, (end.Prerelease == "0" ? end.WithoutPrerelease() : end).ToString());
    }

    /// <summary>Names with all their versions.</summary>
    internal static byte[] Question(IReadOnlyList<LockedPackage> packages)
    {
        var body = new MemoryStream();
        using (var json = new Utf8JsonWriter(body))
        {
            json.WriteStartObject();
            foreach (var package in packages.GroupBy(static package => package.Name, StringComparer.Ordinal))
            {
                json.WriteStartArray(package.Key);
                foreach (var version in package.Select(static one => one.Version).Distinct(StringComparer.Ordinal))
                    json.WriteStringValue(version);
                json.WriteEndArray();
            }

            json.WriteEndObject();
        }

        return body.ToArray();
    }

    /// <summary>Reads an answer; what was withdrawn is none.</summary>
    internal static IReadOnlyDictionary<string, IReadOnlyList<Advisory>> Read(ReadOnlyMemory<byte> content)
    {
        using var json = JsonDocument.Parse(content);
        if (json.RootElement.ValueKind != JsonValueKind.Object) throw new FormatException();
        var found = new Dictionary<string, IReadOnlyList<Advisory>>(StringComparer.Ordinal);
        foreach (var package in json.RootElement.EnumerateObject())
        {
            if (package.Value.ValueKind != JsonValueKind.Array) throw new FormatException();
            found[package.Name] = [.. package.Value.EnumerateArray().Select(One).OfType<Advisory>()];
        }

        return found;
    }

    private static Advisory? One(JsonElement item)
    {
        if (item.ValueKind != JsonValueKind.Object) throw new FormatException();
        if (LockJson.Text(item, "withdrawn_at") is not null) return null;
        var number = LockJson.Number(item, "id") is { } id ? $"npm-{id}" : null;
        return new Advisory(
            AdvisoryLevel.IdOfPage(LockJson.Text(item, "url")) ?? number ?? AdvisoryLevel.NoId,
            AdvisoryLevel.Of(LockJson.Text(item, "severity")), LockJson.Text(item, "title"),
            LockJson.Text(item, "vulnerable_versions") ?? "");
    }
}
