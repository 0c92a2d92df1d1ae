using System.Text;

using Auxo.Registry.Archives;

namespace Auxo.Registry.PyPi.Reading;

/// <summary>
/// The core metadata of a distribution: fields like those of an e-mail, then the description. Kept are the fields that an index or a
/// person needs; the whole text is in the file.
/// </summary>
/// <param name="Name">As the project writes it.</param>
/// <param name="Version">As it is written.</param>
/// <param name="MetadataVersion">Such as <c>2.4</c>.</param>
/// <param name="RequiresPython">Which Pythons it runs on; null for all.</param>
/// <param name="Summary">One line; null for none.</param>
/// <param name="License">Name or expression; null when it is not said.</param>
/// <param name="HomePage">An address; null for none.</param>
/// <param name="Author">Name, or address; null for none.</param>
/// <param name="RequiresDist">What it needs, a requirement each.</param>
/// <param name="ProjectUrls">Label and address each.</param>
public sealed record CoreMetadata(
    string Name, string Version, string MetadataVersion, string? RequiresPython, string? Summary, string? License, string? HomePage,
    string? Author, IReadOnlyList<string> RequiresDist, IReadOnlyList<string> ProjectUrls)
{
    private const int MaxFieldLength = 64 << 10;
    private const int MaxFields = 10_000;

    /// <summary>Reads <c>METADATA</c> or <c>PKG-INFO</c>.</summary>
    /// <exception cref="ArchiveRefusedException">It is no UTF-8, or lacks what every one has.</exception>
    public static CoreMetadata Read(ReadOnlySpan<byte> text)
    {
        var fields = Fields(Decode(text));
        string? One(string name) => fields.Find(f => f.Name == name).Value is { Length: > 0 } value && value != "UNKNOWN" ? value : null;
        IReadOnlyList<string> All(string name) => [.. fields.Where(f => f.Name == name).Select(static f => f.Value)];
        foreach (var name in (ReadOnlySpan<string>)["metadata-version", "name", "version"])
        {
            if (All(name) is not [{ Length: > 0 }]) throw new ArchiveRefusedException(
                $"The package's metadata must have '{name}' once. Build it again with a current tool.");
        }

        return new CoreMetadata(One("name")!, One("version")!, One("metadata-version")!, One("requires-python"), One("summary"),
            One("license-expression") ?? Line(One("license")), One("home-page"), One("author") ?? One("author-email"),
            All("requires-dist"), All("project-url"));
    }

    private static string Decode(ReadOnlySpan<byte> text)
    {
        try
        {
            return new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true).GetString(text);
        }
        catch (DecoderFallbackException e)
        {
            throw new ArchiveRefusedException("The package's metadata is no UTF-8. Build it again with a current tool.", e);
        }
    }

    /// <summary>Up to the first empty line; a line that begins with a space carries on the field before it.</summary>
    private static List<(string Name, string Value)> Fields(string text)
    {
        var fields = new List<(string Name, string Value)>();
        foreach (var line in text.AsSpan().EnumerateLines())
        {
            if (line.IsEmpty) break;
            if (line.Length > MaxFieldLength || fields.Count > MaxFields) throw new ArchiveRefusedException(
                $"The package's metadata has more than {MaxFields} fields, or one of more than {MaxFieldLength} characters.");
            if (line[0] is ' ' or '\t')
            {
                if (fields.Count > 0 && fields[^1].Value.Length < MaxFieldLength)
                    fields[^1] = (fields[^1].Name, $"{fields[^1].Value}\n{line.Trim()}");
                continue;
            }

            if (line.IndexOf(':') is not (> 0 and var colon)) throw new ArchiveRefusedException(
                "A line of the package's metadata is no 'Name: value'. Build it again with a current tool.");
            fields.Add((line[..colon].ToString().ToLowerInvariant(), line[(colon + 1)..].Trim().ToString()));
        }

        return fields;
    }

    /// <summary>Many put a whole licence text there.</summary>
    private static string? Line(string? text) => text?.IndexOf('\n') is >= 0 and var end ? text[..end] : text;
}
