using System.Globalization;
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
    /// <param name="yaml">Hears of problems.</param>
    /// <param name="node">The list.</param>
    /// <param name="steps">Reads what steps have, too.</param>
    public static IReadOnlyList<StepService> Read(YamlKeys yaml, YamlNode node, StepReader steps)
    {
        if (node is not YamlSequenceNode { Children.Count: > 0 and <= MaxServices } list)
        {
            yaml.Problem(node, $"'services' must be a list of 1 to {MaxServices}, each with 'name' and 'run' or 'image'");
            return [];
        }

        var services = list.Children.Select(item => One(yaml, item, steps)).OfType<StepService>().ToList();
        foreach (var (name, count) in services.CountBy(static service => service.Name))
            if (count > 1) yaml.Problem(node, $"{count} services have the name '{name}'");
        return services;
    }

    private static StepService? One(YamlKeys yaml, YamlNode node, StepReader steps)
    {
        var keys = yaml.Keys(node, "name", "run", "image", "ready", "port", "environment", "timeout");
        if (!keys.TryGetValue("name", out var named) || !keys.ContainsKey("run") && !keys.ContainsKey("image"))
        {
            yaml.Problem(node, "a service needs a 'name', and 'run', the command that is the service, or an 'image'");
            return null;
        }

        var name = yaml.Text(named, "name");
        if (!ServiceName().IsMatch(name))
            yaml.Problem(named,
                $"'{PlainText.OneLine(name, 60)}' is no name of a service: letters, digits, '-' and '_', at most 40, "
                    + "beginning with a letter");
        foreach (var (key, of) in keys)
            if (key is "port" or "environment" && !keys.ContainsKey("image"))
                yaml.Problem(
                    of, $"'{key}' is for a service with an 'image'; without one it has the step's variables, and 'ready' is a command");
        if (!keys.ContainsKey("run") && yaml.Text(keys["image"], "image").Length == 0)
            yaml.Problem(keys["image"], "'image' of a service names a container image, such as 'postgres:17'");
        var timeout = keys.TryGetValue("timeout", out var limit) ? Timeout(yaml, limit) : DefaultTimeout;
        return new StepService(
            name, keys.TryGetValue("run", out var run) ? yaml.Text(run, "run") : "",
            keys.TryGetValue("ready", out var ready) ? yaml.Text(ready, "ready") : null, timeout)
        {
            Image = keys.TryGetValue("image", out var image) ? steps.ImageOf(image, yaml.Text(image, "image")) : null,
            Port = keys.TryGetValue("port", out var port) ? Port(yaml, port) : null,
            Environment = keys.TryGetValue("environment", out var environment) ? steps.Environment(environment) : null,
        };
    }

    private static int? Port(YamlKeys yaml, YamlNode node)
    {
        if (int.TryParse(yaml.Text(node, "port"), NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            && port is > 0 and <= 65535) return port;
        yaml.Problem(node, "'port' must be a number from 1 to 65535");
        return null;
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
