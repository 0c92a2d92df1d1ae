using Auxo.Pipeline.Builds;
using Auxo.Pipeline.Definitions;

namespace Auxo.Pipeline.Running.Steps;

/// <summary>
/// Which steps of a build may begin, and which never will: a step begins when the last of its needs has ended; of several that may
/// begin, the one with the longest way behind it is first.
/// </summary>
internal sealed class StepProgress
{
    private readonly IReadOnlyList<CommandStep> _steps;
    private readonly Dictionary<string, IReadOnlyList<string>> _needs = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _behind = new(StringComparer.Ordinal);
    private readonly HashSet<string> _begun = new(StringComparer.Ordinal);

    /// <summary>The steps that have ended; null for one that went well, else the step by whose failure it did not.</summary>
    private readonly Dictionary<string, string?> _ended = new(StringComparer.Ordinal);

    private StepProgress(IReadOnlyList<CommandStep> steps)
    {
        _steps = steps;
        for (var i = 0; i < steps.Count; i++) _needs[steps[i].Name] = steps[i].Needs ?? (i == 0 ? [] : [steps[i - 1].Name]);
        foreach (var step in steps) Behind(step.Name);
    }

    /// <summary>Where a build stands.</summary>
    public static StepProgress Of(Build build)
    {
        var progress = new StepProgress(build.Plan.Steps);
        var byName = build.Plan.Steps.ToDictionary(static step => step.Name, StringComparer.Ordinal);
        foreach (var result in build.Results)
            if (byName.TryGetValue(result.Step, out var step)) progress.End(step, result.Outcome, result.Blocks);
        return progress;
    }

    /// <summary>The steps that never run, each once, and why.</summary>
    public IReadOnlyList<(CommandStep Step, string Why)> NotRun()
    {
        var found = new List<(CommandStep, string)>();
        for (var before = -1; before < found.Count;)
        {
            before = found.Count;
            foreach (var step in _steps.Where(step => !_ended.ContainsKey(step.Name) && !_begun.Contains(step.Name)))
            {
                var cause = Cause(step);
                if (step.LeftOut is { } reason)
                {
                    _ended[step.Name] = null;
                    found.Add((step, reason));
                }
                else if (step.When == NeedsOutcome.Passed && cause is not null)
                {
                    _ended[step.Name] = cause;
                    found.Add((step, $"not run, since {cause} did not pass"));
                }
                else if (step.When == NeedsOutcome.Failed && cause is null && IsFree(step))
                {
                    // What waits for a failure that did not come is done, like a step that is left out.
                    _ended[step.Name] = null;
                    found.Add((step, "not run, since nothing that it needs failed"));
                }
            }
        }

        return found;
    }

    /// <summary>The steps that begin now.</summary>
    /// <param name="most">At most so many.</param>
    public IReadOnlyList<CommandStep> Begin(int most)
    {
        var ready = _steps.Index()
            .Where(at => !_begun.Contains(at.Item.Name) && !_ended.ContainsKey(at.Item.Name) && at.Item.LeftOut is null && MayRun(at.Item))
            .OrderByDescending(at => _behind[at.Item.Name]).ThenBy(static at => at.Index).Select(static at => at.Item).Take(most).ToList();
        foreach (var step in ready) _begun.Add(step.Name);
        return ready;
    }

    /// <summary>The steps that have not begun; some of them may never do.</summary>
    public IReadOnlyList<CommandStep> NotBegun()
        => [.. _steps.Where(step => !_begun.Contains(step.Name) && !_ended.ContainsKey(step.Name))];

    /// <summary>A step has ended.</summary>
    /// <param name="step">It.</param>
    /// <param name="outcome">How.</param>
    /// <param name="blocks">False when its failure only warns: what needs it goes on.</param>
    public void End(CommandStep step, Outcome outcome, bool blocks)
    {
        var well = step.LeftOut is not null || outcome == Outcome.Passed
            || !blocks && outcome is Outcome.Failed or Outcome.TimedOut or Outcome.Errored
            || step.When == NeedsOutcome.Failed && outcome == Outcome.Skipped;
        _ended[step.Name] = well ? null : outcome == Outcome.Skipped ? Cause(step) ?? step.Name : step.Name;
    }

    private bool MayRun(CommandStep step)
        => IsFree(step) && step.When switch
        {
            NeedsOutcome.Passed => Cause(step) is null,
            NeedsOutcome.Failed => Cause(step) is not null,
            _ => true,
        };

    private bool IsFree(CommandStep step) => _needs[step.Name].All(_ended.ContainsKey);

    /// <summary>The step whose failure reaches this one; null when none does so far.</summary>
    private string? Cause(CommandStep step)
        => _needs[step.Name].Select(need => _ended.GetValueOrDefault(need)).FirstOrDefault(static cause => cause is not null);

    /// <summary>How many steps wait in a row behind one.</summary>
    private int Behind(string name)
    {
        if (_behind.TryGetValue(name, out var known)) return known;
        var way = new Stack<string>([name]);
        while (way.TryPeek(out var step))
        {
            var waiting = _steps.Select(static other => other.Name)
                .Where(other => _needs[other].Contains(step, StringComparer.Ordinal)).ToList();
            if (waiting.Find(other => !_behind.ContainsKey(other)) is { } first)
            {
                way.Push(first);
                continue;
            }

            _behind[way.Pop()] = waiting.Count == 0 ? 0 : 1 + waiting.Max(other => _behind[other]);
        }

        return _behind[name];
    }
}
