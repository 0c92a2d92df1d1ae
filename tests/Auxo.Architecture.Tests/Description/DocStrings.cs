using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Auxo.Architecture.Tests.Description;

/// <summary>The summaries of an assembly's types, as the compiler wrote them beside it.</summary>
internal sealed partial class DocStrings
{
    private readonly Dictionary<string, string> _summaries;

    private DocStrings(Dictionary<string, string> summaries) => _summaries = summaries;

    /// <summary>Reads them; a program that was copied without them has none.</summary>
    public static DocStrings Of(Assembly assembly)
    {
        var file = Path.ChangeExtension(assembly.Location, ".xml");
        var summaries = new Dictionary<string, string>(StringComparer.Ordinal);
        if (!File.Exists(file)) return new DocStrings(summaries);
        foreach (var member in XDocument.Load(file).Descendants("member"))
        {
            if ((string?)member.Attribute("name") is ['T', ':', .. var name] && member.Element("summary") is { } summary)
                summaries[name] = Words(summary);
        }

        return new DocStrings(summaries);
    }

    /// <summary>What a type is for; of a lambda's, what the type is for in which it is written.</summary>
    public string? Summary(Type type)
    {
        for (var at = type; at is not null; at = at.DeclaringType)
        {
            if (at.FullName is { } name && _summaries.TryGetValue(name.Replace('+', '.'), out var summary)) return summary;
        }

        return null;
    }

    /// <summary>On one line, without the route that a use case's summary begins with: it stands beside it.</summary>
    internal static string Words(XElement summary)
    {
        var text = string.Concat(summary.Nodes().Select(static node => node switch
        {
            XElement { Name.LocalName: "see" } see => ((string?)see.Attribute("cref") ?? "").Split('.', ':')[^1],
            XElement { Name.LocalName: "paramref" } name => (string?)name.Attribute("name"),
            XElement element => element.Value,
            _ => node.ToString().Replace("&amp;", "&", StringComparison.Ordinal),
        }));
        var words = Route().Replace(Spaces().Replace(text, " ").Trim(), "");
        return words.Length == 0 ? words : char.ToUpperInvariant(words[0]) + words[1..];
    }

    [GeneratedRegex(@"\s+", RegexOptions.NonBacktracking)]
    private static partial Regex Spaces();

    [GeneratedRegex("^(GET|PUT|POST|DELETE|PATCH) /[^ ]*: ", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Route();
}
