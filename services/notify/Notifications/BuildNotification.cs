using System.Globalization;

using Auxo.Contracts;
using Auxo.Notify.Verdicts;

namespace Auxo.Notify.Notifications;

/// <summary>What is sent about the end of a build.</summary>
public static class BuildNotification
{
    private const int MaxSteps = 50;

    /// <summary>The notification of a message.</summary>
    public static Notification Of(BuildFinished message, Guid id, Transition? change = null, IReadOnlyList<string>? owners = null)
    {
        var subject = message.Subject;
        var build = new BuildFacts(
            subject.BuildId, BuildId.Short(subject.BuildId), message.Outcome, message.Reason is null
                ? null
                : Notification.Line(message.Reason, 500), subject.Trigger,
            Notification.Line(subject.Ref), subject.Commit.Value, subject.Author?.Value,
            (message.FinishedAt - message.StartedAt)?.TotalSeconds,
            [.. message.Steps.Take(MaxSteps)
                .Select(static s => new StepFacts(
                    Notification.Line(s.Step, 100), s.Outcome, s.Blocks, s.Duration.TotalSeconds, Notification.Line(s.Summary)))],
            [.. message.FirstFindings.Take(10)
                .Select(static f
                    => new FindingFacts(f.Check, f.Rule, f.Severity, f.Path is null
                        ? null
                        : Notification.Line(f.Path), f.Line, Notification.Line(f.Message, 300), f.Blocks))], change, subject.Schedule);
        var patch = subject.PatchId is { } patchId
            ? new PatchFacts(patchId.Value, subject.RevisionId?.Value, Notification.Line(subject.Title),
                subject.Author?.Value, subject.Commit.Value)
            : null;
        return new Notification(
            id, NotificationTypes.Of(message.Outcome), NotificationTypes.UsualLevel(NotificationTypes.Of(message.Outcome)),
            Notification.Line($"{subject.RepositoryName}: {Words.Of(message.Outcome).Replace('_', ' ')}: {What(subject)}"),
            Text(message, build), message.FinishedAt,
            new RepositoryFacts(subject.Rid.Value, Notification.Line(subject.RepositoryName, 100)), message.LogUrl, build, patch,
            Owners: owners is { Count: > 0 } ? [.. owners.Select(static o => Notification.Line(o, 100))] : null);
    }

    /// <summary>Whoever wrote the newest commit has nothing to do with what a schedule finds.</summary>
    private static string What(BuildSubject subject)
        => subject.Schedule is { } schedule ? $"{schedule} of {subject.Ref}" : subject.Title;

    private static string Text(BuildFinished message, BuildFacts build)
    {
        var lines = new List<string>
        {
            $"{(message.Subject.PatchId is { } patch ? $"patch {patch.Short}" : build.Ref)} at "
                + $"{message.Subject.Commit.Short}, build {build.ShortId}"
                + (build.DurationSeconds is { } seconds ? string.Create(CultureInfo.InvariantCulture, $", {seconds:0.0} s") : "")
                + Said(build.Change),
        };
        lines.AddRange(Problems(build));
        lines.Add(message.LogUrl ?? $"auxo ci logs {build.ShortId}");
        return Notification.Lines(string.Join('\n', lines));
    }

    private static string Said(Transition? change) => change switch
    {
        Transition.Broke => ", the first that failed",
        Transition.Fixed => ", fixed",
        Transition.StillFailing => ", as the one before",
        _ => "",
    };

    /// <summary>Why it did not pass, line by line: the reason, the steps that failed, the first findings.</summary>
    internal static IEnumerable<string> Problems(BuildFacts build) =>
    [
        .. build.Reason is null ? [] : new[] { build.Reason },
        .. build.Steps.Where(static s => s.Outcome is not (Outcome.Passed or Outcome.Skipped))
            .Select(static s => $"{Words.Of(s.Outcome).Replace('_', ' ')}{(s.Blocks ? "" : " (warns)")}: {s.Name}: {s.Summary}"),
        .. build.Findings.Select(static f => $"{Place(f.Path, f.Line)}{f.Message} ({f.Rule})"),
    ];

    private static string Place(string? path, int? line) => path is null ? ""
        : line is null ? path + ": "
        : $"{path}:{line.Value.ToString(CultureInfo.InvariantCulture)}: ";
}
