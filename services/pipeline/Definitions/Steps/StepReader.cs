using System.Globalization;
using System.Text.RegularExpressions;

using Auxo.Pipeline.Checks;
using Auxo.Pipeline.Checks.Files;
using Auxo.Pipeline.Definitions.Yaml;

using YamlDotNet.RepresentationModel;

namespace Auxo.Pipeline.Definitions.Steps;

/// <summary>Reads the steps of a pipeline file, one for each combination of their matrix, and what each needs.</summary>
/// <param name="yaml">Gathers what is wrong.</param>
/// <param name="schedules">The names that an <c>if</c> may ask for.</param>
/// <param name="included">Reads the entries that stand for steps of another file; null in such a file.</param>
internal sealed class StepReader(YamlKeys yaml, IReadOnlyList<string> schedules, IncludedSteps? included)
{
    private const int MaxRetries = 5;
    private const RegexOptions Linear = RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture;
    private static readonly TimeSpan MaxTimeout = TimeSpan.FromHours(24);
    private static readonly Regex StepName = new(@"^[A-Za-z0-9][A-Za-z0-9._-]{0,59}\z", Linear);
    private static readonly Regex Variable = new(@"^[A-Za-z_][A-Za-z0-9_]*\z", Linear);
    private static readonly Regex Image = new(@"^[a-z0-9][A-Za-z0-9._/:@-]{0,254}\z", Linear);

    private readonly List<(CommandStep Step, YamlNode Node, IReadOnlyList<string>? Needs)> _read = [];
    private readonly StepsSize _size = new();

    /// <summary>Which steps a name of the file stands for: itself, or every combination of its matrix.</summary>
    private readonly Dictionary<string, IReadOnlyList<string>> _named = new(StringComparer.Ordinal);

    /// <summary>Reads the list of steps.</summary>
    /// <param name="list">It.</param>
    /// <param name="shared">The variables of all steps.</param>
    /// <param name="timeout">Of a step that names none.</param>
    public void ReadAll(YamlSequenceNode list, IReadOnlyDictionary<string, string> shared, TimeSpan timeout)
    {
        var taken = new HashSet<string>(
            CheckBatch.All.Select(static check => check.Name).Append(Plan.FileStep), StringComparer.OrdinalIgnoreCase);
        foreach (var node in list.Children)
        {
            if (_read.Count > PipelineFileReader.MaxSteps || _size.IsExceeded) break;
            if (node is not YamlMappingNode map)
            {
                yaml.Problem(node, "a step must be a mapping with 'name' and 'run'");
                continue;
            }

            var before = _read.Count;
            if (IncludedSteps.IsMeant(map)) ReadIncluded(map, shared, timeout);
            else Read(map, shared, timeout);
            foreach (var (step, _, _) in _read.Skip(before))
            {
                if (!taken.Add(step.Name)) yaml.Problem(
                    node, $"the name '{step.Name}' is taken by another step or by a built-in check"
                        + (step.Uses is null ? "" : "; a 'name' beside 'uses' is put in front of the names of its steps"));
            }
        }

        if (_read.Count > PipelineFileReader.MaxSteps) yaml.Problem(list, $"more than {PipelineFileReader.MaxSteps} steps");
    }

    /// <summary>The steps as the file has them, with the names of those that they need; says which of these are none.</summary>
    public IReadOnlyList<CommandStep> InOrder()
    {
        var steps = new List<CommandStep>();
        IReadOnlyList<string> previous = [];
        foreach (var group in _read.GroupBy(static read => read.Node, ReferenceEqualityComparer.Instance)
            .Select(static group => group.ToList()))
        {
            // All steps of an entry wait for the same ones.
            var (first, node, needs) = group[0];
            var names = needs is null ? previous : Resolve(needs, first, node);
            if (!_size.IsExceeded && !_size.Add(names, group.Count)) yaml.Problem(node, StepsSize.Problem);
            // A step of another file that waits for one of that file waits for nothing else.
            steps.AddRange(group.Select(read => read.Step.Needs is { Count: > 0 } ? read.Step : read.Step with { Needs = names }));
            previous = [.. group.Select(static read => read.Step.Name)];
        }

        if (StepCycle.Find(steps) is { } cycle)
            yaml.Problem(
                _read.First(read => read.Step.Name == cycle[0]).Node, $"these steps wait for each other: {string.Join(" → ", cycle)}");
        return steps;
    }

    /// <summary>Variables of the file or of a step.</summary>
    public Dictionary<string, string> Environment(YamlNode node)
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in yaml.Keys(node))
        {
            if (!Variable.IsMatch(name)) yaml.Problem(
                value, $"'{PlainText.OneLine(name, 60)}' is no variable name: letters, digits and '_', not beginning with a digit");
            else if (value is YamlScalarNode { Value: { } text } && !text.Contains('\0', StringComparison.Ordinal)) variables[name] = text;
            else yaml.Problem(value, $"the variable '{name}' must be a text; quote it");
        }

        return variables;
    }

    /// <summary>A time limit.</summary>
    public TimeSpan Timeout(YamlNode node)
    {
        if (PipelineFileReader.ParseDuration(yaml.Text(node, "timeout")) is { } duration
            && duration >= TimeSpan.FromSeconds(1) && duration <= MaxTimeout) return duration;
        yaml.Problem(node, "'timeout' must be a duration between 1s and 24h, such as 90s, 10m or 1h30m");
        return PipelineFileReader.DefaultTimeout;
    }

    private void Read(YamlMappingNode map, IReadOnlyDictionary<string, string> shared, TimeSpan timeout)
    {
        var keys = yaml.Keys(
            map, "name", "run", "commands", "working-directory", "environment", "timeout", "image", "artifacts", "needs", "if", "matrix",
            "retry", "on-failure", "reports", "network", "cache", "services", "secrets");
        var name = Name(map, keys);
        IReadOnlyList<string> commands = [];
        if (keys.ContainsKey("run") == keys.ContainsKey("commands")) yaml.Problem(map, "a step needs either 'run' or 'commands'");
        else commands = keys.TryGetValue("run", out var run) ? yaml.Texts(run, "run") : yaml.Texts(keys["commands"], "commands");

        string? folder = null;
        if (keys.TryGetValue("working-directory", out var directory)
            && (folder = yaml.Text(directory, "working-directory")) is { Length: > 0 } && Leaves(folder))
            yaml.Problem(directory, "'working-directory' must be a path inside the repository, relative and without '..'");

        var environment = new Dictionary<string, string>(shared, StringComparer.Ordinal);
        if (keys.TryGetValue("environment", out var own))
            foreach (var (key, value) in Environment(own)) environment[key] = value;

        var when = NeedsOutcome.Passed;
        var conditions = keys.TryGetValue("if", out var asked) ? Conditions(asked, ref when) : [];
        var ignores = keys.TryGetValue("on-failure", out var failing) && yaml.Words(failing, "on-failure", "ignore", "stop") is ["ignore"];
        var step = new CommandStep(
            name, commands, string.IsNullOrEmpty(folder) ? null : folder, environment,
            keys.TryGetValue("timeout", out var limit) ? Timeout(limit) : timeout,
            keys.TryGetValue("image", out var image) ? ImageOf(image, yaml.Text(image, "image")) : null,
            keys.TryGetValue("artifacts", out var artifacts) ? FilePatterns.Read(yaml, artifacts, "artifacts", "artifact") : [])
        {
            Retry = keys.TryGetValue("retry", out var retry) ? Retry(retry) : null, IgnoresFailure = ignores, If = conditions, When = when,
            Reports = keys.TryGetValue("reports", out var reports) ? ReportsKey.Read(yaml, reports) : null,
            Caches = keys.TryGetValue("cache", out var caches) ? CacheKeys.Read(yaml, caches) : [],
            Services = keys.TryGetValue("services", out var services) ? ServiceKeys.Read(yaml, services, this) : [],
            Network = keys.TryGetValue("network", out var network) && yaml.Words(network, "network", "true", "false") is ["true"],
            Secrets = keys.TryGetValue("secrets", out var secrets) ? SecretsKey.Read(yaml, secrets) : null,
        };
        var needs = Needs(keys);
        if (needs is [] && when != NeedsOutcome.Passed)
            yaml.Problem(asked!, "'needs' of 'if' asks how needs ended, and this step has none");
        var combinations = keys.TryGetValue("matrix", out var matrix) ? StepMatrix.Read(yaml, matrix) : null;
        if (!_size.Add(step, combinations?.Count ?? 1) || combinations?.All(values => _size.Add(values, copies: 1)) is false)
        {
            yaml.Problem(map, StepsSize.Problem);
            return;
        }

        var variants = combinations is null ? [step] : Variants(step, combinations, matrix!);
        if (step.Services.FirstOrDefault(static service => service.Image is not null) is { } outside
            && variants.Any(static variant => variant.Image is null))
            yaml.Problem(services!,
                $"the service '{outside.Name}' has an image, so its step needs one too: a sandbox and a container share no network");
        foreach (var taken in (step.Secrets ?? []).Where(secret => variants.Any(variant => variant.Environment.ContainsKey(secret))))
            yaml.Problem(secrets!, $"'{taken}' is a variable of the file already; a secret needs a name of its own");
        if (name.Length > 0) _named.TryAdd(name, [.. variants.Select(static variant => variant.Name)]);
        _read.AddRange(variants.Select(variant => (variant, (YamlNode)map, needs)));
    }

    /// <summary>Those of the steps of another file that wait for none of it wait for what the entry needs.</summary>
    private void ReadIncluded(YamlMappingNode map, IReadOnlyDictionary<string, string> shared, TimeSpan timeout)
    {
        if (included is null)
        {
            yaml.Problem(map, "an included file cannot include another one; include both in the file that is built");
            return;
        }

        var keys = included.Keys(map);
        var name = keys.ContainsKey("name") ? Name(map, keys) : "";
        var with = keys.TryGetValue("with", out var variables) ? Environment(variables) : [];
        var when = NeedsOutcome.Passed;
        var conditions = keys.TryGetValue("if", out var asked) ? Conditions(asked, ref when) : [];
        var needs = Needs(keys);
        if (needs is [] && when != NeedsOutcome.Passed)
            yaml.Problem(asked!, "'needs' of 'if' asks how needs ended, and this step has none");
        var read = included.Read(keys, schedules, shared, timeout);
        if (!read.All(step => _size.Add(step)) || !_size.Add(with, read.Count))
        {
            yaml.Problem(map, StepsSize.Problem);
            return;
        }

        var steps = read.Select(step => step with
        {
            Name = Prefixed(step.Name), Needs = [.. step.Needs!.Select(Prefixed)],
            When = step.Needs is [] ? when : step.When, IncludedIf = conditions,
            Environment = step.Environment.Where(pair => !with.ContainsKey(pair.Key)).Concat(with)
                .ToDictionary(StringComparer.Ordinal),
        }).ToList();
        foreach (var step in steps.Where(static step => !StepName.IsMatch(step.Name)))
            yaml.Problem(
                map, $"the step's name with this one in front, '{PlainText.OneLine(step.Name, 80)}', is longer than 60 characters");
        foreach (var taken in with.Keys.Where(key => steps.Exists(step => step.Secrets?.Contains(key) == true)))
            yaml.Problem(
                variables!, $"'{taken}' is a secret of the included steps already; a variable needs a name of its own");
        if (name.Length > 0) _named.TryAdd(name, [.. steps.Select(static step => step.Name)]);
        _read.AddRange(steps.Select(step => (step, (YamlNode)map, needs)));

        string Prefixed(string step) => name.Length == 0 ? step : $"{name}-{step}";
    }

    private IReadOnlyList<string>? Needs(Dictionary<string, YamlNode> keys)
        => !keys.TryGetValue("needs", out var needed) ? null
            : needed is YamlSequenceNode { Children.Count: 0 } ? [] : yaml.Texts(needed, "needs");

    private string Name(YamlMappingNode map, Dictionary<string, YamlNode> keys)
    {
        if (!keys.TryGetValue("name", out var named))
        {
            yaml.Problem(map, "a step needs a 'name'");
            return "";
        }

        var name = yaml.Text(named, "name");
        if (name.Length > 0 && !StepName.IsMatch(name))
            yaml.Problem(named,
                $"'{PlainText.OneLine(name, 60)}' is no step name: letters, digits, '.', '-' and '_', at most 60, "
                    + "beginning with a letter or digit");
        return name;
    }

    /// <summary>The name of an image.</summary>
    internal string? ImageOf(YamlNode node, string image)
    {
        if (image.Length > 0 && !Image.IsMatch(image))
            yaml.Problem(node, "'image' is no container image, such as 'debian:13' or 'registry.example/tool@sha256:…'");
        return image.Length == 0 ? null : image;
    }

    private StepRetry? Retry(YamlNode node)
    {
        if (node is YamlScalarNode) return Times(node, "retry") is { } all
            ? new StepRetry(all, [StepRetry.Failure, StepRetry.Timeout, StepRetry.Infrastructure]) : null;
        var keys = yaml.Keys(node, "times", "on");
        var times = keys.TryGetValue("times", out var number) ? Times(number, "times") : 1;
        IReadOnlyList<string> on = keys.TryGetValue("on", out var causes)
            ? yaml.Texts(causes, "on")
            : [StepRetry.Failure, StepRetry.Timeout, StepRetry.Infrastructure];
        foreach (var cause in on.Where(static cause => cause.Length > 0 && !IsCause(cause)))
        {
            yaml.Problem(causes!, $"'{PlainText.OneLine(cause, 40)}' is no cause: {StepRetry.Failure}, {StepRetry.Timeout}, "
                + $"{StepRetry.Infrastructure} or an exit code from 1 to 255");
        }

        return times is { } count ? new StepRetry(count, on) : null;
    }

    private static bool IsCause(string cause)
        => cause is StepRetry.Failure or StepRetry.Timeout or StepRetry.Infrastructure
            || byte.TryParse(cause, NumberStyles.None, CultureInfo.InvariantCulture, out var code) && code > 0;

    private int? Times(YamlNode node, string key)
    {
        if (int.TryParse(yaml.Text(node, key), NumberStyles.None, CultureInfo.InvariantCulture, out var times)
            && times is >= 1 and <= MaxRetries) return times;
        yaml.Problem(node, $"'{key}' must be a number from 1 to {MaxRetries}");
        return null;
    }

    private List<StepCondition> Conditions(YamlNode node, ref NeedsOutcome when)
    {
        var conditions = new List<StepCondition>();
        foreach (var item in node is YamlSequenceNode list ? list.Children : [node])
        {
            var keys = yaml.Keys(item, "event", "branch", "paths", "author", "schedule", "needs");
            if (keys.TryGetValue("needs", out var ended) && yaml.Words(ended, "needs", "passed", "failed", "any") is [var word])
                when = Enum.Parse<NeedsOutcome>(word, ignoreCase: true);
            var condition = new StepCondition(
                keys.TryGetValue("event", out var events) ? yaml.Words(events, "event", [.. StepCondition.EventNames.Keys]) : [],
                keys.TryGetValue("branch", out var branches) ? yaml.Texts(branches, "branch") : [],
                keys.TryGetValue("paths", out var paths) ? yaml.Texts(paths, "paths") : [],
                keys.TryGetValue("author", out var author)
                    && yaml.Words(author, "author", StepCondition.Trusted, StepCondition.Stranger) is [var one] ? one : null)
            {
                Schedules = keys.TryGetValue("schedule", out var named) ? Schedules(named) : null,
            };
            // Alone, 'needs' asks nothing of the build.
            if (condition is not { Events: [], Branches: [], Paths: [], Author: null, Schedules: null } || keys.Count == 0)
                conditions.Add(condition);
        }

        return conditions;
    }

    private IReadOnlyList<string> Schedules(YamlNode node)
    {
        if (schedules.Count > 0) return yaml.Words(node, "schedule", schedules);
        yaml.Problem(node, "this file has no 'schedules' that 'if' could ask for");
        return [];
    }

    private List<CommandStep> Variants(
        CommandStep step, IReadOnlyList<IReadOnlyDictionary<string, string>> combinations, YamlNode node)
    {
        var variants = new List<CommandStep>();
        foreach (var values in combinations)
        {
            var environment = new Dictionary<string, string>(step.Environment, StringComparer.Ordinal);
            foreach (var (key, value) in values.Where(static pair => pair.Key != StepMatrix.Image))
            {
                if (!Variable.IsMatch(key)) yaml.Problem(node, $"'{PlainText.OneLine(key, 60)}' is no variable name, nor 'image'");
                environment[key] = value;
            }

            var name = StepMatrix.Name(step.Name, values);
            if (step.Name.Length > 0 && !StepName.IsMatch(name))
                yaml.Problem(node, $"the step's name with these values, '{PlainText.OneLine(name, 80)}', is longer than 60 characters");
            variants.Add(step with
            {
                Name = name, Environment = environment,
                Image = values.TryGetValue(StepMatrix.Image, out var image) ? ImageOf(node, image) : step.Image,
            });
        }

        return variants;
    }

    private IReadOnlyList<string> Resolve(IReadOnlyList<string> needs, CommandStep step, YamlNode node)
    {
        var names = new List<string>();
        foreach (var need in needs.Where(static need => need.Length > 0))
        {
            if (_named.TryGetValue(need, out var steps)) names.AddRange(steps);
            else if (_read.Exists(read => read.Step.Name == need)) names.Add(need);
            else if (included is not { IsIncomplete: true } && !yaml.IsFull)
                yaml.Problem(node, $"'{step.Name}' needs a step that is not here: {YamlKeys.Unknown("step", need, [.. _named.Keys])}");
        }

        return [.. names.Distinct(StringComparer.Ordinal)];
    }

    private static bool Leaves(string path)
        => path.StartsWith('/') || path.Contains('\\', StringComparison.Ordinal) || path.Split('/').Contains("..");
}
