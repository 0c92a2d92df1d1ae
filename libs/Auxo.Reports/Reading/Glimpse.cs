using System.Text;
using System.Text.Json;
using System.Xml;

namespace Auxo.Reports.Reading;

/// <summary>What the first bytes of a file show, from which its format is recognised.</summary>
internal sealed record Glimpse(string Path)
{
    private const int Bytes = 256 << 10;

    /// <summary>True when nothing but white space is in it.</summary>
    public bool IsEmpty { get; private init; }

    /// <summary>The name of the first XML element, without prefix; null when it is no XML.</summary>
    public string? Root { get; private init; }

    /// <summary>The first element's namespace and the names of its attributes.</summary>
    public IReadOnlySet<string> Attributes { get; private init; } = new HashSet<string>(StringComparer.Ordinal);

    /// <summary>The name of the first element in it; null for none.</summary>
    public string? Child { get; private init; }

    /// <summary>True when it is JSON whose value is a list.</summary>
    public bool IsList { get; private init; }

    /// <summary>True when it is a JSON list without entries.</summary>
    public bool IsEmptyList { get; private init; }

    /// <summary>The names of the outermost JSON object; of a list, those of its first object. Null when it is no JSON.</summary>
    public IReadOnlySet<string>? Keys { get; private init; }

    /// <summary>The names one level below <see cref="Keys"/>.</summary>
    public IReadOnlySet<string> InnerKeys { get; private init; } = new HashSet<string>(StringComparer.Ordinal);

    /// <summary>The first lines, of a file that is neither XML nor JSON.</summary>
    public IReadOnlyList<string> Lines { get; private init; } = [];

    /// <summary>Looks at the beginning of a file.</summary>
    public static Glimpse Of(ReadOnlySpan<byte> content, string path)
    {
        var head = content.Length > Bytes ? content[..Bytes] : content;
        var text = head.StartsWith(Encoding.UTF8.Preamble) ? head[3..] : head;
        text = text.TrimStart(" \t\r\n"u8);
        if (text.IsEmpty) return new Glimpse(path) { IsEmpty = true };
        return text[0] switch
        {
            (byte)'<' or 0xFE or 0xFF => OfXml(head, path),
            (byte)'{' or (byte)'[' => OfJson(text, path),
            _ => new Glimpse(path) { Lines = [.. Encoding.UTF8.GetString(head).Split('\n', 200).Select(static l => l.TrimEnd('\r'))] },
        };
    }

    /// <summary>True when an object has all these names.</summary>
    public bool Has(params ReadOnlySpan<string> names)
    {
        if (Keys is null) return false;
        foreach (var name in names)
        {
            if (!Keys.Contains(name)) return false;
        }

        return true;
    }

    /// <summary>True when the path ends so.</summary>
    public bool EndsWith(string ending) => Path.EndsWith(ending, StringComparison.OrdinalIgnoreCase);

    private static Glimpse OfXml(ReadOnlySpan<byte> head, string path)
    {
        string? root = null;
        var attributes = new HashSet<string>(StringComparer.Ordinal);
        try
        {
            using var xml = XmlReader.Create(new MemoryStream(head.ToArray()), XmlElements.Settings);
            while (xml.Read())
            {
                if (xml.NodeType != XmlNodeType.Element) continue;
                if (root is not null) return new Glimpse(path) { Root = root, Attributes = attributes, Child = xml.LocalName };
                root = xml.LocalName;
                attributes.Add(xml.NamespaceURI);
                while (xml.MoveToNextAttribute()) attributes.Add(xml.LocalName);
            }
        }
        catch (XmlException)
        {
            // Cut off here, or broken further on: what came before says what it is.
        }

        return new Glimpse(path) { Root = root, Attributes = attributes };
    }

    private static Glimpse OfJson(ReadOnlySpan<byte> head, string path)
    {
        var list = head[0] == (byte)'[';
        var keys = new HashSet<string>(StringComparer.Ordinal);
        var inner = new HashSet<string>(StringComparer.Ordinal);
        var depth = list ? 2 : 1;
        var json = new Utf8JsonReader(head, isFinalBlock: false, new JsonReaderState(JsonText.Lenient));
        try
        {
            while (json.Read())
            {
                if (json.TokenType == JsonTokenType.PropertyName)
                {
                    if (json.CurrentDepth == depth) keys.Add(json.GetString()!);
                    else if (json.CurrentDepth <= depth + 2) inner.Add(json.GetString()!);
                }
                else if (json.CurrentDepth == depth - 1 && json.TokenType is JsonTokenType.EndObject or JsonTokenType.EndArray) break;
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // As above.
        }

        var first = head[1..].TrimStart(" \t\r\n"u8);
        return new Glimpse(path)
        {
            IsList = list, IsEmptyList = list && !first.IsEmpty && first[0] == (byte)']', Keys = keys, InnerKeys = inner,
        };
    }
}
