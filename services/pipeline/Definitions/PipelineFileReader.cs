using System.Globalization;
using System.Text.RegularExpressions;

using Auxo.Pipeline.Artifacts;
using Auxo.Pipeline.Checks;
using Auxo.Pipeline.Checks.Files;

using YamlDotNet.RepresentationModel;

namespace Auxo.Pipeline.Definitions;

/// <summary>
/// Reads <c>.auxo/ci.yaml</c>. Strict: an unknown key, a wrong type, a name used twice or a bad duration is an error with line
/// and column, and all errors are reported at once. The format is described in <c>docs/pipeline-file.md</c>.
/// </summary>
public sealed class PipelineFileReader
{
    /// <summary>The time limit of a step that names none.</summary>
    public static readonly TimeSpan DefaultTimeout = TimeSpan.FromMinutes(30);

    private const RegexOptions Linear = RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture;
    private const int MaxSteps = 100;
    private static readonly TimeSpan MaxTimeout = TimeSpan.FromHours(24);
    private static readonly Regex StepName = new("^[A-Za-z0-9][A-Za-z0-9._-]{0,59}$", Linear);
    private static readonly Regex Variable = new("^[A-Za-z_][A-Za-z0-9_]*$", Linear);
    private static readonly Regex Image = new("^[a-z0-9][A-Za-z0-9._/:@-]{0,254}$", Linear);
    private static readonly Regex Duration = new("^((?<h>[0-9]{1,4})h)?((?<m>[0-9]{1,6})m)?((?<s>[0-9]{1,8})s)?$", Linear);
    private readonly List<DefinitionProblem> _problems = [];

    private PipelineFileReader()
    {
    }

    /// <summary>Reads the text of the file.</summary>
    public static DefinitionReading Read(string text)
    {
        var reader = new PipelineFileReader();
        if (System.Text.Encoding.UTF8.GetByteCount(text) > PipelineFile.MaxBytes)
            return new(
                PipelineFile.None, [new(PipelineFile.Path, null, null, $"the file is larger than {PipelineFile.MaxBytes >> 10} KiB")], []);
        if (text.IndexOf(OutsideText.Invalid) is >= 0 and var invalid)
        {
            var before = text[..invalid];
            return new(PipelineFile.None,
                [new(PipelineFile.Path, before.Count(c => c == '\n') + 1, invalid - before.LastIndexOf('\n'),
                    "here are bytes that are no UTF-8; save the file as UTF-8")], []);
        }

        try
        {
            var file = YamlText.Read(text) is { } top ? reader.Top(top) : PipelineFile.None;
            return new(file, reader._problems, []);
        }
        catch (PipelineYamlException e)
        {
            return new(PipelineFile.None, [new(PipelineFile.Path, e.Line, e.Column, PlainText.OneLine(e.Message))], []);
        }
    }

    /// <summary>Reads <c>90s</c>, <c>10m</c>, <c>1h30m</c>.</summary>
    public static TimeSpan? ParseDuration(string text)
    {
        var match = Duration.Match(text);
        if (!match.Success || text.Length == 0) return null;
        double Part(string name)
            => match.Groups[name] is { Success: true } group ? double.Parse(group.ValueSpan, CultureInfo.InvariantCulture) : 0;
        return TimeSpan.FromHours(Part("h")) + TimeSpan.FromMinutes(Part("m")) + TimeSpan.FromSeconds(Part("s"));
    }

    private PipelineFile Top(YamlMappingNode top)
    {
        var keys = Keys(top, "steps", "environment", "timeout", "checks");
        var environment = keys.TryGetValue("environment", out var variables) ? Environment(variables) : [];
        var timeout = keys.TryGetValue("timeout", out var limit) ? Timeout(limit) : DefaultTimeout;
        var steps = new List<CommandStep>();
        if (keys.TryGetValue("steps", out var list))
        {
            if (list is not YamlSequenceNode items) Problem(list, "'steps' must be a list; begin each step with '- name:'");
            else if (items.Children.Count > MaxSteps) Problem(list, $"more than {MaxSteps} steps");
            else steps.AddRange(items.Children.Select(item => Step(item, environment, timeout)).OfType<CommandStep>());
        }

        var names = new HashSet<string>(CheckBatch.All.Select(check => check.Name).Append(Plan.FileStep), StringComparer.OrdinalIgnoreCase);
        foreach (var (step, node) in steps.Zip(
            steps.Count > 0 ? ((YamlSequenceNode)keys["steps"]).Children.Where(node => node is YamlMappingNode) : []))
        {
            if (!names.Add(step.Name)) Problem(node, $"the name '{step.Name}' is taken by another step or by a built-in check");
        }

        return new PipelineFile(steps, keys.TryGetValue("checks", out var checks) ? Checks(checks) : CheckSettings.Default);
    }

    private CommandStep? Step(YamlNode node, Dictionary<string, string> shared, TimeSpan timeout)
    {
        if (node is not YamlMappingNode map)
        {
            Problem(node, "a step must be a mapping with 'name' and 'run'");
            return null;
        }

        var keys = Keys(map, "name", "run", "commands", "working-directory", "environment", "timeout", "image", "artifacts");
        var name = "";
        if (!keys.TryGetValue("name", out var named)) Problem(node, "a step needs a 'name'");
        else if ((name = Text(named, "name")).Length > 0 && !StepName.IsMatch(name))
            Problem(named,
                $"'{PlainText.OneLine(name, 60)}' is no step name: letters, digits, '.', '-' and '_', at most 60, "
                    + "beginning with a letter or digit");

        IReadOnlyList<string> commands = [];
        if (keys.ContainsKey("run") == keys.ContainsKey("commands")) Problem(node, "a step needs either 'run' or 'commands'");
        else commands = Texts(keys.TryGetValue("run", out var run) ? run : keys["commands"], keys.ContainsKey("run") ? "run" : "commands");

        string? folder = null;
        if (keys.TryGetValue("working-directory", out var directory)
            && (folder = Text(directory, "working-directory")) is { Length: > 0 } && Leaves(folder))
            Problem(directory, "'working-directory' must be a path inside the repository, relative and without '..'");

        string? image = null;
        if (keys.TryGetValue("image", out var imageNode) && (image = Text(imageNode, "image")) is { Length: > 0 } && !Image.IsMatch(image))
            Problem(imageNode, "'image' is no container image, such as 'debian:13' or 'registry.example/tool@sha256:…'");

        var environment = new Dictionary<string, string>(shared, StringComparer.Ordinal);
        if (keys.TryGetValue("environment", out var own))
        {
            foreach (var (key, value) in Environment(own)) environment[key] = value;
        }

        IReadOnlyList<string> artifacts = keys.TryGetValue("artifacts", out var patterns)
            ? [.. Texts(patterns, "artifacts").Select(ArtifactNames.NormalPattern)]
            : [];
        foreach (var pattern in artifacts)
        {
            if (ArtifactNames.RefusePattern(pattern) is { } wrong) Problem(
                patterns!, $"the artifact '{PlainText.OneLine(pattern, 80)}' {wrong}");
        }

        return new CommandStep(
            name, commands, string.IsNullOrEmpty(folder)
                ? null
                : folder, environment, keys.TryGetValue("timeout", out var limit) ? Timeout(limit) : timeout,
            string.IsNullOrEmpty(image) ? null : image, artifacts);
    }

    private CheckSettings Checks(YamlNode node)
    {
        var gates = new Dictionary<string, Gate>(StringComparer.Ordinal);
        var ignore = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        var settings = CheckSettings.Default;
        foreach (var (check, value) in Keys(node, [.. CheckBatch.All.Select(check => check.Name)]))
        {
            if (value is YamlScalarNode)
            {
                if (ReadGate(value, check) is { } gate) gates[check] = gate;
                continue;
            }

            foreach (var (key, inner) in Keys(value))
            {
                if (key == "ignore") ignore[check] = Texts(inner, key);
                else if (key == "require" && check == "structure") settings = settings with { Required = Texts(inner, key) };
                else if (ReadGate(inner, $"{check}.{key}") is { } gate) gates[key == "gate" ? check : $"{check}.{key}"] = gate;
            }
        }

        return settings with { Gates = gates, Ignore = ignore };
    }

    private Gate? ReadGate(YamlNode node, string what)
    {
        Gate? gate = node is YamlScalarNode { Value: { } text }
            ? text switch { "block" => Gate.Block, "warn" => Gate.Warn, "off" => Gate.Off, _ => null }
            : null;
        if (gate is null) Problem(node, $"'{what}' must be block, warn or off");
        return gate;
    }

    private Dictionary<string, string> Environment(YamlNode node)
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in Keys(node))
        {
            if (!Variable.IsMatch(name)) Problem(
                value, $"'{PlainText.OneLine(name, 60)}' is no variable name: letters, digits and '_', not beginning with a digit");
            else if (value is YamlScalarNode { Value: { } text } && !text.Contains('\0', StringComparison.Ordinal)) variables[name] = text;
            else Problem(value, $"the variable '{name}' must be a text; quote it");
        }

        return variables;
    }

    private TimeSpan Timeout(YamlNode node)
    {
        if (ParseDuration(Text(node, "timeout")) is { } duration
            && duration >= TimeSpan.FromSeconds(1) && duration <= MaxTimeout) return duration;
        Problem(node, "'timeout' must be a duration between 1s and 24h, such as 90s, 10m or 1h30m");
        return DefaultTimeout;
    }

    /// <summary>The keys of a mapping; with a list of known ones, every other is a problem that names the nearest.</summary>
    private Dictionary<string, YamlNode> Keys(YamlNode node, params string[] known)
    {
        var keys = new Dictionary<string, YamlNode>(StringComparer.Ordinal);
        if (node is not YamlMappingNode map)
        {
            Problem(node, "expected a mapping (key: value)");
            return keys;
        }

        foreach (var (key, value) in map.Children)
        {
            if (key is not YamlScalarNode { Value: { } name }) Problem(key, "a key must be a text");
            else if (known.Length > 0 && !known.Contains(name, StringComparer.Ordinal)) Problem(
                key, $"unknown key '{PlainText.OneLine(name, 60)}'; known are {string.Join(", ", known)}");
            else keys[name] = value;
        }

        return keys;
    }

    private string Text(YamlNode node, string key)
    {
        if (node is YamlScalarNode { Value: { Length: > 0 } text } && !text.Contains('\0', StringComparison.Ordinal)) return text;
        Problem(node, $"'{key}' must be a text");
        return "";
    }

    private IReadOnlyList<string> Texts(YamlNode node, string key)
    {
        if (node is YamlScalarNode { Value.Length: > 0 }) return [Text(node, key)];
        if (node is YamlSequenceNode { Children.Count: > 0 } list) return [.. list.Children.Select(item => Text(item, key))];
        Problem(node, $"'{key}' must be a text or a list of texts");
        return [];
    }

    private static bool Leaves(string path)
        => path.StartsWith('/') || path.Contains('\\', StringComparison.Ordinal) || path.Split('/').Contains("..");

    private void Problem(YamlNode node, string message)
        => _problems.Add(new DefinitionProblem(PipelineFile.Path, (int)node.Start.Line, (int)node.Start.Column, message));
}
