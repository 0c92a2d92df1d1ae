using System.Text.Json.Serialization;

namespace Auxo.Api.Tracing;

/// <summary>What happened under one correlation id: a push, or a wish of somebody, and all that came of it.</summary>
/// <param name="Trace">The id; null for what has none.</param>
/// <param name="Entries">In order of time, what is open last.</param>
public sealed record TimelineSection(string? Trace, [property: JsonPropertyName("lines")] IReadOnlyList<TimelineEntry> Entries);

/// <summary>A service whose part is missing.</summary>
/// <param name="Service">Its name.</param>
/// <param name="Reason">For people.</param>
public sealed record MissingPart(string Service, string Reason);

/// <summary>The parts of all services put together.</summary>
/// <param name="Subject">What it is about.</param>
/// <param name="Sections">The first push first.</param>
/// <param name="Missing">The services whose part is missing.</param>
public sealed record Timeline(TraceSubject Subject, IReadOnlyList<TimelineSection> Sections, IReadOnlyList<MissingPart> Missing)
{
    /// <summary>No part is missing.</summary>
    public bool IsWhole => Missing.Count == 0;

    /// <summary>All entries.</summary>
    public IEnumerable<TimelineEntry> Entries => Sections.SelectMany(static c => c.Entries);

    /// <summary>What came of the last push.</summary>
    public IReadOnlyList<TimelineEntry> Last => Sections.Count == 0 ? [] : Sections[^1].Entries;

    /// <summary>How many things are under way.</summary>
    public int Open => Entries.Count(static l => l.State == "open");

    /// <summary>
    /// How many things failed or were given up, and nothing that came later made them good: of several builds of one subject the
    /// last one counts.
    /// </summary>
    public int Failed => Last.Count(static l => l.State == "failed");

    /// <summary>A build ended and no service says that anybody was notified of it.</summary>
    public bool IsUnnotified
        => IsWhole && Last.All(static l => l.Service != "notify") && Last.Any(static l => l.What == "build_finished");

    /// <summary>The commands that lead on, the most urgent first.</summary>
    public IReadOnlyList<string> Next
    {
        get
        {
            var next = Last.Where(static l => l is { Next: not null, State: "failed" or "open" })
                .Concat(Entries.Where(static l => l is { Next: not null, State: "open" }))
                .Select(static l => l.Next!).Distinct(StringComparer.Ordinal).ToList();
            // 'ci logs BUILD' beside 'ci logs BUILD --step test' says nothing more.
            next.RemoveAll(command => next.Exists(other => other.StartsWith(command + " ", StringComparison.Ordinal)));
            if (!IsWhole) next.Insert(0, "auxo status");
            return [.. next.Take(MostNext)];
        }
    }

    private const int MostNext = 6;

    /// <summary>How long the last push took, and until what: the comment, the verdict or the end; null for none.</summary>
    public (TimeSpan Time, string Until)? Took
    {
        get
        {
            if (Last.Count == 0) return null;
            var end = Last.LastOrDefault(static l => l.What is "comment_posted" or "build_finished") ?? Last[^1];
            return (end.At - Last[0].At, end.What switch
            {
                "comment_posted" => "the comment", "build_finished" => "the verdict", _ => "the end",
            });
        }
    }
}
