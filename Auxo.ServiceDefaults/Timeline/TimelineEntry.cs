using System.Text.Json;
using System.Text.Json.Serialization;

namespace Auxo.ServiceDefaults.Timeline;

/// <summary>How far the thing is that an entry is about.</summary>
public enum TimelineState
{
    /// <summary>It happened and is over.</summary>
    Done,

    /// <summary>It is under way, or waits for something; the text says for what.</summary>
    Open,

    /// <summary>It failed or was given up.</summary>
    Failed,

    /// <summary>It is worth knowing and changes nothing.</summary>
    Note,
}

/// <summary>One thing that happened to a push or its builds, in the words of the service that did it.</summary>
/// <param name="At">When, by the clock of this machine.</param>
/// <param name="What">What, as a stable word for programs, such as <c>build_finished</c>.</param>
/// <param name="State">How far it is.</param>
/// <param name="Text">For people, on one line.</param>
public sealed record TimelineEntry(DateTimeOffset At, string What, TimelineState State, string Text)
{
    /// <summary>
    /// The correlation id under which it happened; null when it has none, such as what came before Auxo knew of the push.
    /// </summary>
    public string? Trace { get; init; }

    /// <summary>The build that it is about; null when it is about none.</summary>
    public Guid? Build { get; init; }

    /// <summary>The command that helps or shows more; null when there is none.</summary>
    public string? Next { get; init; }
}

/// <summary>What a service knows of what was asked for, in order of time.</summary>
public sealed record TimelineAnswer(IReadOnlyList<TimelineEntry> Items, string? Next = null)
{
    /// <summary>In order of time.</summary>
    public static TimelineAnswer Of(IEnumerable<TimelineEntry> entries) => new([.. entries.OrderBy(static e => e.At)]);
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(TimelineAnswer))]
internal sealed partial class TimelineJson : JsonSerializerContext;
