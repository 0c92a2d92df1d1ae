using System.Globalization;
using System.Text.RegularExpressions;

using Auxo.Pipeline.Checks;
using Auxo.Pipeline.Checks.Files;
using Auxo.Pipeline.Definitions.Including;
using Auxo.Pipeline.Definitions.Steps;
using Auxo.Pipeline.Definitions.Yaml;
using Auxo.Pipeline.Schedules.Scans;

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

    /// <summary>Of the steps, with every combination of a matrix.</summary>
    public const int MaxSteps = 500;

    private static readonly Regex Duration = new(
        @"^((?<h>[0-9]{1,4})h)?((?<m>[0-9]{1,6})m)?((?<s>[0-9]{1,8})s)?\z",
        RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture);

    private static readonly Dictionary<string, string> NoVariables = new(StringComparer.Ordinal);

    private readonly YamlKeys _yaml;
    private readonly IncludedSteps? _included;

    private PipelineFileReader(YamlKeys yaml, IncludedSteps? included) => (_yaml, _included) = (yaml, included);

    /// <summary>Reads the text of the file.</summary>
    /// <param name="text">It.</param>
    /// <param name="included">
    /// The files that it includes; null where nobody has looked: then the steps of none are known, and that is no problem.
    /// </param>
    public static DefinitionReading Read(string text, IReadOnlyDictionary<PipelineInclude, IncludedFile>? included = null)
    {
        var yaml = new YamlKeys();
        var steps = new IncludedSteps(yaml, included);
        return Read(text, PipelineFile.Path, new PipelineFileReader(yaml, steps).Top, yaml) with { Includes = steps.Includes };
    }

    /// <summary>Reads a file that another one includes: it has only steps, and what they have in common.</summary>
    /// <param name="text">It.</param>
    /// <param name="path">How it is named.</param>
    /// <param name="schedules">The names that an <c>if</c> may ask for.</param>
    /// <param name="shared">The variables of all steps.</param>
    /// <param name="timeout">Of a step where the file names none.</param>
    internal static DefinitionReading ReadIncluded(
        string text, string path, IReadOnlyList<string> schedules, IReadOnlyDictionary<string, string> shared,
        TimeSpan timeout)
    {
        var yaml = new YamlKeys(path);
        var reader = new PipelineFileReader(yaml, included: null);
        return Read(text, path, top => reader.Steps(
            yaml.Keys(top, "steps", "environment", "timeout"), schedules, shared, timeout), yaml);
    }

    private static DefinitionReading Read(string text, string path, Func<YamlMappingNode, PipelineFile> top, YamlKeys yaml)
    {
        if (Unreadable(text, path) is { } unreadable) return new(PipelineFile.None, [unreadable], []);
        try
        {
            return new(YamlText.Read(text) is { } map ? top(map) : PipelineFile.None, yaml.Problems, []);
        }
        catch (PipelineYamlException e)
        {
            return new(PipelineFile.None, [new(path, e.Line, e.Column, PlainText.OneLine(e.Message))], []);
        }
    }

    /// <summary>Why no file of a repository can be read from this text; null when one can.</summary>
    /// <param name="text">The text.</param>
    /// <param name="path">Where the file lies.</param>
    internal static DefinitionProblem? Unreadable(string text, string path)
    {
        if (System.Text.Encoding.UTF8.GetByteCount(text) > PipelineFile.MaxBytes)
            return new DefinitionProblem(path, null, null, $"the file is larger than {PipelineFile.MaxBytes >> 10} KiB");
        if (text.IndexOf(OutsideText.Invalid) is not (>= 0 and var invalid)) return null;
        var before = text[..invalid];
        return new DefinitionProblem(
            path, before.Count(c => c == '\n') + 1, invalid - before.LastIndexOf('\n'),
            "here are bytes that are no UTF-8; save the file as UTF-8");
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
        var keys = _yaml.Keys(top, "steps", "environment", "timeout", "checks", "schedules", "concurrency", "runner");
        IReadOnlyList<ScheduleDefinition> schedules =
            keys.TryGetValue("schedules", out var times) ? new ScheduleReader(_yaml).Read(times) : [];
        // A scan runs no steps.
        var names = schedules.Select(static schedule => schedule.Name).Where(static name => Scan.Find(name) is null);
        return Steps(keys, [.. names], NoVariables, DefaultTimeout) with
        {
            Checks = keys.TryGetValue("checks", out var checks) ? Checks(checks) : CheckSettings.Default,
            Schedules = schedules,
            Concurrency = keys.TryGetValue("concurrency", out var concurrency) ? ConcurrencyKey.Read(_yaml, concurrency) : null,
            Runner = keys.TryGetValue("runner", out var runner) ? RunnerKey.Read(_yaml, runner) : [],
        };
    }

    private PipelineFile Steps(
        Dictionary<string, YamlNode> keys, IReadOnlyList<string> schedules, IReadOnlyDictionary<string, string> shared,
        TimeSpan longest)
    {
        var steps = new StepReader(_yaml, schedules, _included);
        var environment = new Dictionary<string, string>(shared, StringComparer.Ordinal);
        if (keys.TryGetValue("environment", out var variables))
            foreach (var (name, value) in steps.Environment(variables)) environment[name] = value;
        var timeout = keys.TryGetValue("timeout", out var limit) ? steps.Timeout(limit) : longest;
        if (keys.TryGetValue("steps", out var list))
        {
            if (list is not YamlSequenceNode items) _yaml.Problem(list, "'steps' must be a list; begin each step with '- name:'");
            else steps.ReadAll(items, environment, timeout);
        }

        return new PipelineFile(steps.InOrder(), CheckSettings.Default);
    }

    private CheckSettings Checks(YamlNode node)
    {
        var gates = new Dictionary<string, Gate>(StringComparer.Ordinal);
        var ignore = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        var settings = CheckSettings.Default;
        var known = CheckBatch.All.Concat(CheckBatch.BeforeCommit).Select(static check => check.Name).Distinct();
        foreach (var (check, value) in _yaml.Keys(node, [.. known]))
        {
            if (value is YamlScalarNode)
            {
                if (ReadGate(value, check) is { } gate) gates[check] = gate;
                continue;
            }

            foreach (var (key, inner) in _yaml.Keys(value))
            {
                if (key == "ignore") ignore[check] = _yaml.Texts(inner, key);
                else if (key == "require" && check == "structure") settings = settings with { Required = _yaml.Texts(inner, key) };
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
        if (gate is null) _yaml.Problem(node, $"'{what}' must be block, warn or off");
        return gate;
    }
}
