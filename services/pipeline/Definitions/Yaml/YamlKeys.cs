using Auxo.Pipeline.Checks.Files;

using Quickenshtein;

using YamlDotNet.RepresentationModel;

namespace Auxo.Pipeline.Definitions.Yaml;

/// <summary>Reads the nodes of a file and gathers what is wrong with them, each with its line and column.</summary>
/// <param name="path">Where the file lies.</param>
internal sealed class YamlKeys(string path = PipelineFile.Path)
{
    /// <summary>A key that begins so is a place for anchors, and no setting.</summary>
    private const string Extension = "x-";
    private const int MostProblems = 100;
    private const int MostKnown = 30;

    private readonly List<DefinitionProblem> _problems = [];

    public IReadOnlyList<DefinitionProblem> Problems => _problems;

    /// <summary>So much is wrong already that nobody reads more.</summary>
    public bool IsFull => _problems.Count >= MostProblems;

    /// <summary>
    /// The keys of a mapping, those of the mappings that it merges (<c>&lt;&lt;</c>) included; with a list of known ones, every other is
    /// a problem that names the nearest.
    /// </summary>
    public Dictionary<string, YamlNode> Keys(YamlNode node, params IReadOnlyList<string> known)
    {
        var keys = new Dictionary<string, YamlNode>(StringComparer.Ordinal);
        if (node is not YamlMappingNode map)
        {
            Problem(node, "expected a mapping (key: value)");
            return keys;
        }

        foreach (var (key, value) in Merged(map))
        {
            if (key is not YamlScalarNode { Value: { } name }) Problem(key, "a key must be a text");
            else if (name.StartsWith(Extension, StringComparison.Ordinal)) continue;
            else if (known.Count > 0 && !known.Contains(name, StringComparer.Ordinal)) Problem(key, Unknown("key", name, known));
            else keys.TryAdd(name, value);
        }

        return keys;
    }

    public string Text(YamlNode node, string key)
    {
        if (node is YamlScalarNode { Value: { Length: > 0 } text } && !text.Contains('\0', StringComparison.Ordinal)) return text;
        Problem(node, $"'{key}' must be a text");
        return "";
    }

    public IReadOnlyList<string> Texts(YamlNode node, string key)
    {
        if (node is YamlScalarNode { Value.Length: > 0 }) return [Text(node, key)];
        if (node is YamlSequenceNode { Children.Count: > 0 } list) return [.. list.Children.Select(item => Text(item, key))];
        Problem(node, $"'{key}' must be a text or a list of texts");
        return [];
    }

    /// <summary>Texts of which each must be one of a few.</summary>
    public IReadOnlyList<string> Words(YamlNode node, string key, params IReadOnlyList<string> known)
    {
        var words = Texts(node, key);
        foreach (var word in words.Where(word => word.Length > 0 && !known.Contains(word, StringComparer.Ordinal)))
            Problem(node, Unknown(key, word, known));
        return [.. words.Where(word => known.Contains(word, StringComparer.Ordinal))];
    }

    public void Problem(YamlNode node, string message)
    {
        if (!IsFull) _problems.Add(new DefinitionProblem(path, (int)node.Start.Line, (int)node.Start.Column, message));
        if (_problems.Count == MostProblems - 1)
            _problems.Add(new DefinitionProblem(path, null, null, "there may be more problems; mend these first"));
    }

    /// <summary>Says that a word is none of the known ones, and which of them is nearest.</summary>
    public static string Unknown(string what, string word, IReadOnlyList<string> known)
    {
        var near = Nearest(word, known);
        var all = string.Join(", ", known.Take(MostKnown)) + (known.Count > MostKnown ? $" and {known.Count - MostKnown} more" : "");
        return $"unknown {what} '{PlainText.OneLine(word, 60)}'; "
            + (near is null ? $"known are {all}" : $"did you mean '{near}'? Known are {all}");
    }

    /// <summary>The known word that somebody has probably meant; null when none is near.</summary>
    public static string? Nearest(string word, IEnumerable<string> known)
        => word.Length > 60 ? null : known.Select(name => (Name: name, Far: Levenshtein.GetDistance(word, name)))
            .Where(static found => found.Far <= (found.Name.Length > 3 ? 2 : 1)).OrderBy(static found => found.Far)
            .Select(static found => found.Name).FirstOrDefault();

    /// <summary>A mapping's own keys come first: what it merges has no say over them.</summary>
    private IEnumerable<KeyValuePair<YamlNode, YamlNode>> Merged(YamlMappingNode map)
    {
        foreach (var pair in map.Children.Where(static pair => !IsMerge(pair.Key))) yield return pair;
        foreach (var (key, value) in map.Children.Where(static pair => IsMerge(pair.Key)))
        {
            foreach (var merged in value is YamlSequenceNode list ? list.Children : [value])
            {
                if (merged is not YamlMappingNode inner)
                {
                    Problem(key, "'<<' merges a mapping or a list of mappings, such as '<<: *defaults'");
                    continue;
                }

                foreach (var pair in Merged(inner)) yield return pair;
            }
        }
    }

    private static bool IsMerge(YamlNode key) => key is YamlScalarNode { Value: "<<", Style: YamlDotNet.Core.ScalarStyle.Plain };
}
