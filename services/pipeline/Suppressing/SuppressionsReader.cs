using System.Globalization;

using Auxo.Pipeline.Checks;
using Auxo.Pipeline.Checks.Files;
using Auxo.Pipeline.Definitions;
using Auxo.Pipeline.Definitions.Yaml;

using YamlDotNet.RepresentationModel;

namespace Auxo.Pipeline.Suppressing;

/// <summary>
/// Reads <c>.auxo/suppressions.yaml</c>, as strictly as the pipeline file: all errors at once, each with line and column. The format is
/// described in <c>docs/dependencies.md</c>.
/// </summary>
public sealed class SuppressionsReader
{
    /// <summary>Of one file.</summary>
    public const int MaxEntries = 500;

    private const int MaxText = 300;
    private readonly YamlKeys _yaml = new(Suppression.Path);
    private readonly DateOnly _today;

    private SuppressionsReader(DateOnly today) => _today = today;

    /// <summary>Reads the text of the file.</summary>
    /// <param name="text">It.</param>
    /// <param name="today">Until a year from then something may be accepted.</param>
    public static (IReadOnlyList<Suppression> Entries, IReadOnlyList<DefinitionProblem> Problems) Read(string text, DateOnly today)
    {
        if (PipelineFileReader.Unreadable(text, Suppression.Path) is { } unreadable) return ([], [unreadable]);
        var reader = new SuppressionsReader(today);
        try
        {
            var entries = YamlText.Root(text) switch
            {
                null or YamlScalarNode { Value: null or "" } => [],
                YamlSequenceNode list => reader.All(list),
                var other => reader.NoList(other),
            };
            return (entries, reader._yaml.Problems);
        }
        catch (PipelineYamlException e)
        {
            return ([], [new DefinitionProblem(Suppression.Path, e.Line, e.Column, PlainText.OneLine(e.Message))]);
        }
    }

    private IReadOnlyList<Suppression> NoList(YamlNode node)
    {
        _yaml.Problem(node, "the file must be a list; begin each entry with '- rule:'");
        return [];
    }

    private IReadOnlyList<Suppression> All(YamlSequenceNode list)
    {
        if (list.Children.Count <= MaxEntries) return [.. list.Children.Select(One).OfType<Suppression>()];
        _yaml.Problem(list.Children[MaxEntries], $"more than {MaxEntries} entries");
        return [];
    }

    private Suppression? One(YamlNode node)
    {
        var keys = _yaml.Keys(node, "rule", "check", "path", "package", "until", "reason", "by");
        if (node is not YamlMappingNode) return null;
        var (rule, reason, by) = (Needed(node, keys, "rule"), Needed(node, keys, "reason"), Needed(node, keys, "by"));
        var check = keys.TryGetValue("check", out var name)
            && _yaml.Words(name, "check", [.. CheckBatch.All.Select(static check => check.Name)]) is [var known, ..] ? known
            : null;
        return rule is null || reason is null || by is null
            ? null
            : new Suppression(
                (int)node.Start.Line, rule, check, Given(keys, "path"), Given(keys, "package"), Until(keys), reason, by);
    }

    private string? Needed(YamlNode entry, Dictionary<string, YamlNode> keys, string key)
    {
        if (keys.ContainsKey(key)) return Given(keys, key);
        _yaml.Problem(entry, $"the entry needs '{key}'" + key switch
        {
            "rule" => ", such as CVE-2021-23337 or SC2086",
            "reason" => ": why may this stay?",
            _ => ": who accepts it?",
        });
        return null;
    }

    private string? Given(Dictionary<string, YamlNode> keys, string key)
    {
        if (!keys.TryGetValue(key, out var node)) return null;
        var text = PlainText.OneLine(_yaml.Text(node, key), MaxText);
        return text.Length == 0 ? null : text;
    }

    private DateOnly? Until(Dictionary<string, YamlNode> keys)
    {
        if (!keys.TryGetValue("until", out var node)) return null;
        if (!DateOnly.TryParseExact(
            _yaml.Text(node, "until"), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var until))
            _yaml.Problem(node, "'until' must be a day, such as 2027-01-31");
        else if (until.DayNumber - _today.DayNumber > Suppression.LongestDays)
            _yaml.Problem(node, "'until' is more than a year from now; look at it again within one");
        return until;
    }
}
