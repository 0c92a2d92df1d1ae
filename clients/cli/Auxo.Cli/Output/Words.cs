using Auxo.Api;

namespace Auxo.Cli.Output;

/// <summary>How times, verdicts and names are said to people.</summary>
internal static class Words
{
    /// <summary>Such as <c>just now</c>, <c>5 min ago</c>, <c>3 days ago</c>: a moment, more roughly than a duration.</summary>
    public static string Ago(DateTimeOffset now, DateTimeOffset? then) => (now - then)?.TotalSeconds switch
    {
        null => "",
        < 10 => "just now",
        < 60 and var s => $"{s:0} s ago",
        < 3600 and var s => $"{(int)s / 60} min ago",
        < 86_400 and var s => $"{(int)s / 3600} h ago",
        var s => (int)(s / 86_400) == 1 ? "1 day ago" : $"{(int)(s / 86_400)} days ago",
    };

    /// <summary>Such as <c>4.2 MB</c>.</summary>
    public static string Size(long bytes) => bytes switch
    {
        < 1000 => $"{bytes} B",
        < 1_000_000 => $"{bytes / 1000.0:0.#} kB",
        < 1_000_000_000 => $"{bytes / 1_000_000.0:0.#} MB",
        _ => $"{bytes / 1_000_000_000.0:0.#} GB",
    };

    /// <summary>A build's verdict, or how far it is.</summary>
    public static Cell Verdict(Build build) => build.IsFinished ? Outcome(build.Outcome) : State(build.State);

    /// <summary>A step's result, or how far it is.</summary>
    public static Cell Verdict(BuildStep step)
        => step.Outcome is null ? State(step.State ?? "waiting")
            : step is { Outcome: "failed", Blocks: false } ? new("! warns", "yellow")
            : Outcome(step.Outcome);

    /// <summary>The words of <c>Outcome</c>; never by colour alone.</summary>
    public static Cell Outcome(string? outcome) => outcome switch
    {
        "passed" => new("✓ passed", "green"),
        "failed" => new("✗ failed", "red"),
        "errored" => new("✗ errored", "red"),
        "timed_out" => new("✗ timed out", "red"),
        "cancelled" => new("- cancelled", "yellow"),
        "superseded" => new("- superseded", "dim"),
        "skipped" => new("- skipped", "dim"),
        null => new("?"),
        _ => new(outcome),
    };

    /// <summary>A commit's or a patch's first digits; a dash where there is none.</summary>
    public static string Short(string? id) => id is null ? "-" : id.Length > 7 ? id[..7] : id;

    /// <summary>A repository id that fits: the scheme and the first digits, which <c>auxo</c> accepts.</summary>
    public static string ShortRid(string rid)
        => rid.StartsWith("rad:", StringComparison.Ordinal) && rid.Length > 16 ? rid[..15] + "…" : rid;

    private static Cell State(string state) => state switch
    {
        "queued" => new("· queued", "dim"),
        "awaiting_approval" => new("? approval", "yellow"),
        "running" => new("> running", "cyan"),
        _ => new("· " + state.Replace('_', ' '), "dim"),
    };
}
