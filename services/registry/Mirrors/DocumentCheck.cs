using System.Text.Json;
using System.Text.Unicode;

using Auxo.Registry.Repositories;

namespace Auxo.Registry.Mirrors;

/// <summary>
/// Whether what upstream sent is a document of the kind that it was asked for. It is looked at before it takes the
/// place of the one that is kept: a page that wants somebody to log in, or half a list, would be all that is left when
/// upstream goes away.
/// </summary>
internal static class DocumentCheck
{
    /// <summary>
    /// A reader needs a dozen bytes for each value, so that many small ones take much more memory than they have bytes.
    /// The longest list of versions that is known has two million.
    /// </summary>
    private const int MostValues = 10_000_000;

    /// <summary>Whether documents that were asked for in this form are looked at; those of JSON are.</summary>
    public static bool Looks(string accept) => accept.Contains("json", StringComparison.Ordinal);

    /// <summary>Whether it is one.</summary>
    /// <param name="format">Of the mirror.</param>
    /// <param name="key">What it is kept under.</param>
    /// <param name="document">What came.</param>
    public static bool Fits(string format, string key, ReadOnlySpan<byte> document)
    {
        var isPackage = format == RepositoryFormats.Npm && !key.StartsWith("-/", StringComparison.Ordinal);
        var isProject = format == RepositoryFormats.PyPi;
        try
        {
            return Utf8.IsValid(document) && Read(document) is var (name, members)
                && (!isPackage || name == key && members.Contains("versions"))
                && (!isProject || members.Contains("files"));
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // The latter: a text with half a character in it, over which whoever reads it would fall.
            return false;
        }
    }

    /// <summary>The name that it gives itself, and its lists and objects; null when it is something else, or too
    /// much.</summary>
    private static (string? Name, HashSet<string> Members)? Read(ReadOnlySpan<byte> document)
    {
        var reader = new Utf8JsonReader(document);
        var (name, member, members) = ((string?)null, "", new HashSet<string>(StringComparer.Ordinal));
        var (values, isList) = (0, false);
        while (reader.Read())
        {
            if (++values > MostValues) return null;
            if (values == 1)
            {
                if (reader.TokenType is not (JsonTokenType.StartObject or JsonTokenType.StartArray)) return null;
                isList = reader.TokenType == JsonTokenType.StartArray;
            }

            var isText = reader.TokenType is JsonTokenType.PropertyName or JsonTokenType.String;
            if (isText && reader.ValueIsEscaped) reader.GetString();
            if (isList || reader.CurrentDepth != 1) continue;
            if (reader.TokenType == JsonTokenType.PropertyName) member = reader.GetString()!;
            else if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray) members.Add(member);
            else if (reader.TokenType == JsonTokenType.String && member == "name") name = reader.GetString();
        }

        return values > 0 ? (name, members) : null;
    }
}
