using Auxo.Reports.Reading;

namespace Auxo.Reports.TestRuns;

/// <summary>How a test ended.</summary>
public enum TestOutcome
{
    /// <summary>It passed.</summary>
    Passed,

    /// <summary>What it asserts is not so.</summary>
    Failed,

    /// <summary>It broke, or what it needs did. As red as <see cref="Failed"/>; few tools tell the two apart.</summary>
    Errored,

    /// <summary>It did not run, or what it found does not count: skipped, pending, to do, inconclusive, explicit.</summary>
    Skipped,
}

/// <summary>A run of tests. Its tests are the elements of the report; what its headers say of their number is not believed.</summary>
/// <param name="Format">How it was written.</param>
/// <param name="Tests">In the order of the report, without their suites.</param>
public sealed record TestReport(ReportFormat Format, IReadOnlyList<ReportedTest> Tests) : Report(Format)
{
    /// <summary>How long all took, as the report says it; null when it does not.</summary>
    public TimeSpan? Duration { get; init; }

    /// <summary>
    /// Tests that were announced and of which nothing was written: a run that was cut off, or a header that is wrong.
    /// </summary>
    public int Missing { get; init; }

    /// <summary>How many ended so.</summary>
    public int Count(TestOutcome outcome) => Tests.Count(test => test.Outcome == outcome);
}

/// <summary>One test, or one case of one.</summary>
/// <param name="Id">Which.</param>
/// <param name="Outcome">How it ended.</param>
/// <param name="Duration">Null when the report does not say it.</param>
/// <param name="Message">One line why it did not pass; may be empty.</param>
/// <param name="Detail">The first lines of what it says beyond that; may be empty.</param>
public sealed record ReportedTest(TestIdentity Id, TestOutcome Outcome, TimeSpan? Duration, string Message = "", string Detail = "")
{
    /// <summary>It passed in the end, after it had failed in the same run.</summary>
    public bool IsFlaky { get; init; }

    /// <summary>True when the run is not green because of it.</summary>
    public bool IsRed => Outcome is TestOutcome.Failed or TestOutcome.Errored;
}

/// <summary>Which test this is. Each part is as the tool wrote it.</summary>
/// <param name="File">The file that it is written in; null when the report does not say it.</param>
/// <param name="Class">Its class or suite; may be empty.</param>
/// <param name="Name">Its name; empty for what belongs to a class as a whole.</param>
public sealed record TestIdentity(string? File, string Class, string Name)
{
    /// <summary>For people.</summary>
    public string Display => Class.Length == 0 || Holds(Name) ? Name : $"{Class} :: {Name}";

    /// <summary>
    /// The same for every spelling of the same test that is known: versions of one tool differ in whether the name repeats the class and
    /// in how often they escape a quotation mark.
    /// </summary>
    public string Key
    {
        get
        {
            var (inner, name) = (Plain(Class), Plain(Name));
            if (inner.Length > 0 && name == inner) return name;
            if (inner.Length > 0 && name.Length > inner.Length && name.StartsWith(inner, StringComparison.Ordinal)
                && name[inner.Length] is '.' or ' ') name = name[(inner.Length + 1)..].TrimStart('›', '>', ' ');
            return inner.Length == 0 ? name : $"{inner} :: {name}";
        }
    }

    /// <summary>As it was written, cut to what is kept.</summary>
    internal static TestIdentity Of(string? file, string? type, string? name)
        => new(string.IsNullOrEmpty(file) ? null : Words.Clip(file, ReportLimits.Name), Words.Clip(type ?? "", ReportLimits.Name),
            Words.Clip(name ?? "", ReportLimits.Name));

    private bool Holds(string name)
        => name.StartsWith(Class, StringComparison.Ordinal) && (name.Length == Class.Length || name[Class.Length] is '.' or ' ');

    private static string Plain(string text)
        => text.Replace("&quot;", "\"", StringComparison.Ordinal).Replace("\\\"", "\"", StringComparison.Ordinal).Trim();
}
