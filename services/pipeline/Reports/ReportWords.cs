using System.Globalization;

using Auxo.Pipeline.Checks.Files;

namespace Auxo.Pipeline.Reports;

/// <summary>Tests and coverage in words, the same in the verdict and in the log.</summary>
internal static class ReportWords
{
    /// <summary>Such as <c>120 passed, 1 failed, 3 skipped</c>.</summary>
    public static string Of(StepTests tests)
    {
        if (tests.Total == 0) return "none were reported";
        List<string> parts = [$"{tests.Passed} passed"];
        if (tests.Failed > 0)
            parts.Add($"{tests.Failed} failed" + (tests.Quarantined > 0 ? $" ({tests.Quarantined} quarantined)" : ""));
        if (tests.Skipped > 0) parts.Add($"{tests.Skipped} skipped");
        if (tests.FlakyCount > 0) parts.Add($"{tests.FlakyCount} flaky");
        return string.Join(", ", parts);
    }

    /// <summary>Such as <c>81.2 % (+0.3), changed lines 64 %</c>.</summary>
    public static string Of(StepCoverage coverage)
    {
        if (coverage.Lines.Percent() is not { } percent)
            return coverage.Pages is null ? "none was reported" : "pages, and no report that can be counted";
        var text = Percent(percent);
        if (coverage.Unit != "lines") text += $" of the {coverage.Unit}";
        if (coverage.Before?.Percent() is { } before) text += $" ({Delta(percent - before)})";
        return coverage.Changed?.Percent() is { } changed ? $"{text}, changed lines {Percent(changed)}" : text;
    }

    /// <summary>Rounded down, so that only all is 100 %.</summary>
    public static string Percent(double percent)
        => (Math.Floor(percent * 10 + 1e-6) / 10).ToString("0.#", CultureInfo.InvariantCulture) + " %";

    /// <summary>A name as it may stand in a line for people.</summary>
    public static string Shown(string name) => PlainText.OneLine(name, 200);

    private static string Delta(double delta)
        => Math.Abs(delta) < 0.05 ? "±0" : delta.ToString("+0.0;-0.0", CultureInfo.InvariantCulture);
}
