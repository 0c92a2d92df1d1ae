using System.Text;
using System.Text.RegularExpressions;

using Auxo.Reports.Reading;

namespace Auxo.Reports.TestRuns;

/// <summary>
/// What <c>go test -v</c> prints. A test may print a line that looks like a result, or no line end before its own: only what began
/// has a result, and only once.
/// </summary>
internal static class GoTests
{
    private const RegexOptions Linear = RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture;
    private static readonly Regex Result = new(@"--- (?<word>PASS|FAIL|SKIP): (?<name>\S+) \((?<time>[0-9.]+)s\)$", Linear);

    public static readonly ReportFormat Format = new("go-test-v", ReportKind.Tests,
        static g => g.Lines.Any(static line => line.StartsWith("=== RUN   ", StringComparison.Ordinal)), Read);

    private static TestReport Read(ReportFormat format, ReadOnlyMemory<byte> content)
    {
        var list = new TestList();
        var begun = new HashSet<string>(StringComparer.Ordinal);
        var said = new Dictionary<string, StringBuilder>(StringComparer.Ordinal);
        StringBuilder? last = null;
        foreach (var (_, line) in Words.Lines(content))
        {
            if (line.StartsWith("=== RUN   ", StringComparison.Ordinal) || line.StartsWith("=== CONT  ", StringComparison.Ordinal))
            {
                var name = line[10..];
                if (line[4] == 'R') begun.Add(name);
                if (said.Count < ReportLimits.Entries && !said.TryGetValue(name, out last)) said[name] = last = new StringBuilder();
            }
            else if (Result.Match(line) is { Success: true } result && begun.Remove(result.Groups["name"].Value))
            {
                var name = result.Groups["name"].Value;
                list.Add(TestIdentity.Of(null, "", name), result.Groups["word"].ValueSpan switch
                {
                    "PASS" => TestOutcome.Passed, "FAIL" => TestOutcome.Failed, _ => TestOutcome.Skipped,
                }, Words.Seconds(result.Groups["time"].Value), null, said.GetValueOrDefault(name)?.ToString());
            }
            else if (last is { Length: < ReportLimits.Detail })
            {
                last.Append(line).Append('\n');
            }
        }

        // A test that began and has no result ended with the whole program.
        foreach (var name in begun.Order(StringComparer.Ordinal))
            list.Add(TestIdentity.Of(null, "", name), TestOutcome.Errored, null, "it began and did not end",
                said.GetValueOrDefault(name)?.ToString());
        return new TestReport(format, list.Tests);
    }
}
