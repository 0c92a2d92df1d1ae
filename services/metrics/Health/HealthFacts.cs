using Auxo.Metrics.Histories;
using Auxo.Metrics.Repositories;
using Auxo.Metrics.Security;

namespace Auxo.Metrics.Health;

/// <summary>All that a score is made of, at one moment.</summary>
/// <param name="Rid">The repository.</param>
/// <param name="Name">For people; null when it is not known.</param>
/// <param name="Now">The moment.</param>
/// <param name="Series">Its builds and patches; null when there were none yet.</param>
/// <param name="Policy">What is declared of it.</param>
/// <param name="Survey">What stands in its default branch.</param>
/// <param name="Standing">How it stands on its node.</param>
/// <param name="Dependencies">How old what it uses is.</param>
/// <param name="Security">What is open in it.</param>
/// <param name="Coverage">How much of its code tests run, in percent; null when nobody measured it.</param>
/// <param name="Exposed">An agent saw that it is private and can be read by others.</param>
public sealed record HealthFacts(
    Rid Rid, string? Name, DateTimeOffset Now, DoraSeries? Series, CountingPolicy Policy, HealthEvent.Surveyed? Survey,
    HealthEvent.Stood? Standing, HealthEvent.Compared? Dependencies, OpenFindings? Security, double? Coverage, bool Exposed)
{
    /// <summary>Looks come daily; after three days without one nothing is known any more.</summary>
    private static readonly TimeSpan Believed = TimeSpan.FromDays(3);

    /// <summary>How it stands, as long as that can be believed.</summary>
    public HealthEvent.Stood? Stands => Standing is { } seen && Now - seen.At <= Believed ? seen : null;

    /// <summary>How old what it uses is, as long as that can be believed: it is compared daily, too.</summary>
    public HealthEvent.Compared? Uses => Dependencies is { } seen && Now - seen.At <= Believed ? seen : null;

    /// <summary>What commands call it: its name where a shell takes that as one word, else its id.</summary>
    public string InCommands => Name is { Length: > 0 } name && name.All(static c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-')
        && name[0] != '-' ? name : Rid.Value;
}

/// <summary>The open findings of a default branch that its health asks for; accepted ones are not open.</summary>
/// <param name="Critical">Critical vulnerabilities of dependencies; null when nothing has looked for them.</param>
/// <param name="High">High ones.</param>
/// <param name="Secrets">Secrets in the tree or the history; null when nothing has looked.</param>
/// <param name="SastErrors">Holes that static analysis is sure of; null when nothing has looked.</param>
/// <param name="LintErrors">Errors of syntax and shell checks; null when nothing has looked.</param>
/// <param name="LastScan">When dependencies were last looked at: what is known of them changes without a commit; null for never.</param>
public sealed record OpenFindings(int? Critical, int? High, int? Secrets, int? SastErrors, int? LintErrors, DateTimeOffset? LastScan)
{
    private static readonly Severity[] All = Enum.GetValues<Severity>();

    /// <summary>Reads them from the newest count.</summary>
    public static OpenFindings Of(SecurityFacts counted) => new(
        In(counted, ["dependencies"], Severity.Critical), In(counted, ["dependencies"], Severity.High), In(counted, ["secrets"], All),
        In(counted, ["sast"], Severity.High, Severity.Critical), In(counted, ["syntax", "shellcheck"], Severity.High, Severity.Critical),
        counted.Checks.FirstOrDefault(static look => look is { Check: "dependencies", IsOff: false })?.At);

    private static int? In(SecurityFacts counted, string[] checks, params IReadOnlyList<Severity> severities)
        => checks.Any(counted.HasLooked) ? severities.Sum(severity => counted.Open(severity, checks)) : null;
}
