using System.Text.Json;

namespace Auxo.Registry.Mirrors.Trying;

/// <summary>What an address answered, as far as it was read.</summary>
/// <param name="Status">The status, after redirects.</param>
/// <param name="MediaType">What it says that it sent, in small letters; empty when it does not say.</param>
/// <param name="Begin">The first bytes of the body.</param>
/// <param name="IsWhole">The body has no more.</param>
/// <param name="Marks">Names of schemes and versions in its headers by which a registry of images is known.</param>
internal sealed record UpstreamAnswer(
    int Status, string MediaType, ReadOnlyMemory<byte> Begin, bool IsWhole = true, IReadOnlyList<string>? Marks = null)
{
    /// <summary>It has what was asked for.</summary>
    public bool IsGood => Status == 200;

    /// <summary>It wants a name and a password, or forbids.</summary>
    public bool IsRefusal => Status is 401 or 403;

    /// <summary>A page for people.</summary>
    public bool IsPage => MediaType is "text/html" or "application/xhtml+xml";

    /// <summary>JSON, as far as it was read.</summary>
    public bool IsJson
    {
        get
        {
            try
            {
                var reader = new Utf8JsonReader(Begin.Span, IsWhole, default);
                var first = reader.Read() && reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray;
                while (reader.Read())
                {
                }

                return first;
            }
            catch (JsonException)
            {
                return false;
            }
        }
    }

    /// <summary>In a few words, for a person.</summary>
    public string Words => IsRefusal ? $"it refuses to answer without a name and a password ({Status}), and a mirror asks without"
        : IsGood && IsPage ? "it answers a page for people"
        : IsGood ? $"it answers something else{(MediaType.Length > 0 && MediaType.Length < 80 ? $" ({MediaType})" : "")}"
        : $"it answers {Status}";
}
