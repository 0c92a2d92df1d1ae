using Auxo.Pipeline.Checks;
using Auxo.Pipeline.Checks.Files;
using Auxo.Pipeline.Definitions.Steps;
using Auxo.Pipeline.Definitions.Yaml;

using YamlDotNet.RepresentationModel;

namespace Auxo.Pipeline.Definitions;

/// <summary>
/// Reads <c>.radicle/ci.yaml</c> of the old world, whose format nobody ever wrote down: takes the image, the steps and the
/// environment wherever it recognises them, tells what it did not, and never fails.
/// </summary>
public static class OldPipelineFileReader
{
    private const int MaxNotes = 50;

    /// <summary>Reads the text of the file.</summary>
    public static DefinitionReading Read(string text)
    {
        var notes = new List<string>();
        try
        {
            if (text.Length > PipelineFile.MaxBytes) throw new PipelineYamlException(
                1, 1, $"the file is larger than {PipelineFile.MaxBytes >> 10} KiB");
            return new DefinitionReading(YamlText.Read(text) is { } top ? Top(top, notes) : PipelineFile.None, [], notes);
        }
        catch (PipelineYamlException e)
        {
            notes.Add($"{PipelineFile.OldPath}:{e.Line}:{e.Column}: {PlainText.OneLine(e.Message)}; only the built-in checks run");
            return new DefinitionReading(PipelineFile.None, [], notes);
        }
    }

    private static PipelineFile Top(YamlMappingNode top, List<string> notes)
    {
        string? image = null;
        var environment = new Dictionary<string, string>(StringComparer.Ordinal);
        var steps = new List<CommandStep>();
        foreach (var (key, value) in top.Children)
        {
            switch ((key as YamlScalarNode)?.Value)
            {
                case "image" when value is YamlScalarNode { Value: { Length: > 0 } name }:
                    image = name;
                    break;
                case "environment" or "env" or "variables" when value is YamlMappingNode map:
                    Take(map, environment);
                    break;
                case "steps" or "script" or "commands" when value is YamlSequenceNode list:
                    foreach (var item in list.Children)
                    {
                        Step(item, steps, notes);
                        if (steps.Count > PipelineFileReader.MaxSteps)
                            throw new PipelineYamlException(
                                (int)item.Start.Line, (int)item.Start.Column, $"more than {PipelineFileReader.MaxSteps} steps");
                    }

                    break;
                case "shell" or "script" when value is YamlScalarNode { Value: { Length: > 0 } script }:
                    Add("shell", [script], new Dictionary<string, string>(StringComparer.Ordinal), null, steps);
                    break;
                default:
                    Unknown(key, notes);
                    break;
            }
        }

        var size = new StepsSize();
        var whole = steps.Select(step => step with
        {
            Image = step.Image ?? WithoutZero(image), Environment = Merge(environment, step.Environment),
        }).TakeWhile(step => size.Add(step)).ToList();
        return size.IsExceeded
            ? throw new PipelineYamlException(1, 1, StepsSize.Problem)
            : new PipelineFile(whole, CheckSettings.Default);
    }

    private static void Step(YamlNode node, List<CommandStep> steps, List<string> notes)
    {
        if (node is YamlScalarNode { Value: { Length: > 0 } command })
        {
            Add($"step-{steps.Count + 1}", [command], new Dictionary<string, string>(StringComparer.Ordinal), null, steps);
            return;
        }

        if (node is not YamlMappingNode map)
        {
            Unknown(node, notes);
            return;
        }

        var (name, image) = ($"step-{steps.Count + 1}", (string?)null);
        var commands = new List<string>();
        var environment = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (key, value) in map.Children)
        {
            switch ((key as YamlScalarNode)?.Value)
            {
                case "name" when value is YamlScalarNode { Value: { Length: > 0 } text }:
                    name = text;
                    break;
                case "image" when value is YamlScalarNode { Value: { Length: > 0 } text }:
                    image = text;
                    break;
                case "run" or "command" or "commands" or "script" or "shell" when value is YamlScalarNode { Value: { Length: > 0 } text }:
                    commands.Add(text);
                    break;
                case "run" or "command" or "commands" or "script" when value is YamlSequenceNode list:
                    commands.AddRange(list.Children.OfType<YamlScalarNode>()
                        .Select(item => item.Value ?? "").Where(item => item.Length > 0));
                    break;
                case "environment" or "env" when value is YamlMappingNode variables:
                    Take(variables, environment);
                    break;
                default:
                    Unknown(key, notes);
                    break;
            }
        }

        if (commands.Count > 0) Add(name, commands, environment, image, steps);
        else Note(notes, $"{PipelineFile.OldPath}:{node.Start.Line}: a step without commands was left out");
    }

    private static void Add(string name, IReadOnlyList<string> commands, IReadOnlyDictionary<string,
        string> environment, string? image, List<CommandStep> steps)
    {
        var plain = string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' ? c : '-')).Trim('-', '.');
        plain = plain.Length == 0 ? "step" : plain[..Math.Min(plain.Length, 50)];
        var unique = plain;
        for (var i = 2; CheckBatch.All.Any(check => check.Name == unique) || steps.Exists(step => step.Name == unique); i++) unique =
            $"{plain}-{i}";
        steps.Add(new CommandStep(
            unique, [.. commands.Select(static command => WithoutZero(command)!)], WorkingDirectory: null, environment,
            PipelineFileReader.DefaultTimeout, WithoutZero(image), []));
    }

    private static void Take(YamlMappingNode map, Dictionary<string, string> environment)
    {
        foreach (var (key, value) in map.Children)
        {
            if (key is YamlScalarNode { Value: { Length: > 0 } name }
                && value is YamlScalarNode { Value: { } text } && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_'))
                environment[name] = WithoutZero(text)!;
        }
    }

    private static string? WithoutZero(string? text) => text?.Replace("\0", "", StringComparison.Ordinal);

    private static Dictionary<string, string> Merge(Dictionary<string, string> shared, IReadOnlyDictionary<string, string> own)
    {
        var merged = new Dictionary<string, string>(shared, StringComparer.Ordinal);
        foreach (var (key, value) in own) merged[key] = value;
        return merged;
    }

    private static void Unknown(YamlNode key, List<string> notes)
        => Note(
            notes, $"{PipelineFile.OldPath}:{key.Start.Line}:{key.Start.Column}: '{PlainText.OneLine(key.ToString(), 60)}' is "
                + "not understood and was left out");

    private static void Note(List<string> notes, string text)
    {
        if (notes.Count < MaxNotes) notes.Add(text);
        else if (notes.Count == MaxNotes) notes.Add($"{PipelineFile.OldPath}: and more was left out");
    }
}
