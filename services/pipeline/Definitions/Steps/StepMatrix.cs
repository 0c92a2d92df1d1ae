using System.Text;

using Auxo.Pipeline.Definitions.Yaml;

using YamlDotNet.RepresentationModel;

namespace Auxo.Pipeline.Definitions.Steps;

/// <summary>The combinations of a step's <c>matrix</c>: each value of each key with each of the others.</summary>
internal static class StepMatrix
{
    /// <summary>The one key that is no variable: the step's container image.</summary>
    public const string Image = "image";

    /// <summary>So many keys a matrix and each of its combinations may have.</summary>
    private const int MaxKeys = 20;

    private const string Include = "include";
    private const string Exclude = "exclude";

    /// <summary>Reads a matrix; at most one combination more than a pipeline may have steps.</summary>
    public static IReadOnlyList<IReadOnlyDictionary<string, string>> Read(YamlKeys yaml, YamlNode node)
    {
        var keys = yaml.Keys(node);
        List<Dictionary<string, string>> all = keys.Keys.Any(static key => key is not (Include or Exclude)) ? [[]] : [];
        if (keys.Keys.Count(static key => key is not (Include or Exclude)) > MaxKeys) TooMany(yaml, node, "the matrix");
        foreach (var (key, values) in keys.Where(static pair => pair.Key is not (Include or Exclude)).Take(MaxKeys))
        {
            var texts = yaml.Texts(values, key);
            all = [.. all.SelectMany(combination => texts.Select(value
                => new Dictionary<string, string>(combination, StringComparer.Ordinal) { [key] = value }))
                .Take(PipelineFileReader.MaxSteps + 1)];
        }

        foreach (var without in Combinations(yaml, keys, Exclude))
            all.RemoveAll(combination => without.All(pair => combination.GetValueOrDefault(pair.Key) == pair.Value));
        all.AddRange(Combinations(yaml, keys, Include));
        if (all.Count == 0) yaml.Problem(node, "the matrix has no combination; give each key a list of values, such as 'NODE: [20, 22]'");
        return all;
    }

    /// <summary>The step's name with the values of a combination, such as <c>test-20-debian-13</c>.</summary>
    public static string Name(string step, IReadOnlyDictionary<string, string> values)
    {
        var name = new StringBuilder(step);
        foreach (var value in values.Values)
        {
            name.Append('-');
            foreach (var c in value) name.Append(char.IsAsciiLetterOrDigit(c) || c is '.' or '_' ? c : '-');
        }

        return name.ToString();
    }

    private static IEnumerable<Dictionary<string, string>> Combinations(YamlKeys yaml, Dictionary<string, YamlNode> keys, string key)
    {
        if (!keys.TryGetValue(key, out var node)) yield break;
        if (node is not YamlSequenceNode list)
        {
            yaml.Problem(node, $"'{key}' must be a list of combinations, such as '- {{ NODE: 22 }}'");
            yield break;
        }

        foreach (var item in list.Children)
        {
            var combination = yaml.Keys(item).ToDictionary(
                static pair => pair.Key, pair => yaml.Text(pair.Value, pair.Key), StringComparer.Ordinal);
            if (combination.Count > MaxKeys) TooMany(yaml, item, "the combination");
            else if (combination.Count > 0) yield return combination;
        }
    }

    private static void TooMany(YamlKeys yaml, YamlNode node, string what)
        => yaml.Problem(node, $"{what} has more than {MaxKeys} keys");
}
