using System.Globalization;

namespace Auxo.Pipeline.Definitions;

/// <summary>One step of the pipeline file, ready to run: names are unique in the plan, defaults are filled in.</summary>
/// <param name="Name">What people see; letters, digits, <c>.</c>, <c>-</c> and <c>_</c>, so it is safe in paths and URLs.</param>
/// <param name="Commands">Run one after the other by one shell that stops at the first failure.</param>
/// <param name="WorkingDirectory">Relative to the workspace with <c>/</c>, never leaving it; null for its top.</param>
/// <param name="Environment">Variables of the file and of the step, the step's winning.</param>
/// <param name="Timeout">Wall time after which the step is stopped.</param>
/// <param name="Image">A container image, or null for the namespace sandbox.</param>
/// <param name="Artifacts">Glob patterns of the files to keep, relative to the workspace.</param>
public sealed record CommandStep(
    string Name, IReadOnlyList<string> Commands, string? WorkingDirectory, IReadOnlyDictionary<string, string> Environment,
    TimeSpan Timeout, string? Image, IReadOnlyList<string> Artifacts)
{
    /// <summary>The steps that end before it; null for the one before it in the plan, as in plans of earlier versions.</summary>
    public IReadOnlyList<string>? Needs { get; init; }

    /// <summary>How they must have ended.</summary>
    public NeedsOutcome When { get; init; }

    /// <summary>When it is tried again; null for never.</summary>
    public StepRetry? Retry { get; init; }

    /// <summary>Its failure only warns, and what needs it goes on.</summary>
    public bool IgnoresFailure { get; init; }

    /// <summary>For which builds it is meant, one of them must hold; empty for all.</summary>
    public IReadOnlyList<StepCondition> If { get; init; } = [];

    /// <summary>What it says of the reports that its tools write; null for nothing.</summary>
    public StepReports? Reports { get; init; }

    /// <summary>It asks for a network; whether it gets one is the operator's matter, and one of the author's trust.</summary>
    public bool Network { get; init; }

    /// <summary>What it keeps for later builds.</summary>
    public IReadOnlyList<StepCache> Caches { get; init; } = [];

    /// <summary>What runs beside it.</summary>
    public IReadOnlyList<StepService> Services { get; init; } = [];

    /// <summary>The names of the secrets that it is given as variables; null for none, as in plans of earlier versions.</summary>
    public IReadOnlyList<string>? Secrets { get; init; }

    /// <summary>The file that it was included from, as <c>uses</c> names it; null for one of the file itself.</summary>
    public string? Uses { get; init; }

    /// <summary>
    /// For which builds it was included, beside its own <see cref="If"/>; null for all, as in plans of earlier versions.
    /// </summary>
    public IReadOnlyList<StepCondition>? IncludedIf { get; init; }

    /// <summary>Why it is not for this build, in one line; null for a step that runs. What needs it does not wait for it.</summary>
    public string? LeftOut { get; init; }
}

/// <summary>How the needs of a step must have ended for it to run.</summary>
public enum NeedsOutcome
{
    /// <summary>All passed, or their failure is ignored.</summary>
    Passed,

    /// <summary>At least one did not pass.</summary>
    Failed,

    /// <summary>However they ended.</summary>
    Any,
}

/// <summary>When a step is tried again, in the same workspace.</summary>
/// <param name="Times">How often, after the first time.</param>
/// <param name="On">
/// <c>failure</c> for every exit code but 0, <c>timeout</c>, <c>infrastructure</c> for what is no fault of its commands, and
/// single exit codes.
/// </param>
public sealed record StepRetry(int Times, IReadOnlyList<string> On)
{
    /// <summary>It failed.</summary>
    public const string Failure = "failure";

    /// <summary>It ran too long.</summary>
    public const string Timeout = "timeout";

    /// <summary>It could not be run.</summary>
    public const string Infrastructure = "infrastructure";

    /// <summary>True for an end after which it is tried again.</summary>
    public bool IsFor(Outcome outcome, int? exitCode)
        => outcome switch
        {
            Outcome.Failed => On.Contains(Failure, StringComparer.Ordinal)
                || exitCode is { } code && On.Contains(code.ToString(CultureInfo.InvariantCulture), StringComparer.Ordinal),
            Outcome.TimedOut => On.Contains(Timeout, StringComparer.Ordinal),
            Outcome.Errored => On.Contains(Infrastructure, StringComparer.Ordinal),
            _ => false,
        };
}

/// <summary>Files that a step that has passed leaves for the same step of later builds.</summary>
/// <param name="Key">Patterns of files: where their contents are the same, what is kept is used.</param>
/// <param name="Paths">Folders and files, relative to the workspace's top or to the step's home.</param>
/// <param name="InHome">Below the step's home.</param>
/// <param name="Newest">Without an equal key, the newest of another key is used, and a new one kept.</param>
public sealed record StepCache(IReadOnlyList<string> Key, IReadOnlyList<string> Paths, bool InHome, bool Newest);

/// <summary>
/// A program that runs beside a step from before its first command to its end: in its sandbox, or in a container of its own that shares
/// the step's loopback.
/// </summary>
/// <param name="Name">For its log; of a container also the name of its host.</param>
/// <param name="Run">Starts it, and ends when it does; with an image, empty for what the image runs by itself.</param>
/// <param name="Ready">Succeeds when it can be used; with an image it runs in the service's container. Null for at once.</param>
/// <param name="Timeout">How long that may take.</param>
public sealed record StepService(string Name, string Run, string? Ready, TimeSpan Timeout)
{
    /// <summary>The image of its own container; null for a program in the step's own sandbox.</summary>
    public string? Image { get; init; }

    /// <summary>With an image: it can be used when something listens on this port; null when that does not matter.</summary>
    public int? Port { get; init; }

    /// <summary>With an image: its variables; null for none, as in plans of earlier versions.</summary>
    public IReadOnlyDictionary<string, string>? Environment { get; init; }
}
