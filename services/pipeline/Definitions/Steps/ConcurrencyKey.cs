using System.Text.RegularExpressions;

using Auxo.Pipeline.Checks.Files;
using Auxo.Pipeline.Definitions.Yaml;

using YamlDotNet.RepresentationModel;

namespace Auxo.Pipeline.Definitions.Steps;

/// <summary>Reads the key <c>concurrency</c> of the file: a mode, or a mapping.</summary>
internal static partial class ConcurrencyKey
{
    private static readonly string[] Modes = [.. Enum.GetNames<ConcurrencyMode>().Select(static name => name.ToLowerInvariant())];

    /// <summary>Reads it; null where it is wrong.</summary>
    public static BuildConcurrency? Read(YamlKeys yaml, YamlNode node)
    {
        if (node is YamlScalarNode) return Mode(yaml, node) is { } only ? new BuildConcurrency(only, Group: null) : null;
        var keys = yaml.Keys(node, "mode", "group", "event");
        if (!keys.TryGetValue("mode", out var word))
        {
            yaml.Problem(node, $"'concurrency' needs a 'mode': {string.Join(", ", Modes)}");
            return null;
        }

        var group = keys.TryGetValue("group", out var named) ? yaml.Text(named, "group") : null;
        if (group is { Length: > 0 } && !GroupName().IsMatch(group))
            yaml.Problem(named!, $"'{PlainText.OneLine(group, 60)}' is no name of a group: letters, digits, '.', '-' and '_', at most 60");
        var events = keys.TryGetValue("event", out var kinds) ? yaml.Words(kinds, "event", [.. StepCondition.EventNames.Keys]) : [];
        return Mode(yaml, word) is { } mode ? new BuildConcurrency(mode, group) { Events = events } : null;
    }

    private static ConcurrencyMode? Mode(YamlKeys yaml, YamlNode node)
        => yaml.Words(node, "mode", Modes) is [var word] ? Enum.Parse<ConcurrencyMode>(word, ignoreCase: true) : null;

    [GeneratedRegex("^[A-Za-z0-9][A-Za-z0-9._-]{0,59}\\z", RegexOptions.NonBacktracking)]
    private static partial Regex GroupName();
}
