using Auxo.Pipeline.Checks.Files;
using Auxo.Pipeline.Definitions.Including;
using Auxo.Pipeline.Definitions.Yaml;

using YamlDotNet.RepresentationModel;

namespace Auxo.Pipeline.Definitions.Steps;

/// <summary>Reads an entry of <c>steps</c> that stands for the steps of another file.</summary>
/// <param name="yaml">Gathers what is wrong, with the place of the entry; the text names the place in the other file.</param>
/// <param name="files">The other files; null where nobody has looked.</param>
internal sealed class IncludedSteps(YamlKeys yaml, IReadOnlyDictionary<PipelineInclude, IncludedFile>? files)
{
    private const string Uses = "uses";
    private const int MostProblems = 5;
    private readonly List<PipelineInclude> _includes = [];
    private readonly HashSet<PipelineInclude> _wrong = [];

    /// <summary>What was named until now.</summary>
    public IReadOnlyList<PipelineInclude> Includes => _includes;

    /// <summary>The steps of some file are not known, so a name may be one of them.</summary>
    public bool IsIncomplete { get; private set; }

    /// <summary>True for such an entry.</summary>
    public static bool IsMeant(YamlMappingNode map)
        => map.Children.Keys.Any(static key => key is YamlScalarNode { Value: Uses });

    /// <summary>The entry's keys.</summary>
    public Dictionary<string, YamlNode> Keys(YamlMappingNode map)
        => yaml.Keys(map, Uses, "name", "with", "needs", "if", "secrets");

    /// <summary>The steps of the file, as it names them, with what they need of each other.</summary>
    /// <param name="keys">Of the entry.</param>
    /// <param name="schedules">The names that an <c>if</c> may ask for.</param>
    /// <param name="shared">The variables of all steps.</param>
    /// <param name="timeout">Of a step where the file names none.</param>
    public IReadOnlyList<CommandStep> Read(
        Dictionary<string, YamlNode> keys, IReadOnlyList<string> schedules, IReadOnlyDictionary<string, string> shared,
        TimeSpan timeout)
    {
        var node = keys[Uses];
        if (yaml.Text(node, Uses) is not { Length: > 0 } text) return None();
        if (!PipelineInclude.TryParse(text, out var include, out var wrong)) return None(node, wrong);
        if (!_includes.Contains(include)) _includes.Add(include);
        if (_includes.Count > PipelineInclude.MaxOfOneFile)
            return None(node, $"more than {PipelineInclude.MaxOfOneFile} files are included");
        if (files?.TryGetValue(include, out var file) is not true || file is null) return None();
        // What is wrong with a file is said once, however often it is named.
        if (_wrong.Contains(include)) return None();
        if (file.Text is null) return None(node, file.Problem!);

        var reading = PipelineFileReader.ReadIncluded(file.Text, include.Short, schedules, shared, timeout);
        foreach (var problem in reading.Problems.Take(MostProblems))
            yaml.Problem(node, $"{problem.Path}:{problem.Line ?? 1}:{problem.Column ?? 1}: {problem.Message}");
        if (reading.Problems.Count > 0)
        {
            _wrong.Add(include);
            return None();
        }

        if (reading.File.Steps.Count == 0) return None(node, $"{include.Short} has no steps");
        Allow(reading.File.Steps, include, keys, node);
        return [.. reading.File.Steps.Select(step => step with { Uses = include.ToString() })];
    }

    /// <summary>What somebody else has written is given no secret that this file does not name.</summary>
    private void Allow(
        IReadOnlyList<CommandStep> steps, PipelineInclude include, Dictionary<string, YamlNode> keys, YamlNode node)
    {
        var given = keys.TryGetValue("secrets", out var secrets) ? SecretsKey.Read(yaml, secrets) : [];
        var asked = steps.SelectMany(static step => (step.Secrets ?? []).Select(secret => (step.Name, Secret: secret))).ToList();
        foreach (var (step, secret) in asked)
            if (!given.Contains(secret, StringComparer.Ordinal))
                yaml.Problem(node, $"the step '{step}' of {include.Short} asks for the secret {secret}; "
                    + $"give it by 'secrets: [{secret}]' beside 'uses'");
        foreach (var unused in given.Where(secret => !asked.Exists(one => one.Secret == secret)))
            yaml.Problem(secrets!, $"no step of {include.Short} asks for the secret {PlainText.OneLine(unused, 60)}");
    }

    private IReadOnlyList<CommandStep> None(YamlNode node, string problem)
    {
        yaml.Problem(node, problem);
        return None();
    }

    private IReadOnlyList<CommandStep> None()
    {
        IsIncomplete = true;
        return [];
    }
}
