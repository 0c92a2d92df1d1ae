using Auxo.Pipeline.Checks;
using Auxo.Pipeline.Definitions;

using YamlDotNet.RepresentationModel;

namespace Auxo.Pipeline.Suppressing;

/// <summary>Reads <c>.auxo/suppressions.yaml</c>. The format is described in <c>docs/dependencies.md</c>.</summary>
internal sealed class SuppressionsReader : EntriesReader<Suppression>
{
    private const string Accepted = "accepted";
    private const string FalseAlarm = "false-alarm";

    private SuppressionsReader(DateOnly today)
        : base(Suppression.Path, today)
    {
    }

    /// <inheritdoc/>
    protected override string FirstKey => "rule";

    /// <summary>Reads the text of the file.</summary>
    /// <param name="text">It.</param>
    /// <param name="today">Until a year from then something may be accepted.</param>
    public static (IReadOnlyList<Suppression> Entries, IReadOnlyList<DefinitionProblem> Problems) Read(string text, DateOnly today)
        => new SuppressionsReader(today).ReadAll(text);

    /// <inheritdoc/>
    protected override Suppression? One(YamlNode node)
    {
        var keys = Yaml.Keys(node, "rule", "check", "path", "package", "until", "reason", "by", "kind");
        if (node is not YamlMappingNode) return null;
        var rule = Needed(node, keys, "rule", ", such as CVE-2021-23337 or SC2086");
        var reason = Needed(node, keys, "reason", ": why may this stay?");
        var by = Needed(node, keys, "by", ": who accepts it?");
        var check = keys.TryGetValue("check", out var name)
            && Yaml.Words(name, "check", [.. CheckBatch.All.Select(static check => check.Name)]) is [var known, ..] ? known
            : null;
        var kind = keys.TryGetValue("kind", out var said) && Yaml.Words(said, "kind", [Accepted, FalseAlarm]) is [var word, ..]
            ? word : null;
        return rule is null || reason is null || by is null
            ? null
            : new Suppression(
                (int)node.Start.Line, rule, check, Given(keys, "path"), Given(keys, "package"), Until(keys), reason, by)
            {
                IsFalseAlarm = kind == FalseAlarm,
            };
    }
}
