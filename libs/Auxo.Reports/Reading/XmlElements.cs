using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Xml;

namespace Auxo.Reports.Reading;

/// <summary>
/// The elements of an XML file, one after the other. Nothing outside the file is ever read, no entity is made larger, and depth and
/// number are bounded.
/// </summary>
internal sealed class XmlElements : IDisposable
{
    /// <summary>A test may print any character, and its report has it: names are checked, characters are not.</summary>
    internal static readonly XmlReaderSettings Settings = new()
    {
        DtdProcessing = DtdProcessing.Ignore, XmlResolver = null, CheckCharacters = false, CloseInput = true,
        MaxCharactersFromEntities = 1024, MaxCharactersInDocument = ReportLimits.Bytes, IgnoreComments = true,
        IgnoreProcessingInstructions = true,
    };

    private readonly XmlReader _xml;
    private int _count;

    public XmlElements(ReadOnlyMemory<byte> content)
        => _xml = XmlReader.Create(
            MemoryMarshal.TryGetArray(content, out var array)
                ? new MemoryStream(array.Array!, array.Offset, array.Count, writable: false)
                : new MemoryStream(content.ToArray(), writable: false), Settings);

    /// <summary>The element's name without prefix.</summary>
    public string Name => _xml.LocalName;

    /// <summary>0 for the outermost.</summary>
    public int Depth => _xml.Depth;

    /// <summary>True at the start of an element, false at its end.</summary>
    public bool IsStart => _xml.NodeType == XmlNodeType.Element;

    /// <summary>True at an element that has no end of its own.</summary>
    public bool IsEmpty => _xml.IsEmptyElement;

    /// <summary>Goes to the next start or end.</summary>
    /// <returns>False at the end of the file.</returns>
    public bool Next()
    {
        while (_xml.Read())
        {
            if (_xml.NodeType is not (XmlNodeType.Element or XmlNodeType.EndElement)) continue;
            if (_xml.Depth > ReportLimits.Depth) throw new ContentException($"more than {ReportLimits.Depth} elements in one another");
            if (++_count > ReportLimits.Elements) throw new ContentException($"more than {ReportLimits.Elements} elements");
            return true;
        }

        return false;
    }

    /// <summary>Goes to the next start.</summary>
    public bool NextStart()
    {
        while (Next())
        {
            if (IsStart) return true;
        }

        return false;
    }

    /// <summary>An attribute; null when it is not there.</summary>
    public string? this[string name] => _xml.GetAttribute(name);

    /// <summary>An attribute that is a name, cut to its length; empty when it is not there.</summary>
    public string NameOf(string attribute) => Words.Clip(this[attribute] ?? "", ReportLimits.Name);

    /// <summary>A whole number from an attribute; null when it is not there or none.</summary>
    public int? Number(string attribute)
        => int.TryParse(this[attribute], NumberStyles.Integer, CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <summary>A whole number that has to be there.</summary>
    public int Needed(string attribute)
        => Number(attribute) is >= 0 and var number
            ? number
            : throw new ContentException($"<{Name}> at line {Line} has no number in '{attribute}'");

    /// <summary>How often a line ran: what is too large to count is as good as the largest.</summary>
    public long Hits(string attribute) => Words.Hits(this[attribute]);

    /// <summary>Where the reader stands, from 1.</summary>
    public int Line => (_xml as IXmlLineInfo)?.LineNumber ?? 0;

    /// <summary>The text of the element at whose start the reader stands, that of elements in it included; goes to its end.</summary>
    public string Text(int most = ReportLimits.Detail + ReportLimits.Message)
    {
        if (_xml.IsEmptyElement) return "";
        var (text, depth) = (new StringBuilder(), _xml.Depth);
        while (_xml.Read() && !(_xml.NodeType == XmlNodeType.EndElement && _xml.Depth == depth))
        {
            if (_xml.Depth > ReportLimits.Depth || ++_count > ReportLimits.Elements)
                throw new ContentException($"too much in one element at line {Line}");
            if (_xml.NodeType is not (XmlNodeType.Text or XmlNodeType.CDATA or XmlNodeType.SignificantWhitespace)) continue;
            var part = _xml.Value;
            if (text.Length < most) text.Append(part.AsSpan(0, Math.Min(part.Length, most - text.Length)));
        }

        return text.ToString();
    }

    public void Dispose() => _xml.Dispose();
}
