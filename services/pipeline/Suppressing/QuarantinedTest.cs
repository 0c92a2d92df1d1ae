namespace Auxo.Pipeline.Suppressing;

/// <summary>A test that may fail for a while without blocking: one entry of <c>.auxo/quarantine.yaml</c>.</summary>
/// <param name="Line">Where the entry stands in the file, from 1.</param>
/// <param name="Test">The test, as the verdict names it.</param>
/// <param name="Step">The step that runs it; null for whichever does.</param>
/// <param name="Until">The last day, in UTC.</param>
/// <param name="Reason">Why.</param>
/// <param name="By">Who says so.</param>
public sealed record QuarantinedTest(int Line, string Test, string? Step, DateOnly Until, string Reason, string By)
{
    /// <summary>Where they stand.</summary>
    public const string Path = ".auxo/quarantine.yaml";

    /// <summary>How it is said beside a failure.</summary>
    public string Words => $"quarantined until {Until:yyyy-MM-dd} by {By}: {Reason}";

    /// <summary>Where the entry stands, for people.</summary>
    public string Place => $"{Path}:{Line}";
}
