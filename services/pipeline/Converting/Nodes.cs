using YamlDotNet.RepresentationModel;

namespace Auxo.Pipeline.Converting;

/// <summary>Reads nodes of a file that keeps to another's rules, and complains of nothing.</summary>
internal static class Nodes
{
    /// <summary>The text of a scalar; null for anything else.</summary>
    public static string? Text(this YamlNode? node) => node is YamlScalarNode { Value: { } text } ? text : null;

    /// <summary>A scalar or a list of them.</summary>
    public static List<string> Texts(this YamlNode? node)
        => node switch
        {
            YamlScalarNode { Value: { Length: > 0 } text } => [text],
            YamlSequenceNode list => [.. list.Children.Select(Text).OfType<string>()],
            _ => [],
        };

    /// <summary>The pairs of a mapping whose keys are texts; of anything else none.</summary>
    public static IEnumerable<(string Key, YamlNode Name, YamlNode Value)> Pairs(this YamlNode? node)
        => node is YamlMappingNode map
            ? map.Children.Where(static pair => pair.Key is YamlScalarNode).Select(static pair => (pair.Key.Text()!, pair.Key, pair.Value))
            : [];

    /// <summary>The value of a key; null where there is none.</summary>
    public static YamlNode? At(this YamlNode? node, string key)
        => node.Pairs().Where(pair => pair.Key == key).Select(static pair => pair.Value).FirstOrDefault();

    /// <summary>Notes something at a node.</summary>
    public static void Note(this Converted converted, YamlNode node, string text) => converted.Notes.Add((node.Start.Line, text));
}
