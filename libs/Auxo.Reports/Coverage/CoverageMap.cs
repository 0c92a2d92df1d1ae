using System.Runtime.InteropServices;

using Auxo.Reports.Reading;

namespace Auxo.Reports.Coverage;

/// <summary>
/// Files and their lines while a report is read. A file, a line or a branch that comes more than once is one: the greatest counts.
/// </summary>
internal sealed class CoverageMap
{
    private readonly Dictionary<string, Entry> _files = new(StringComparer.Ordinal);
    private readonly List<string> _order = [];
    private int _lines;

    /// <summary>The file, also one without lines.</summary>
    public Entry File(string path)
    {
        var name = Words.Clip(path, ReportLimits.Name);
        if (_files.TryGetValue(name, out var known)) return known;
        if (_files.Count == ReportLimits.Entries) throw new ContentException($"more than {ReportLimits.Entries} files");
        _order.Add(name);
        return _files[name] = new Entry(this);
    }

    /// <summary>What was read.</summary>
    public CoverageReport Report(ReportFormat format)
        => new(format, [.. _order.Select(path => _files[path].Of(path))]);

    private void CountLine()
    {
        if (++_lines > ReportLimits.Elements / 4) throw new ContentException($"more than {ReportLimits.Elements / 4} lines");
    }

    /// <summary>One file.</summary>
    internal sealed class Entry(CoverageMap map)
    {
        private readonly Dictionary<int, long> _hits = [];
        private readonly Dictionary<int, Ratio> _branches = [];
        private readonly Dictionary<(int Line, string Block, string Branch), bool> _taken = [];
        private Ratio _lineSum, _branchSum;

        public void Line(int number, long hits)
        {
            ref var kept = ref CollectionsMarshal.GetValueRefOrAddDefault(_hits, number, out var known);
            if (!known) map.CountLine();
            kept = Math.Max(kept, hits);
        }

        /// <summary>Branches of a line, in sum.</summary>
        public void Branches(int line, int covered, int total)
        {
            ref var kept = ref CollectionsMarshal.GetValueRefOrAddDefault(_branches, line, out var known);
            if (!known) map.CountLine();
            kept = new Ratio(Math.Max(kept.Covered, Math.Min(covered, total)), Math.Max(kept.Total, total));
        }

        /// <summary>One branch of a line.</summary>
        public void Branch(int line, string block, string branch, bool taken)
        {
            ref var kept = ref CollectionsMarshal.GetValueRefOrAddDefault(_taken, (line, block, branch), out var known);
            if (!known) map.CountLine();
            kept |= taken;
        }

        /// <summary>Sums of a format that has no lines.</summary>
        public void Sums(Ratio lines, Ratio branches)
            => (_lineSum, _branchSum) = (_lineSum + Possible(lines), _branchSum + Possible(branches));

        // Not more is covered than there is, whatever a tool has written.
        private static Ratio Possible(Ratio sums) => sums with { Covered = Math.Min(sums.Covered, sums.Total) };

        public FileCoverage Of(string path)
        {
            var lines = _hits.Count == 0 ? _lineSum : new Ratio(_hits.Values.Count(static hits => hits > 0), _hits.Count);
            var taken = new Ratio(_taken.Values.Count(static taken => taken), _taken.Count);
            return new FileCoverage(path, lines, _branches.Values.Aggregate(_branchSum + taken, static (sum, line) => sum + line), _hits);
        }
    }
}
