using Auxo.Pipeline.Reports.Files;
using Auxo.Pipeline.Reports.Measuring;
using Auxo.Reports.Coverage;

namespace Auxo.Pipeline.Reports;

/// <summary>Several reports of one step's coverage in one, with the paths of the repository.</summary>
internal static class JoinCoverage
{
    private const int MaxMissed = 20;

    /// <summary>
    /// The same run in several formats is one: a line counts once, with the greatest hits, and sums count only for files of which no lines
    /// are known.
    /// </summary>
    /// <param name="step">The step.</param>
    /// <param name="reports">Each with its files by their paths in the repository.</param>
    /// <param name="changed">What the change wrote; null when it is not known.</param>
    /// <param name="before">Lines of the default branch.</param>
    public static StepCoverage Of(
        string step, IReadOnlyList<(CoverageReport Report, IReadOnlyList<string> Paths)> reports, ChangedLines? changed, LineCount? before)
    {
        var files = new Dictionary<string, Joined>(StringComparer.Ordinal);
        foreach (var (report, paths) in reports)
        {
            foreach (var (file, path) in report.Files.Zip(paths))
            {
                if (!files.TryGetValue(path, out var joined)) files[path] = joined = new Joined();
                joined.Add(file, report.Unit);
            }
        }

        var (lines, branches, written) = (new LineCount(0, 0), new LineCount(0, 0), new LineCount(0, 0));
        var covered = new List<CoveredFile>();
        foreach (var (path, file) in files)
        {
            var mine = file.Lines();
            lines = Sum(lines, mine);
            branches = Sum(branches, file.Branches());
            var wrote = changed?.Of(path);
            var touched = file.Hits.Where(line => wrote?.Contains(line.Key) == true).OrderBy(static line => line.Key).ToList();
            written = Sum(written, new LineCount(touched.Count(static line => line.Value > 0), touched.Count));
            covered.Add(new CoveredFile(
                path, mine, [.. touched.Where(static line => line.Value == 0).Select(static line => line.Key).Take(MaxMissed)]));
        }

        var unit = reports.Count > 0 && reports.All(static r => r.Report.Unit == "statements") ? "statements" : "lines";
        var worst = covered.OrderByDescending(static file => file.Missed.Count)
            .ThenByDescending(static file => file.Lines.Total - file.Lines.Covered)
            .ThenBy(static file => file.Path, StringComparer.Ordinal);
        return new StepCoverage(step, unit, lines, branches, changed is null ? null : written, before,
            [.. worst.Take(StepCoverage.Most)], covered.Count)
        {
            Languages = CoveredPart.Languages(covered), Folders = CoveredPart.Folders(covered),
        };
    }

    private static LineCount Sum(LineCount one, LineCount other) => new(one.Covered + other.Covered, one.Total + other.Total);

    /// <summary>One file in all reports.</summary>
    private sealed class Joined
    {
        private Ratio _sums, _branches;
        private bool _statements;

        public Dictionary<int, long> Hits { get; } = [];

        public void Add(FileCoverage file, string unit)
        {
            foreach (var (line, hits) in file.Hits) Hits[line] = Math.Max(hits, Hits.GetValueOrDefault(line));
            _sums = Better(_sums, file.Lines);
            _branches = Better(_branches, file.Branches);
            _statements |= unit == "statements";
        }

        public LineCount Lines()
            => Hits.Count == 0 || _statements
                ? new LineCount(_sums.Covered, _sums.Total)
                : new LineCount(Hits.Values.Count(static hits => hits > 0), Hits.Count);

        public LineCount Branches() => new(_branches.Covered, _branches.Total);

        private static Ratio Better(Ratio one, Ratio other)
            => other.Total > one.Total || (other.Total == one.Total && other.Covered > one.Covered) ? other : one;
    }
}
