using Auxo.Pipeline.Builds;
using Auxo.Pipeline.Definitions;

namespace Auxo.Pipeline.Running.Steps;

/// <summary>
/// Which steps run again when a build goes on in a fresh workspace: those that have passed, and whose files a step needs that has no
/// result yet. Their results stay as they are.
/// </summary>
internal static class StepReplay
{
    /// <summary>They, each behind those that it needs itself.</summary>
    public static IReadOnlyList<CommandStep> Of(Build build)
    {
        var results = build.Results.ToDictionary(static result => result.Step, static result => result.Outcome, StringComparer.Ordinal);
        var steps = build.Plan.Steps;
        var places = steps.Index().ToDictionary(static pair => pair.Item.Name, static pair => pair.Index, StringComparer.Ordinal);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var again = new List<CommandStep>();
        foreach (var step in steps.Where(step => step.LeftOut is null && !results.ContainsKey(step.Name))) Visit(step);
        return again;

        // As deep as the longest way through the needs; a plan has at most 500 steps.
        void Visit(CommandStep step)
        {
            if (!seen.Add(step.Name)) return;
            var before = places[step.Name] == 0 ? [] : (IReadOnlyList<string>)[steps[places[step.Name] - 1].Name];
            foreach (var need in step.Needs ?? before) Visit(steps[places[need]]);
            if (results.GetValueOrDefault(step.Name, Outcome.Skipped) == Outcome.Passed) again.Add(step);
        }
    }
}
