using System.Globalization;

using Auxo.Pipeline.Checks.Files;
using Auxo.Pipeline.Definitions;
using Auxo.Pipeline.Definitions.Yaml;

using YamlDotNet.RepresentationModel;

namespace Auxo.Pipeline.Suppressing;

/// <summary>
/// Reads a file of entries by which somebody says what shall not block for a while, as strictly as the pipeline file: all
/// errors at once, each with line and column.
/// </summary>
/// <typeparam name="TEntry">What one entry says.</typeparam>
/// <param name="path">Where the file lies.</param>
/// <param name="today">Until a year from then something may be accepted.</param>
internal abstract class EntriesReader<TEntry>(string path, DateOnly today)
    where TEntry : class
{
    /// <summary>Of one file.</summary>
    public const int MaxEntries = 500;

    /// <summary>In days: what is accepted is looked at again at least once a year.</summary>
    public const int LongestDays = 366;

    private const int MaxText = 300;

    /// <summary>Gathers what is wrong.</summary>
    protected YamlKeys Yaml { get; } = new(path);

    /// <summary>The key by which an entry begins, for people.</summary>
    protected abstract string FirstKey { get; }

    /// <summary>Reads one entry; null for one that says too little.</summary>
    protected abstract TEntry? One(YamlNode node);

    /// <summary>Reads the text of the file.</summary>
    protected (IReadOnlyList<TEntry> Entries, IReadOnlyList<DefinitionProblem> Problems) ReadAll(string text)
    {
        if (PipelineFileReader.Unreadable(text, path) is { } unreadable) return ([], [unreadable]);
        try
        {
            var entries = YamlText.Root(text) switch
            {
                null or YamlScalarNode { Value: null or "" } => [],
                YamlSequenceNode list => All(list),
                var other => NoList(other),
            };
            return (entries, Yaml.Problems);
        }
        catch (PipelineYamlException e)
        {
            return ([], [new DefinitionProblem(path, e.Line, e.Column, PlainText.OneLine(e.Message))]);
        }
    }

    /// <summary>The text of a key that an entry must have; null when it has none, which is a problem.</summary>
    protected string? Needed(YamlNode entry, Dictionary<string, YamlNode> keys, string key, string why)
    {
        if (keys.ContainsKey(key)) return Given(keys, key);
        Yaml.Problem(entry, $"the entry needs '{key}'{why}");
        return null;
    }

    /// <summary>The text of a key; null when the entry has none.</summary>
    protected string? Given(Dictionary<string, YamlNode> keys, string key)
    {
        if (!keys.TryGetValue(key, out var node)) return null;
        var text = PlainText.OneLine(Yaml.Text(node, key), MaxText);
        return text.Length == 0 ? null : text;
    }

    /// <summary>The last day; null when the entry has none.</summary>
    protected DateOnly? Until(Dictionary<string, YamlNode> keys)
    {
        if (!keys.TryGetValue("until", out var node)) return null;
        if (!DateOnly.TryParseExact(
            Yaml.Text(node, "until"), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var until))
            Yaml.Problem(node, "'until' must be a day, such as 2027-01-31");
        else if (until.DayNumber - today.DayNumber > LongestDays)
            Yaml.Problem(node, "'until' is more than a year from now; look at it again within one");
        return until;
    }

    private IReadOnlyList<TEntry> NoList(YamlNode node)
    {
        Yaml.Problem(node, $"the file must be a list; begin each entry with '- {FirstKey}:'");
        return [];
    }

    private IReadOnlyList<TEntry> All(YamlSequenceNode list)
    {
        if (list.Children.Count <= MaxEntries) return [.. list.Children.Select(One).OfType<TEntry>()];
        Yaml.Problem(list.Children[MaxEntries], $"more than {MaxEntries} entries");
        return [];
    }
}
