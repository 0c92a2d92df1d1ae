using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

using Auxo.Pipeline.Builds;
using Auxo.Pipeline.Reports;
using Auxo.Pipeline.Suppressing;

namespace Auxo.Pipeline.Verdict;

/// <summary>Tests and coverage in the verdict: a line for each, and what failed, new failures first.</summary>
internal static class ReportsMarkdown
{
    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private const int MaxFailures = 10;
    private const int MaxFlaky = 5;
    private const int MaxFiles = 5;

    /// <summary>How long a flaky test is quarantined by the line that is proposed.</summary>
    private const int QuarantineDays = 30;

    /// <summary>Appends what the steps reported.</summary>
    public static void Append(StringBuilder text, Build build, Links links)
    {
        foreach (var tests in build.Tests) Tests(text, tests, Of(tests.Step, build.Tests.Count), DateOnly.FromDateTime(
            build.QueuedAt.UtcDateTime).AddDays(QuarantineDays));
        foreach (var coverage in build.Coverage)
        {
            var pages = (coverage.Pages ?? []).Select(page => links.To(build.BuildId, page)).OfType<string>();
            Coverage(text, coverage, Of(coverage.Step, build.Coverage.Count), pages);
        }
    }

    /// <summary>The step is named where there are several.</summary>
    private static string Of(string step, int several) => several > 1 ? $" of {VerdictMarkdown.Escape(step)}" : "";

    private static void Tests(StringBuilder text, StepTests tests, string of, DateOnly until)
    {
        text.Append(CultureInfo.InvariantCulture, $"\ntests{of}: {ReportWords.Of(tests)}\n");
        if (tests.Failures.Count + tests.Flaky.Count > 0) text.Append('\n');
        foreach (var test in tests.Failures.Take(MaxFailures))
        {
            text.Append(test.Quarantined is not null ? "- ⚠️ " : test.IsNew ? "- ❌ " : "- ❌ known: ")
                .Append(VerdictMarkdown.Code(test.Name));
            if (test.Quarantined is { } words) text.Append(' ').Append(VerdictMarkdown.Escape(words)).Append(';');
            if (test.Message.Length > 0) text.Append(' ').Append(VerdictMarkdown.Escape(test.Message));
            text.Append('\n');
        }

        if (tests.Failed > MaxFailures) text.Append(CultureInfo.InvariantCulture, $"- and {tests.Failed - MaxFailures} more failed\n");
        foreach (var name in tests.Flaky.Take(MaxFlaky))
            text.Append("- ⚠️ flaky: ").Append(VerdictMarkdown.Code(name)).Append('\n');
        if (tests.Flaky.FirstOrDefault(name => !tests.Failures.Any(test => test.Name == name && test.Quarantined is not null)) is { } flaky)
            text.Append(CultureInfo.InvariantCulture, $"\nTo quarantine it, add to `{QuarantinedTest.Path}`: ")
                .Append(VerdictMarkdown.Code(QuarantineLine(flaky, until))).Append('\n');
        foreach (var note in (tests.QuarantineNotes ?? []).Take(StepTests.MostNotes))
            text.Append("\n> ").Append(VerdictMarkdown.Escape(note)).Append('\n');
    }

    /// <summary>An entry of the quarantine; texts of JSON are texts of YAML.</summary>
    internal static string QuarantineLine(string test, DateOnly until)
        => $"- {{ test: {JsonSerializer.Serialize(test, Plain)}, until: {until:yyyy-MM-dd}, reason: \"flaky\", by: \"…\" }}";

    private static void Coverage(StringBuilder text, StepCoverage coverage, string of, IEnumerable<string> pages)
    {
        text.Append(CultureInfo.InvariantCulture, $"\ncoverage{of}: {ReportWords.Of(coverage)}");
        foreach (var page in pages) text.Append(" · [page](<").Append(page).Append(">)");
        text.Append('\n');
        var missed = coverage.Files.Where(static file => file.Missed.Count > 0).Take(MaxFiles).ToList();
        if (missed.Count > 0) text.Append('\n');
        foreach (var file in missed)
            text.Append("- not run: ").Append(VerdictMarkdown.Code(file.Path)).Append(' ').Append(Lines(file.Missed)).Append('\n');
    }

    /// <summary>Such as <c>3–5, 9</c>.</summary>
    private static string Lines(IReadOnlyList<int> lines)
    {
        var parts = new List<string>();
        for (var i = 0; i < lines.Count; i++)
        {
            var first = i;
            while (i + 1 < lines.Count && lines[i + 1] == lines[i] + 1) i++;
            parts.Add(first == i ? $"{lines[i]}" : $"{lines[first]}–{lines[i]}");
        }

        return string.Join(", ", parts);
    }
}
