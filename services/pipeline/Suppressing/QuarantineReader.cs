using Auxo.Pipeline.Definitions;

using YamlDotNet.RepresentationModel;

namespace Auxo.Pipeline.Suppressing;

/// <summary>Reads <c>.auxo/quarantine.yaml</c>. The format is described in <c>docs/coverage.md</c>.</summary>
internal sealed class QuarantineReader : EntriesReader<QuarantinedTest>
{
    private QuarantineReader(DateOnly today)
        : base(QuarantinedTest.Path, today)
    {
    }

    /// <inheritdoc/>
    protected override string FirstKey => "test";

    /// <summary>Reads the text of the file.</summary>
    /// <param name="text">It.</param>
    /// <param name="today">Until a year from then a test may be quarantined.</param>
    public static (IReadOnlyList<QuarantinedTest> Entries, IReadOnlyList<DefinitionProblem> Problems) Read(
        string text, DateOnly today)
        => new QuarantineReader(today).ReadAll(text);

    /// <inheritdoc/>
    protected override QuarantinedTest? One(YamlNode node)
    {
        var keys = Yaml.Keys(node, "test", "step", "until", "reason", "by");
        if (node is not YamlMappingNode) return null;
        var test = Needed(node, keys, "test", ": its name as the verdict has it");
        var reason = Needed(node, keys, "reason", ": why may it fail?");
        var by = Needed(node, keys, "by", ": who says so?");
        // A test that may fail for good is a test that nobody needs.
        if (!keys.ContainsKey("until")) Yaml.Problem(node, "the entry needs 'until': the last day, such as 2027-01-31");
        return test is null || reason is null || by is null || Until(keys) is not { } until
            ? null
            : new QuarantinedTest((int)node.Start.Line, test, Given(keys, "step"), until, reason, by);
    }
}
