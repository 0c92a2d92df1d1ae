using System.Text;
using System.Text.RegularExpressions;

using Auxo.Reports.Reading;

namespace Auxo.Reports.TestRuns;

/// <summary>The Test Anything Protocol, version 12 to 14. Of a test with tests in it only those in it count.</summary>
internal static class TapTests
{
    private const RegexOptions Linear = RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture;
    private static readonly Regex PlanLine = new(@"^1\.\.(?<n>[0-9]{1,9})\s*(#.*)?$", Linear);
    private static readonly Regex TestLine = new(@"^(?<not>not )?ok\b( +[0-9]+)?( *-)? *(?<name>.*)$", Linear);
    private static readonly Regex Directive = new(@"(?i)^# *(?<word>skip|todo)\S*(?<why>.*)$", Linear);

    public static readonly ReportFormat Format = new("tap", ReportKind.Tests,
        static g => g.Lines.FirstOrDefault(static line => line.Length > 0 && line[0] != '#') is { } first
            && (first.StartsWith("TAP version ", StringComparison.Ordinal) || PlanLine.IsMatch(first) || TestLine.IsMatch(first)), Read);

    private static TestReport Read(ReportFormat format, ReadOnlyMemory<byte> content)
    {
        var list = new TestList();
        var open = new Open();
        int? planned = null;
        var (seen, deepest) = (0, 0);
        foreach (var (_, line) in Words.Lines(content))
        {
            var indent = line.Length - line.AsSpan().TrimStart(' ').Length;
            var text = line[indent..];
            if (TestLine.Match(text) is { Success: true } test)
            {
                open.End(list);
                var isParent = indent < deepest;
                deepest = indent;
                if (indent == 0) seen++;
                if (!isParent) open.Begin(test);
            }
            else if (indent == 0 && PlanLine.Match(text) is { Success: true } plan)
            {
                planned = int.TryParse(plan.Groups["n"].ValueSpan, out var n) ? n : null;
            }
            else if (indent == 0 && text.StartsWith("Bail out!", StringComparison.Ordinal))
            {
                open.End(list);
                list.Add(TestIdentity.Of(null, "", "Bail out!"), TestOutcome.Errored, null, text, null);
            }
            else
            {
                open.Say(text);
            }
        }

        open.End(list);
        return new TestReport(format, list.Tests) { Missing = Math.Max(0, (planned ?? seen) - seen) };
    }

    /// <summary>The last test, whose diagnostics may follow.</summary>
    private sealed class Open
    {
        private readonly StringBuilder _said = new();
        private string? _name;
        private TestOutcome _outcome;
        private string _reason = "";

        public void Begin(Match test)
        {
            var name = Words.Clip(test.Groups["name"].Value, ReportLimits.Name);
            var sign = name.LastIndexOf('#');
            var directive = Directive.Match(sign < 0 || (sign > 0 && name[sign - 1] == '\\') ? "" : name[sign..]);
            _name = (directive.Success ? name[..sign] : name).TrimEnd();
            _outcome = directive.Success ? TestOutcome.Skipped : test.Groups["not"].Success ? TestOutcome.Failed : TestOutcome.Passed;
            _reason = directive.Success ? directive.Groups["why"].Value.Trim() : "";
            _said.Clear();
        }

        public void Say(string text)
        {
            if (_name is not null && _said.Length < ReportLimits.Detail && text is not ("---" or "..." or ""))
                _said.Append(text.StartsWith("# ", StringComparison.Ordinal) ? text.AsSpan(2) : text).Append('\n');
        }

        public void End(TestList list)
        {
            if (_name is not null) list.Add(TestIdentity.Of(null, "", _name), _outcome, null, _reason, _said.ToString());
            _name = null;
        }
    }
}
