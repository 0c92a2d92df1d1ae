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
