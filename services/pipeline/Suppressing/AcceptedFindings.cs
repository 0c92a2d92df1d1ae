using Auxo.Pipeline.Checks;
using Auxo.Pipeline.Checks.Files;

namespace Auxo.Pipeline.Suppressing;

/// <summary>Marks what somebody has accepted; the gate table is applied afterwards.</summary>
public static class AcceptedFindings
{
    /// <summary>Marks it, and notes entries that nothing is found for.</summary>
    /// <param name="runs">What the checks saw.</param>
    /// <param name="suppressions">The entries that count.</param>
    /// <param name="today">The day in UTC.</param>
    public static IReadOnlyList<CheckRun> Mark(IReadOnlyList<CheckRun> runs, IReadOnlyList<Suppression> suppressions, DateOnly today)
    {
        if (suppressions.Count == 0) return runs;
        var entries = suppressions.Select(static entry
            => (Entry: entry, Files: entry.Files is null ? null : PathPatterns.Of([entry.Files]))).ToList();
        var met = new HashSet<Suppression>(ReferenceEqualityComparer.Instance);
        var marked = runs.Select(run => run with
        {
            Report = run.Report with { Observations = [.. run.Report.Observations.Select(seen => One(run.Check, seen))] },
        }).ToList();
        foreach (var unused in suppressions.Where(entry => !met.Contains(entry)))
        {
            // A check that could not be made may find it tomorrow.
            var asked = marked.FindAll(run => unused.Check is null || run.Check == unused.Check);
            if (asked.Count == 0 || asked.Exists(static run => run.Report.Trouble is not null)) continue;
            var i = marked.IndexOf(asked[0]);
            marked[i] = asked[0] with
            {
                Report = asked[0].Report with
                {
                    Notes =
                    [
                        .. asked[0].Report.Notes,
                        $"{Suppression.Path}:{unused.Line}: {unused.Rule} is not found and need not be accepted",
                    ],
                },
            };
        }

        return marked;

        Observation One(string check, Observation seen)
        {
            Observation? over = null;
            foreach (var (entry, files) in entries.Where(pair => Meets(pair.Entry, pair.Files, check, seen)))
            {
                met.Add(entry);
                if (Refusal(entry, seen, today) is not { } why) return seen with { Accepted = entry.Words };
                over = seen with { NoLongerAccepted = why };
            }

            return over ?? seen;
        }
    }

    private static bool Meets(Suppression entry, PathPatterns? files, string check, Observation seen)
        => entry.Rule.Equals(seen.Rule, StringComparison.OrdinalIgnoreCase) && (entry.Check is null || entry.Check == check)
            && (entry.Package is null || entry.Package.Equals(seen.Package, StringComparison.OrdinalIgnoreCase))
            && (files is null || seen.Path is not null && files.Match(seen.Path));

    /// <summary>Why the entry does not count; null when it does.</summary>
    private static string? Refusal(Suppression entry, Observation seen, DateOnly today) => entry.Until switch
    {
        null when seen.Severity >= Severity.High
            => $"accepted without 'until', which a severe finding needs ({Suppression.Path}:{entry.Line})",
        { } until when until < today => $"accepted until {until:yyyy-MM-dd}, which is over",
        _ => null,
    };
}
