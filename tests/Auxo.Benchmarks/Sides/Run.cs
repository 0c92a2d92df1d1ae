using Auxo.Contracts;

namespace Auxo.Benchmarks.Sides;

/// <summary>What is built: a commit on main, or as a patch.</summary>
internal sealed record Subject(CommitId Commit, PatchId? Patch);

/// <summary>One push and what came of it.</summary>
/// <param name="Subject">What was pushed.</param>
/// <param name="Begun">Just before the push command was started; the zero of all.</param>
/// <param name="Told">The node's event reached a subscriber: where the CI's own share begins.</param>
/// <param name="FirstCommand">By the command itself.</param>
/// <param name="Ended">The verdict stands at the node whose CI this is.</param>
internal sealed record Run(Subject Subject, DateTimeOffset Begun, DateTimeOffset Told, DateTimeOffset FirstCommand, DateTimeOffset Ended)
{
    /// <summary>The pusher's node has the verdict; null when it was not waited for.</summary>
    public DateTimeOffset? Readable { get; init; }

    /// <summary>What lies between, by the CI's own record, in order; empty when it keeps none.</summary>
    public IReadOnlyList<(string Stage, TimeSpan Took)> Stages { get; init; } = [];

    /// <summary>From the start of the push to the first command.</summary>
    public TimeSpan ToFirstCommand => FirstCommand - Begun;

    /// <summary>From the node's event to the first command.</summary>
    public TimeSpan OwnShare => FirstCommand - Told;

    /// <summary>From the start of the push until the node told.</summary>
    public TimeSpan ToEvent => Told - Begun;
}
