using System.Globalization;
using System.Text;

using Auxo.Pipeline.Checks;
using Auxo.Pipeline.Definitions;

using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.RepresentationModel;

namespace Auxo.Pipeline.Converting;

/// <summary>Writes our pipeline file.</summary>
internal static class ConvertedText
{
    private const int MaxName = 40;

    /// <summary>The file's text: what was left out stands in comments at its top.</summary>
    public static string Write(Converted converted, string source)
    {
        var text = new StringBuilder($"# Converted from {source} by 'auxo ci convert'.\n");
        foreach (var (line, note) in converted.Notes.OrderBy(static note => note.Line))
            text.Append(line > 0 ? string.Create(CultureInfo.InvariantCulture, $"# line {line}: ") : "# ")
                .Append(OneLine(note)).Append('\n');
        var file = new YamlMappingNode();
        if (converted.Environment.Count > 0) file.Add("environment", Map(converted.Environment));
        if (converted.Schedules.Count > 0) file.Add("schedules", new YamlMappingNode(converted.Schedules.Select(static (cron, i)
            => KeyValuePair.Create<YamlNode, YamlNode>(Plain($"schedule-{i + 1}"), Flow(new YamlMappingNode("cron", Quoted(cron)))))));
        file.Add("steps", new YamlSequenceNode(Steps(converted)));
        using var body = new StringWriter(text, CultureInfo.InvariantCulture) { NewLine = "\n" };
        var emitter = new Emitter(body, new EmitterSettings().WithBestIndent(2).WithIndentedSequences());
        new YamlStream(new YamlDocument(file)).Save(emitter, assignAnchors: false);
        var written = text.ToString();
        return written.EndsWith("...\n", StringComparison.Ordinal) ? written[..^4] : written;
    }

    private static IEnumerable<YamlNode> Steps(Converted converted)
    {
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        var taken = CheckBatch.All.Select(static check => check.Name).Append(Plan.FileStep).ToHashSet(StringComparer.OrdinalIgnoreCase);
        foreach (var step in converted.Steps) names.TryAdd(step.Name, Unique(step.Name, taken));
        var written = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (i, step) in converted.Steps.Index())
        {
            // The first one waits for nothing anyway.
            if (i == 0 && step.Needs is []) step.Needs = null;
            yield return Step(step, written.Add(step.Name) ? names[step.Name] : Unique(step.Name, taken), names);
        }
    }

    private static YamlMappingNode Step(ConvertedStep step, string name, Dictionary<string, string> names)
    {
        var node = new YamlMappingNode("name", name);
        if (step.Needs is not null) node.Add("needs", List(step.Needs.Where(names.ContainsKey).Select(need => names[need])));
        if (Conditions(step) is { } conditions) node.Add("if", conditions);
        if (step.Matrix.Count > 0) node.Add("matrix", new YamlMappingNode(step.Matrix.Select(static pair
            => KeyValuePair.Create<YamlNode, YamlNode>(Plain(pair.Key), List(pair.Value)))));
        if (step.Image is not null) node.Add("image", step.Image);
        if (step.Network) node.Add("network", "true");
        if (step.Folder is not null) node.Add("working-directory", step.Folder);
        if (step.Environment.Count > 0) node.Add("environment", Map(step.Environment));
        if (step.Secrets.Count > 0) node.Add("secrets", List(step.Secrets));
        if (step.Minutes is { } minutes) node.Add("timeout", string.Create(CultureInfo.InvariantCulture, $"{minutes}m"));
        if (step.IgnoresFailure) node.Add("on-failure", "ignore");
        if (step.Commands is [var only]) node.Add("run", Script(only));
        else node.Add("commands", new YamlSequenceNode(step.Commands.Select(Script)));
        if (step.Artifacts.Count > 0) node.Add("artifacts", List(step.Artifacts));
        return node;
    }

    private static YamlNode? Conditions(ConvertedStep step)
    {
        var conditions = step.If.Select(static condition => new YamlMappingNode(condition.Select(static pair
            => KeyValuePair.Create<YamlNode, YamlNode>(
                Plain(pair.Key), pair.Value is [var one] ? Plain(one) : List(pair.Value))))).ToList();
        if (step.When is not null)
        {
            if (conditions.Count == 0) conditions.Add([]);
            foreach (var condition in conditions) condition.Add("needs", step.When);
        }

        return conditions switch
        {
            [] => null,
            [var one] => Flow(one),
            _ => new YamlSequenceNode(conditions.Select(Flow)),
        };
    }

    private static string Unique(string name, HashSet<string> taken)
    {
        var plain = string.Concat(name.Select(static c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' ? c : '-')).Trim('-', '.', '_');
        plain = plain.Length == 0 ? "step" : plain[..Math.Min(plain.Length, MaxName)];
        var unique = plain;
        for (var i = 2; !taken.Add(unique); i++) unique = string.Create(CultureInfo.InvariantCulture, $"{plain}-{i}");
        return unique;
    }

    private static YamlScalarNode Plain(string text) => new(text);

    private static YamlScalarNode Quoted(string text) => new(text) { Style = ScalarStyle.DoubleQuoted };

    private static YamlScalarNode Script(string text)
        => new(text.Replace("\r\n", "\n", StringComparison.Ordinal))
        {
            Style = text.Contains('\n', StringComparison.Ordinal) ? ScalarStyle.Literal : ScalarStyle.Any,
        };

    private static YamlMappingNode Map(Dictionary<string, string> pairs)
        => new(pairs.Select(static pair => KeyValuePair.Create<YamlNode, YamlNode>(Plain(pair.Key), Script(pair.Value))));

    private static YamlSequenceNode List(IEnumerable<string> texts) => new(texts.Select(Plain)) { Style = SequenceStyle.Flow };

    private static YamlMappingNode Flow(YamlMappingNode node)
    {
        node.Style = MappingStyle.Flow;
        return node;
    }

    private static string OneLine(string text) => Checks.Files.PlainText.OneLine(text, 200);
}
