namespace Auxo.Contracts;

/// <summary>Something can be fetched from the registry from now on, and will be the same forever.</summary>
/// <param name="Ecosystem">Which kind of thing: <c>build</c> for the files that a build kept.</param>
/// <param name="Name">The package; for a build the repository's id.</param>
/// <param name="Version">Within the package; for a build its id.</param>
/// <param name="Files">What belongs to it.</param>
/// <param name="Build">The build that made it; null when no build of Auxo did.</param>
/// <param name="Channel"><c>latest</c> when it is the newest of the default branch at that moment; null else.</param>
/// <param name="Url">Where it is found, when <c>publicUrl</c> is configured.</param>
/// <param name="At">When it became available.</param>
public sealed record ArtifactPublished(
    string Ecosystem, string Name, string Version, IReadOnlyList<BuildArtifact> Files, BuildSubject? Build,
    string? Channel, string? Url, DateTimeOffset At);

/// <summary>
/// How all mirrors of the registry stand with their upstreams. Sent when one is added or goes, fails or is well again, hourly at most,
/// and daily; and after each start.
/// </summary>
/// <param name="Mirrors">All of them, by name; at most a thousand.</param>
/// <param name="At">When it was looked at.</param>
public sealed record MirrorsObserved(IReadOnlyList<MirrorStanding> Mirrors, DateTimeOffset At);

/// <summary>How a mirror stands with its upstream.</summary>
/// <param name="Repository">The repository of the registry.</param>
/// <param name="Format">npm, pypi, nuget, oci, debian or brew.</param>
/// <param name="AnsweredAt">When upstream last answered; null for never.</param>
/// <param name="IsFailing">True when the last question had no answer, or one that is of no use.</param>
/// <param name="OldestCheck">When upstream was last asked about what is used, the oldest of it; null when nothing is used.</param>
/// <param name="RefreshDays">How often it is asked about that, in days.</param>
public sealed record MirrorStanding(
    string Repository, string Format, DateTimeOffset? AnsweredAt, bool IsFailing, DateTimeOffset? OldestCheck, int RefreshDays);
