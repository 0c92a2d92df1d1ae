using Auxo.Pipeline.Checks;
using Auxo.Pipeline.Checks.Files;

namespace Auxo.Pipeline.Suppressing;

/// <summary>Which findings somebody has accepted, on one day.</summary>
/// <param name="suppressions">The entries that count.</param>
/// <param name="today">The day in UTC.</param>
public sealed class AcceptedFindings(IReadOnlyList<Suppression> suppressions, DateOnly today)
{
    private readonly List<(Suppression Entry, PathPatterns? Files)> _entries =
        [.. suppressions.Select(static entry => (entry, entry.Files is null ? null : PathPatterns.Of([entry.Files])))];

    private readonly HashSet<Suppression> _met = new(ReferenceEqualityComparer.Instance);

    /// <summary>Marks what checks saw, before the gate table is applied, and notes entries that nothing is found for.</summary>
    public static IReadOnlyList<CheckRun> Mark(IReadOnlyList<CheckRun> runs, IReadOnlyList<Suppression> suppressions, DateOnly today)
    {
        if (suppressions.Count == 0) return runs;
        var accepted = new AcceptedFindings(suppressions, today);
        var marked = runs.Select(run => run with
        {
            Report = run.Report with { Observations = [.. run.Report.Observations.Select(seen => accepted.Mark(run.Check, seen))] },
        }).ToList();
        foreach (var unused in suppressions.Where(entry => !accepted._met.Contains(entry)))
        {
            // A check that could not be made may find it tomorrow.
            var asked = marked.FindAll(run => unused.Check is null || run.Check == unused.Check);
            if (asked.Count == 0 || asked.Exists(static run => run.Report.Trouble is not null)) continue;
            var i = marked.IndexOf(asked[0]);
            var note = $"{Suppression.Path}:{unused.Line}: {unused.Rule} is not found and need not be accepted";
            marked[i] = asked[0] with { Report = asked[0].Report with { Notes = [.. asked[0].Report.Notes, note] } };
        }

        return marked;
    }

    /// <summary>What tools reported of a step, with those that are accepted blocking nothing.</summary>
    public IReadOnlyList<Finding> Of(IReadOnlyList<Finding> findings)
        => _entries.Count == 0 ? findings : [.. findings.Select(One)];

    private Finding One(Finding finding)
        => Find(finding.Check, finding.Rule, finding.Severity, finding.Path, package: null) switch
        {
            ({ } entry, _) => finding with { Blocks = false, Message = $"{finding.Message} ({entry.Words})" },
            (_, { } why) => finding with { Message = $"{finding.Message} ({why})" },
            _ => finding,
        };

    private Observation Mark(string check, Observation seen)
    {
        var (accepted, refused) = Find(check, seen.Rule, seen.Severity, seen.Path, seen.Package);
        return seen with { Acceptance = accepted, NoLongerAccepted = refused };
    }

    /// <summary>How it is accepted, or why it is not although an entry names it; neither when none does.</summary>
    private (Suppression? Accepted, string? Refused) Find(string check, string rule, Severity severity, string? path, string? package)
    {
        string? refused = null;
        foreach (var (entry, files) in _entries)
        {
            if (!entry.Rule.Equals(rule, StringComparison.OrdinalIgnoreCase) || (entry.Check ?? check) != check) continue;
            if (entry.Package is not null && !entry.Package.Equals(package, StringComparison.OrdinalIgnoreCase)) continue;
            if (files is not null && (path is null || !files.Match(path))) continue;
            _met.Add(entry);
            refused = Refusal(entry, severity);
            if (refused is null) return (entry, null);
        }

        return (null, refused);
    }

    /// <summary>Why the entry does not count; null when it does.</summary>
    private string? Refusal(Suppression entry, Severity severity) => entry.Until switch
    {
        null when severity >= Severity.High && !entry.IsFalseAlarm
            => $"accepted without 'until', which a severe finding needs ({Suppression.Path}:{entry.Line})",
        { } until when until < today => $"accepted until {until:yyyy-MM-dd}, which is over",
        _ => null,
    };
}
