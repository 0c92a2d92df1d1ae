using System.Globalization;

using Auxo.Pipeline.Builds;
using Auxo.Pipeline.Checks.Files;
using Auxo.ServiceDefaults.Timeline;

using JasperFx.Events;

namespace Auxo.Pipeline.Timeline;

/// <summary>The entries of one build. Checks that passed share one entry, since they need no reader's attention.</summary>
public static class TimelineBuild
{
    /// <summary>In order, the last ones about what is still open.</summary>
    /// <param name="build">As it stands.</param>
    /// <param name="events">Its stream.</param>
    /// <param name="now">For what is open at this moment.</param>
    public static IReadOnlyList<TimelineEntry> Entries(Build build, IReadOnlyList<IEvent> events, DateTimeOffset now)
    {
        var (id, entries) = (BuildId.Short(build.BuildId), new List<TimelineEntry>());
        var passed = new List<BuildEvent.StepFinished>();
        var kept = new List<BuildEvent.ArtifactProduced>();
        foreach (var e in events)
        {
            if (e.Data is BuildEvent.ArtifactProduced artifact)
            {
                // It has no time of its own, and is stored with the end of its step.
                kept.Add(artifact);
                continue;
            }

            if (e.Data is BuildEvent.StepFinished { Result: { Kind: "check", Outcome: Outcome.Passed } } check)
            {
                passed.Add(check);
                continue;
            }

            Checks();
            if (e.Data is BuildEvent.StepFinished step && kept.Count > 0)
            {
                entries.Add(new TimelineEntry(step.At, "artifacts_kept", TimelineState.Done, $"step {step.Result.Step} left {Files(kept)}")
                {
                    Trace = e.CorrelationId,
                });
                kept.Clear();
            }

            if (Entry(e.Data, id, build) is { } entry) entries.Add(entry with { Trace = e.CorrelationId });
        }

        Checks();
        entries.AddRange(Open(build, id, now));
        return [.. entries.Select(entry => entry with { Build = build.BuildId, Trace = entry.Trace ?? build.TraceId })];

        void Checks()
        {
            if (passed.Count == 0) return;
            var what = passed.Count == 1
                ? $"check {passed[0].Result.Step}"
                : $"{passed.Count} checks ({string.Join(", ", passed.Select(static p => p.Result.Step))})";
            entries.Add(new TimelineEntry(passed[^1]
                .At, "checks_passed", TimelineState.Done, $"{what} passed in {Seconds(passed.Max(static p => p.Result.Duration))}"));
            passed.Clear();
        }
    }

    private static TimelineEntry? Entry(object e, string id, Build build) => e switch
    {
        BuildEvent.Queued x => new TimelineEntry(x.At, "build_queued", TimelineState.Done, Queued(x, id)),
        BuildEvent.Started x
            => new TimelineEntry(x.At, "build_started", TimelineState.Done,
                $"build {id} begun by {x.Runner} ({x.Sandbox})"),
        BuildEvent.StepFinished x => Step(x, id),
        BuildEvent.ApprovalRequested x
            => new TimelineEntry(x.At, "approval_requested", TimelineState.Note,
                $"the checks are done; the author is a stranger, so the steps of {x.Commit.Short} want an approval"),
        BuildEvent.ApprovalGranted x
            => new TimelineEntry(x.At, "approval_granted", TimelineState.Done,
                $"{x.By} approved {x.Commit.Short}"),
        BuildEvent.Finished x => Finished(x, id, build),
        _ => null,
    };

    private static string Files(List<BuildEvent.ArtifactProduced> kept)
        => string.Join(", ", kept.Take(3)
            .Select(static k => $"{k.Artifact.Name} {k.Artifact.Digest[..Math.Min(19, k.Artifact.Digest.Length)]}…"))
                + (kept.Count > 3 ? $" and {kept.Count - 3} more files" : "");

    private static string Queued(BuildEvent.Queued e, string id)
    {
        var steps = e.Plan.Steps.Count;
        var attempt = e.Attempt > 1 ? $", attempt {e.Attempt} at the same commit" : "";
        var who = e.RequestedBy is { } by ? $", asked for by {by}" : "";
        return $"build {id} planned: {Count(e.Plan.StepNames().Count - steps, "check")} and {Count(steps, "step")}, "
            + $"author {(e.Trust == Trust.Trusted ? "trusted" : "a stranger")}{attempt}{who}";
    }

    private static TimelineEntry Step(BuildEvent.StepFinished e, string id)
    {
        var r = e.Result;
        var kind = r.Kind == "check" ? "check" : "step";
        var took = r.Outcome == Outcome.Skipped ? "" : $" in {Seconds(r.Duration)}";
        var summary = r.Summary.Length > 0 && r.Outcome != Outcome.Passed ? $": {PlainText.OneLine(r.Summary)}" : "";
        var bad = r.Outcome is Outcome.Failed or Outcome.Errored or Outcome.TimedOut;
        // A check that found something which blocks nothing has done its work.
        var outcome = (bad, r.Blocks, r.Outcome, kind) switch
        {
            (true, false, Outcome.Failed, "check") => "warns",
            (true, false, _, _) => $"{Words(r.Outcome)} (only warns)",
            _ => Words(r.Outcome),
        };
        // What was skipped or ended early is nothing that was done.
        var state = r.Outcome == Outcome.Passed ? TimelineState.Done : bad && r.Blocks ? TimelineState.Failed : TimelineState.Note;
        return new TimelineEntry(
            e.At, "step_finished", state, $"{kind} {r.Step} {outcome}{took}{summary}")
        {
            Next = bad ? $"auxo ci logs {id} --step {r.Step}" : null,
        };
    }

    private static TimelineEntry Finished(BuildEvent.Finished e, string id, Build build)
        => new(
            e.At, "build_finished", e.Outcome is Outcome.Failed or Outcome.Errored
                or Outcome.TimedOut ? TimelineState.Failed : e.Outcome == Outcome.Passed ? TimelineState.Done : TimelineState.Note,
            $"build {id} {Words(e.Outcome)}, {Seconds(e.At - build.QueuedAt)} after it was "
                + $"planned{(e.By is null ? "" : $", ended by {e.By}")}{(e.Reason is null ? "" : $": {PlainText.OneLine(e.Reason)}")}")
        {
            Next = $"auxo ci logs {id}",
        };

    private static IEnumerable<TimelineEntry> Open(Build build, string id, DateTimeOffset now)
    {
        if (build.State == BuildState.Queued)
            yield return new TimelineEntry(now, "build_waiting", TimelineState.Open,
                $"build {id} waits for a runner, for {Seconds(now - build.QueuedAt)} now") { Next = "auxo status" };
        if (build.State == BuildState.AwaitingApproval)
            yield return new TimelineEntry(now, "approval_waiting", TimelineState.Open,
                $"build {id} waits for somebody who looks at {build.Subject.Commit.Short} and approves it") { Next =
                $"auxo ci approve {id}" };
        if (build.State != BuildState.Running) yield break;
        var running = build.Running.Count > 0 ? $"step {string.Join(", ", build.Running)}" : "the checks";
        yield return new TimelineEntry(now, "build_running", TimelineState.Open,
            $"build {id} runs {running}, for {Seconds(now - (build.StartedAt ?? build.QueuedAt))} now") { Next =
            $"auxo ci logs {id} --follow" };
    }

    private static string Words(Outcome outcome)
        => outcome switch { Outcome.TimedOut => "timed out", _ => outcome.ToString().ToLowerInvariant() };

    private static string Count(int n, string what) => n == 1 ? $"1 {what}" : $"{n} {what}s";

    private static string Seconds(TimeSpan time) => time.TotalSeconds switch
    {
        < 1 => $"{Math.Max(0, time.TotalMilliseconds).ToString("0", CultureInfo.InvariantCulture)} ms",
        < 100 => $"{time.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture)} s",
        < 7200 => $"{time.TotalMinutes.ToString("0", CultureInfo.InvariantCulture)} min",
        _ => $"{time.TotalHours.ToString("0", CultureInfo.InvariantCulture)} h",
    };
}
