using System.Diagnostics;

using Auxo.Pipeline.Builds;

namespace Auxo.Pipeline.Running;

/// <summary>
/// The span of a build. A runner takes a build up from a row, maybe after a crash, so the push's trace has to be taken up with
/// it.
/// </summary>
internal static class BuildActivity
{
    private static readonly ActivitySource Source = new("Auxo.Pipeline");

    /// <summary>Starts it, also where nobody collects spans: its trace id stands in every log line of the build.</summary>
    public static Activity Start(Build build)
    {
        var parent = ParentOf(build.TraceId);
        if (Source.StartActivity("build", ActivityKind.Internal, parent) is { } listened) return listened;
        var activity = new Activity("build").SetIdFormat(ActivityIdFormat.W3C);
        if (parent != default) activity.SetParentId(parent.TraceId, parent.SpanId, parent.TraceFlags);
        return activity.Start();
    }

    private static ActivityContext ParentOf(string? trace)
        => trace is { Length: 32 } && trace.All(char.IsAsciiHexDigitLower)
            ? new ActivityContext(ActivityTraceId.CreateFromString(trace), ActivitySpanId.CreateRandom(), ActivityTraceFlags.Recorded)
            : default;
}
