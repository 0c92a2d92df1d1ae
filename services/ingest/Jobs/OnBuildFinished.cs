using Auxo.Contracts;
using Auxo.Ingest.Statuses;

using Npgsql;

namespace Auxo.Ingest.Jobs;

/// <summary>Has the end of a build written where other programs of Radicle look for it, and told to webhooks that asked.</summary>
public static class OnBuildFinishedHandler
{
    /// <summary>
    /// A patch's verdict brings its job along, in one write. This is for what did not come so, such as where another Auxo speaks.
    /// </summary>
    private static readonly TimeSpan AfterComment = TimeSpan.FromSeconds(3);

    /// <summary>Who asked how the commit is doing.</summary>
    public static Task<IReadOnlyList<StatusPlace>> LoadAsync(BuildFinished message, NpgsqlDataSource source, CancellationToken ct)
        => CommitResults.PlacesAsync(source, message.Subject.Rid, message.Subject.Commit, ct);

    /// <summary>Asks for the job, and for the calls; webhooks that come later find the result kept.</summary>
    public static (OutgoingMessages, KeepResult?) Handle(
        BuildFinished message, IReadOnlyList<StatusPlace> places, JobSettings settings, DateTimeOffset now)
    {
        OutgoingMessages messages = [];
        if (Decide(message, settings) is { } job)
        {
            if (message.Subject.PatchId is null) messages.Add(job);
            else messages.Add(job.DelayedFor(AfterComment));
        }

        if (message.Subject is not { Schedule: null } subject) return (messages, null);
        var status = CommitStatus.Of(message);
        foreach (var place in places) messages.Add(new TellStatus(subject.Rid, subject.Commit, place, status, Attempt: 1));
        return (messages, new KeepResult(subject.Rid, subject.Commit, status, now));
    }

    /// <summary>
    /// The job that is wanted. None for a build of a patch together with those that it needs, and none for one that only a schedule began:
    /// what it looks at changes while the commit stays.
    /// </summary>
    public static RecordJob? Decide(BuildFinished message, JobSettings settings)
        => settings.AreWanted && message is { BuiltAs: null, Subject: { Schedule: null } subject }
            ? RecordJob.Of(subject.Rid, subject.BuildId, new BuildEnd(subject.Commit, message.Outcome, message.LogUrl))
            : null;
}
