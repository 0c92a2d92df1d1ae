using Auxo.Contracts;

namespace Auxo.Ingest.Jobs;

/// <summary>Has the end of a build written where other programs of Radicle look for it.</summary>
public static class OnBuildFinishedHandler
{
    /// <summary>Asks for the job.</summary>
    public static OutgoingMessages Handle(BuildFinished message, JobSettings settings)
        => Decide(message, settings) is { } job ? [job] : [];

    /// <summary>
    /// The job that is wanted. None for a build that says nothing about its commit, such as a cancelled one, and none for one that only a
    /// schedule began: what it looks at changes while the commit stays.
    /// </summary>
    public static RecordJob? Decide(BuildFinished message, JobSettings settings)
        => settings.AreWanted && message.Subject is { Schedule: null } subject
            && message.Outcome is Outcome.Passed or Outcome.Failed or Outcome.TimedOut
            ? new RecordJob(
                subject.Rid, subject.Commit, subject.BuildId, message.Outcome == Outcome.Passed, message.LogUrl, Attempt: 1)
            : null;
}
