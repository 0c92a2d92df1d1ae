using Auxo.Api;

namespace Auxo.Cli.Output;

/// <summary>How times, verdicts and names are said to people.</summary>
internal static class Words
{
    /// <summary>How long ago it was; empty when it is not known.</summary>
    public static string Ago(DateTimeOffset now, DateTimeOffset? then) => then is { } at ? Amounts.Ago(now, at) : "";

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

    /// <summary>A key as <c>rad</c> shows it, without the scheme, by its first digits; a dash for none.</summary>
    public static string ShortDid(string? did)
        => did is null ? "-" : did.StartsWith("did:key:", StringComparison.Ordinal) && did.Length > 15 ? did[8..15] + "…" : did;

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
