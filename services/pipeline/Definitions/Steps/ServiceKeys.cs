using System.Text.RegularExpressions;

using Auxo.Pipeline.Checks.Files;
using Auxo.Pipeline.Definitions.Yaml;

using YamlDotNet.RepresentationModel;

namespace Auxo.Pipeline.Definitions.Steps;

/// <summary>Reads the key <c>services</c> of a step: a list of them.</summary>
internal static partial class ServiceKeys
{
    private const int MaxServices = 20;
    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(60);

    /// <summary>Reads it.</summary>
    public static IReadOnlyList<StepService> Read(YamlKeys yaml, YamlNode node)
    {
        if (node is not YamlSequenceNode { Children.Count: > 0 and <= MaxServices } list)
        {
            yaml.Problem(node, $"'services' must be a list of 1 to {MaxServices}, each with 'name' and 'run'");
            return [];
        }

        var services = list.Children.Select(item => One(yaml, item)).OfType<StepService>().ToList();
        foreach (var (name, count) in services.CountBy(static service => service.Name))
            if (count > 1) yaml.Problem(node, $"{count} services have the name '{name}'");
        return services;
    }

    private static StepService? One(YamlKeys yaml, YamlNode node)
    {
        var keys = yaml.Keys(node, "name", "run", "ready", "timeout");
        if (!keys.TryGetValue("name", out var named) || !keys.TryGetValue("run", out var run))
        {
            yaml.Problem(node, "a service needs a 'name' and 'run', the command that is the service");
            return null;
        }

        var name = yaml.Text(named, "name");
        if (!ServiceName().IsMatch(name))
            yaml.Problem(named,
                $"'{PlainText.OneLine(name, 60)}' is no name of a service: letters, digits, '-' and '_', at most 40, "
                    + "beginning with a letter");
        var timeout = keys.TryGetValue("timeout", out var limit) ? Timeout(yaml, limit) : DefaultTimeout;
        return new StepService(
            name, yaml.Text(run, "run"), keys.TryGetValue("ready", out var ready) ? yaml.Text(ready, "ready") : null, timeout);
    }

    private static TimeSpan Timeout(YamlKeys yaml, YamlNode node)
    {
        if (PipelineFileReader.ParseDuration(yaml.Text(node, "timeout")) is { } duration
            && duration >= TimeSpan.FromSeconds(1) && duration <= TimeSpan.FromHours(1)) return duration;
        yaml.Problem(node, "'timeout' of a service must be a duration between 1s and 1h, such as 30s");
        return DefaultTimeout;
    }

    [GeneratedRegex("^[A-Za-z][A-Za-z0-9_-]{0,39}\\z", RegexOptions.NonBacktracking)]
    private static partial Regex ServiceName();
}
