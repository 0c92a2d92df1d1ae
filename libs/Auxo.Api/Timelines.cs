using System.Text.Json.Serialization;

using Refit;

namespace Auxo.Api;

/// <summary>What every service answers about what it did.</summary>
public interface ITimeline
{
    /// <summary>What it knows of a patch, of commits, of builds, of traces; a patch or a commit needs its repository.</summary>
    [Get("timeline")]
    Task<Page<TimelineEntry>> ReadAsync(
        string? rid, string? patch, IEnumerable<string> commit,
        IEnumerable<string> build, IEnumerable<string> trace, CancellationToken ct);
}

/// <summary>One thing that happened; see the services' <c>GET /timeline</c>.</summary>
public sealed record TimelineEntry(
    DateTimeOffset At, string What, [property: JsonConverter(typeof(Word))] string State, string Text,
    string? Trace = null, string? Build = null, string? Next = null)
{
    /// <summary>The service that it is from.</summary>
    public string Service { get; init; } = "";
}

/// <summary>A patch as ingest knows it.</summary>
public sealed record PatchInfo(string Rid, string PatchId, string Title, string? Author,
    [property: JsonConverter(typeof(Word))] string Status, IReadOnlyList<PatchRevision>? Revisions,
    string? MergedAs = null, DateTimeOffset? OpenedAt = null);

/// <summary>A revision of it; <c>Trust</c> is its author's when it was seen: <c>trusted</c> or <c>stranger</c>. <c>AuthorAlias</c> is
/// how the author calls himself, which proves nothing.</summary>
public sealed record PatchRevision(
    string Id, string Head, string? Author = null, string? Base = null, [property: JsonConverter(typeof(Word))] string? Trust = null,
    DateTimeOffset? SeenAt = null, string? AuthorAlias = null);

/// <summary>A message that waits in a queue.</summary>
public sealed record WaitingMessage(
    string Id, string MessageType, string? CorrelationId, DateTimeOffset SentAt, DateTimeOffset? Due, int Attempts);
