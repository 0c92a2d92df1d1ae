using System.Collections.Concurrent;
using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Auxo.Architecture.Tests.Docs;

/// <summary>The /// comments of an assembly, as the compiler writes them beside it.</summary>
internal static partial class XmlDocs
{
    private static readonly ConcurrentDictionary<Assembly, IReadOnlyDictionary<string, XElement>> Read = new();

    /// <summary>A type's summary in Markdown; empty when it has none.</summary>
    public static string Summary(Type type) => Text(Of(type)?.Element("summary"));

    /// <summary>What a positional record's parameter means.</summary>
    public static string Parameter(Type type, string name)
    {
        var element = Of(type);
        var own = element?.Elements("param").FirstOrDefault(p => (string?)p.Attribute("name") == name);
        if (own is not null) return Text(own);

        // <inheritdoc cref="…"/>: a record that is like another one.
        var other = (string?)element?.Element("inheritdoc")?.Attribute("cref");
        return other is not null
            && type.Assembly.GetType(other[2..]) is { } inherited && inherited != type ? Parameter(inherited, name) : "";
    }

    private static XElement? Of(Type type)
        => Read.GetOrAdd(type.Assembly, static assembly =>
        {
            var file = Path.ChangeExtension(assembly.Location, ".xml");
            return File.Exists(file)
                ? XDocument.Load(file).Descendants("member").ToDictionary(static m => (string)m.Attribute("name")!, StringComparer.Ordinal)
                : new Dictionary<string, XElement>(StringComparer.Ordinal);
        }).GetValueOrDefault("T:" + type.FullName!.Replace('+', '.'));

    private static string Text(XElement? element)
    {
        if (element is null) return "";
        var text = string.Concat(element.Nodes().Select(static node => node switch
        {
            XText t => t.Value,
            XElement { Name.LocalName: "c" } c => $"`{c.Value}`",
            XElement { Name.LocalName: "see" or "seealso" } see => $"`{((string?)see.Attribute("cref") ?? "").Split('.', ':')[^1]}`",
            XElement { Name.LocalName: "paramref" } p => $"`{(string?)p.Attribute("name")}`",
            XElement other => other.Value,
            _ => "",
        }));
        return Spaces().Replace(text, " ").Trim();
    }

    [GeneratedRegex(@"\s+", RegexOptions.NonBacktracking)]
    private static partial Regex Spaces();
}
