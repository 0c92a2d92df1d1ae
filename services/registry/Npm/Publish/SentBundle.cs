using System.Text;
using System.Text.Json;

namespace Auxo.Registry.Npm.Publish;

/// <summary>
/// A Sigstore bundle that came with a version: who built it and from what. It is kept and served as it was sent; who trusts it checks
/// its signature himself.
/// </summary>
/// <param name="Json">The bundle.</param>
/// <param name="MediaType">As it was sent.</param>
/// <param name="PredicateType">What its statement is about.</param>
internal sealed record SentBundle(string Json, string MediaType, string PredicateType)
{
    private const int MaxBytes = 4 << 20;

    /// <summary>The one of a request; null when there is none.</summary>
    /// <exception cref="UnreadableBodyException">It is none, or about another tarball.</exception>
    public static SentBundle? From(JsonElement root, SentTarball tarball)
    {
        var found = root.GetProperty("_attachments").EnumerateObject()
            .Where(static a => a.Name.EndsWith(".sigstore", StringComparison.Ordinal)).ToList();
        if (found.Count == 0) return null;
        var attachment = found[0].Value;
        if (found.Count > 1 || attachment.ValueKind != JsonValueKind.Object
            || !attachment.TryGetProperty("data", out var data) || data.ValueKind != JsonValueKind.String
            || data.GetString() is not { Length: <= MaxBytes } json)
            throw new UnreadableBodyException("has a Sigstore attachment whose 'data' is no text of at most 4 MiB");
        var type = attachment.TryGetProperty("content_type", out var said) && said.ValueKind == JsonValueKind.String
            ? said.GetString()! : "application/vnd.dev.sigstore.bundle+json";
        try
        {
            using var bundle = JsonDocument.Parse(json);
            using var statement = JsonDocument.Parse(Convert.FromBase64String(
                bundle.RootElement.GetProperty("dsseEnvelope").GetProperty("payload").GetString()!));
            var digest = Convert.ToHexStringLower(tarball.Blob.Sha512!);
            if (!statement.RootElement.GetProperty("subject").EnumerateArray().Any(
                s => s.GetProperty("digest").GetProperty("sha512").GetString() == digest))
                throw new UnreadableBodyException("has a Sigstore bundle about another tarball");
            return new SentBundle(json, type, statement.RootElement.GetProperty("predicateType").GetString()!);
        }
        catch (Exception e) when (e is JsonException or FormatException or KeyNotFoundException or InvalidOperationException
            or ArgumentNullException)
        {
            throw new UnreadableBodyException("has a Sigstore attachment that is no bundle with an in-toto statement");
        }
    }

    /// <summary>Its bytes.</summary>
    public byte[] Bytes => Encoding.UTF8.GetBytes(Json);
}
