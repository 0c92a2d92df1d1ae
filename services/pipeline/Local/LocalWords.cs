using System.Globalization;
using System.Text;

using Auxo.Pipeline.Checks.Files;
using Auxo.Pipeline.Definitions;
using Auxo.Pipeline.Definitions.Including;
using Auxo.Pipeline.Verdict;

namespace Auxo.Pipeline.Local;

/// <summary>What is printed of a local plan and of its results.</summary>
internal static class LocalWords
{
    /// <summary>What would run, in which order, and why not the rest.</summary>
    public static string Of(LocalPlan plan)
    {
        var text = new StringBuilder();
        text.Append(plan.Tree.IsCommit ? $"Commit {plan.Tree.Commit.Short} of {plan.Tree.Top}" : $"The working tree of {plan.Tree.Top}");
        text.Append(plan.Tree.Branch is { } branch ? $" ({PlainText.OneLine(branch, 80)})" : "");
        text.Append(plan.Tree.Base is { } from ? $", compared with {from.Short}" : "").Append('\n');
        foreach (var problem in InOrder(plan.Plan.Problems)) text.Append(Of(problem)).Append('\n');
        text.Append("checks  ").AppendJoin(", ", plan.Plan.Checks).Append('\n');
        var width = plan.Plan.Steps.Select(static step => step.Name.Length).DefaultIfEmpty(0).Max();
        foreach (var step in plan.Plan.Steps)
            text.Append("step    ").Append(step.Name.PadRight(width)).Append("  ").Append(When(step)).Append(From(step)).Append('\n');
        foreach (var note in plan.Plan.Notes) text.Append("note    ").Append(note).Append('\n');
        return text.ToString();
    }

    /// <summary>By file and line, as a reader meets them.</summary>
    public static IEnumerable<DefinitionProblem> InOrder(IEnumerable<DefinitionProblem> problems)
        => problems.OrderBy(static p => p.Path, StringComparer.Ordinal).ThenBy(static p => p.Line ?? 1);

    /// <summary>Such as <c>.auxo/ci.yaml:3:5: error: unknown key 'runs'</c>, which editors understand.</summary>
    public static string Of(DefinitionProblem problem)
        => string.Create(
            CultureInfo.InvariantCulture, $"{problem.Path}:{problem.Line ?? 1}:{problem.Column ?? 1}: error: {problem.Message}");

    /// <summary>One line of a result.</summary>
    public static string Of(StepResult result)
    {
        var sign = (result.Outcome, result.Blocks) switch
        {
            (Outcome.Passed, _) => "✓",
            (Outcome.Skipped, _) => "-",
            (Outcome.Failed or Outcome.TimedOut or Outcome.Errored, false) => "!",
            _ => "✗",
        };
        var took = result.Duration == TimeSpan.Zero ? "" : $" {VerdictMarkdown.Words(result.Duration)}";
        var hint = result.Hint is { } advice ? $"\n  → {advice}" : "";
        return $"{sign} {result.Step}{took}{(result.Summary.Length == 0 ? "" : $"  {result.Summary}")}{hint}";
    }

    private static string From(CommandStep step)
        => step.Uses is { } uses && PipelineInclude.TryParse(uses, out var include, out _) ? $"  (from {include.Short})" : "";

    private static string When(CommandStep step)
    {
        if (step.LeftOut is { } why) return $"left out: {why}";
        var needs = step.Needs is { Count: > 0 } some ? $"after {string.Join(", ", some)}" : "at once";
        return step.When switch
        {
            NeedsOutcome.Failed => $"{needs}, when one of them did not pass",
            NeedsOutcome.Any => $"{needs}, however they end",
            _ => needs,
        };
    }
}
