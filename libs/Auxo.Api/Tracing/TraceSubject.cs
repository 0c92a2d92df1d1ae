namespace Auxo.Api.Tracing;

/// <summary>What a timeline is about.</summary>
/// <param name="Kind"><c>patch</c>, <c>build</c>, <c>commit</c> or <c>trace</c>.</param>
/// <param name="Id">Its whole id.</param>
/// <param name="Rid">The repository; null when no service that answers knows it.</param>
/// <param name="Patch">The patch that it belongs to; null for none.</param>
/// <param name="Builds">Its builds, the newest first.</param>
/// <param name="Repository">For people: the repository's name; null when it is unknown.</param>
/// <param name="Title">For people: what the patch or the commit says of itself; null when it is unknown.</param>
public sealed record TraceSubject(
    string Kind, string Id, string? Rid, string? Patch, IReadOnlyList<Build> Builds, string? Repository, string? Title)
{
    /// <summary>The traces by which services that know neither patch nor build are asked.</summary>
    public IReadOnlyList<string> Traces
        => [.. Builds.Select(static b => b.TraceId)
            .Append(Kind == "trace" ? Id : null).OfType<string>().Where(static t => t.Length > 0).Distinct(StringComparer.Ordinal)];

    /// <summary>All that people know it by, on one line.</summary>
    public string Head
        => string.Join("  ", new[] { Repository, Kind != "patch" && Builds is [var newest, ..] ? newest.Subject : null, Title }
            .OfType<string>());
}
