using Auxo.Pipeline.Findings;

namespace Auxo.Pipeline.Security;

/// <summary>Works out how findings came and went. Pure: it is given their lives.</summary>
internal sealed class MeasureSecurity(IReadOnlyList<FindingLife> lives, DueDates due, DateTimeOffset now)
{
    /// <summary>Days beyond these are shown seven at a time.</summary>
    private const int MostDays = 92;

    /// <summary>Owners beyond these are left out.</summary>
    private const int MostOwners = 50;

    private static readonly Severity[] WorstFirst =
        [Severity.Critical, Severity.High, Severity.Medium, Severity.Low, Severity.Info];

    private static readonly (string Name, int Below)[] Ages =
        [("up to 7 days", 7), ("8 to 30 days", 30), ("31 to 90 days", 90), ("91 to 180 days", 180), ("over 180 days", int.MaxValue)];

    private readonly DateOnly _today = DateOnly.FromDateTime(now.UtcDateTime);
    private readonly List<FindingLife> _there = [.. lives.Where(static life => life.State != FindingState.Fixed)];

    /// <summary>By severity, the worst first.</summary>
    public IReadOnlyList<SecurityRow> Severities()
        => [.. WorstFirst.Select(severity => Row(Name(severity), _there.Where(life => life.Severity == severity))).Where(Counts)];

    /// <summary>By check.</summary>
    public IReadOnlyList<SecurityRow> Checks()
        => [.. SecurityChecks.All.Select(check => Row(check, _there.Where(life => life.Check == check))).Where(Counts)];

    /// <summary>By age, the youngest first.</summary>
    public IReadOnlyList<SecurityRow> ByAge()
    {
        var grouped = _there.ToLookup(
            life => Ages.First(age => (now - life.OpenSince).TotalDays <= age.Below).Name, StringComparer.Ordinal);
        return [.. Ages.Select(age => Row(age.Name, grouped[age.Name])).Where(Counts)];
    }

    /// <summary>By owner, those with the most first.</summary>
    /// <param name="ownersOf">Who owns a file.</param>
    public IReadOnlyList<SecurityRow> ByOwner(Func<string, IReadOnlyList<string>> ownersOf)
    {
        var owners = new Dictionary<string, List<FindingLife>>(StringComparer.Ordinal);
        foreach (var file in _there.GroupBy(static life => life.Path, StringComparer.Ordinal))
        {
            IReadOnlyList<string> names = file.Key.Length > 0 ? ownersOf(file.Key) : [];
            foreach (var name in names.Count > 0 ? names : [Unowned])
            {
                if (!owners.TryGetValue(name, out var mine)) owners[name] = mine = [];
                mine.AddRange(file);
            }
        }

        return [.. owners.Select(static owner => (owner.Key, owner.Value)).Select(owner => Row(owner.Key, owner.Value)).Where(Counts)
            .OrderByDescending(static row => row.Open).ThenBy(static row => row.Name, StringComparer.Ordinal).Take(MostOwners)];
    }

    /// <summary>What has no owner.</summary>
    public const string Unowned = "nobody";

    /// <summary>How findings of each severity were mended since <paramref name="from"/>.</summary>
    public IReadOnlyList<SecurityPace> Pace(DateTimeOffset from)
        => [.. WorstFirst.Select(severity =>
        {
            var mine = lives.Where(life => life.Severity == severity).ToList();
            var times = mine.Where(life => life.State == FindingState.Fixed && life.FixedAt >= from && life.FixedAt <= now)
                .Select(static life => Math.Max(0, (life.FixedAt!.Value - life.OpenSince).TotalSeconds)).Order().ToList();
            var open = mine.Where(static life => life.State == FindingState.Open).Select(static life => life.OpenSince).ToList();
            return new SecurityPace(
                severity, mine.Sum(life => Spans(life).Count(span => span.From >= from && span.From <= now)), times.Count,
                times.Count == 0 ? null : (times[(times.Count - 1) / 2] + times[times.Count / 2]) / 2,
                open.Count == 0 ? null : Math.Max(0, (now - open.Min()).TotalSeconds),
                due.Days.TryGetValue(severity, out var days) ? days : null);
        })];

    /// <summary>The end of each day, or of each seven days, up to today.</summary>
    public IReadOnlyList<SecurityDay> Days(int days)
    {
        var step = days > MostDays ? 7 : 1;
        var count = Math.Max(1, days / step);
        var first = _today.AddDays(-((count - 1) * step) - step + 1);
        var ends = Enumerable.Range(0, count).Select(i => first.AddDays((i * step) + step - 1)).ToList();
        // What happened in each step, and before all of them in the first place of it all.
        var (change, opened, mended) = (new int[5, count + 1], new int[count], new int[count]);
        foreach (var life in lives)
        {
            foreach (var (from, to) in Spans(life))
            {
                var (begin, end) = (Index(from), to is { } at ? Index(at) : count);
                if (begin < count) change[(int)life.Severity, Math.Max(begin, 0)]++;
                if (begin >= 0 && begin < count) opened[begin]++;
                if (end >= 0 && end < count && to is not null) mended[end]++;
                if (end < count && begin < count) change[(int)life.Severity, Math.Max(end, 0)]--;
            }
        }

        var (result, now5) = (new List<SecurityDay>(count), new int[5]);
        for (var i = 0; i < count; i++)
        {
            for (var severity = 0; severity < 5; severity++) now5[severity] += change[severity, i];
            result.Add(new SecurityDay(
                ends[i], now5[(int)Severity.Critical], now5[(int)Severity.High], now5[(int)Severity.Medium], now5[(int)Severity.Low],
                opened[i], mended[i]));
        }

        return result;

        int Index(DateTimeOffset at)
        {
            var day = DateOnly.FromDateTime(at.UtcDateTime).DayNumber - first.DayNumber;
            return day < 0 ? -1 : day / step;
        }
    }

    /// <summary>The open ones that are due first.</summary>
    public IReadOnlyList<(FindingLife Life, DateOnly Due)> DueFirst(int most)
        => [.. _there.Where(static life => life.State == FindingState.Open)
            .Select(life => (Life: life, Due: due.Of(life.Severity, life.OpenSince)))
            .Where(static pair => pair.Due is not null).Select(static pair => (pair.Life, Due: pair.Due!.Value))
            .OrderBy(static pair => pair.Due).ThenByDescending(static pair => pair.Life.Severity)
            .ThenBy(static pair => pair.Life.Id, StringComparer.Ordinal).Take(most)];

    /// <summary>As they are counted for everybody.</summary>
    public IReadOnlyList<CountedFindings> Counted()
        => CountFindings.Counts(
            _there.GroupBy(static life => (life.Check, life.Severity, life.State, Since: DateOnly.FromDateTime(life.OpenSince.UtcDateTime)))
                .Select(static group => new FindingGroup(
                    group.Key.Check, group.Key.Severity, group.Key.State, group.Key.Since, group.Count())),
            due, _today);

    /// <summary>A row of counts that are at hand.</summary>
    public static SecurityRow Row(string name, IReadOnlyList<CountedFindings> counts)
        => new(
            name, counts.Sum(static c => c.Open), Open(counts, Severity.Critical), Open(counts, Severity.High),
            Open(counts, Severity.Medium), Open(counts, Severity.Low), Open(counts, Severity.Info),
            counts.Sum(static c => c.Overdue), counts.Sum(static c => c.Accepted), counts.Sum(static c => c.FalseAlarms));

    private static int Open(IReadOnlyList<CountedFindings> counts, Severity severity)
        => counts.Where(count => count.Severity == severity).Sum(static count => count.Open);

    private SecurityRow Row(string name, IEnumerable<FindingLife> findings)
    {
        Span<int> open = stackalloc int[5];
        var (overdue, accepted, alarms) = (0, 0, 0);
        foreach (var life in findings)
        {
            if (life.State == FindingState.Accepted) accepted++;
            else if (life.State == FindingState.FalseAlarm) alarms++;
            else
            {
                open[(int)life.Severity]++;
                if (due.Of(life.Severity, life.OpenSince) < _today) overdue++;
            }
        }

        return new SecurityRow(name, open[0] + open[1] + open[2] + open[3] + open[4], open[4], open[3], open[2], open[1], open[0], overdue,
            accepted, alarms);
    }

    private static bool Counts(SecurityRow row) => row is not { Open: 0, Accepted: 0, FalseAlarms: 0 };

    /// <summary>
    /// When it was there: the row knows its first day, its newest beginning and its newest fix. Of one that came back more than
    /// once the gaps between are not known any more.
    /// </summary>
    private static IEnumerable<(DateTimeOffset From, DateTimeOffset? To)> Spans(FindingLife life)
    {
        if (life.State == FindingState.Fixed)
        {
            yield return (life.OpenedAt, life.FixedAt);
            yield break;
        }

        if (life.FixedAt is { } gone && gone < life.OpenSince)
        {
            yield return (life.OpenedAt, gone);
            yield return (life.OpenSince, null);
            yield break;
        }

        yield return (life.OpenedAt, null);
    }

    private static string Name(Severity severity) => severity.ToString().ToLowerInvariant();
}
