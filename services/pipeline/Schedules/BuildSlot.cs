using Auxo.Pipeline.Queueing;
using Auxo.Pipeline.Schedules.Scans;
using Auxo.Pipeline.Verdict;

using Npgsql;

namespace Auxo.Pipeline.Schedules;

/// <summary>
/// Begins the builds of slots that are due. A slot's build has an id that is computed from repository, name and slot, and it is
/// queued in the transaction that moves the schedule on: over any number of processes and restarts it is built once.
/// </summary>
public sealed class BuildSlot(
    Outbox outbox, NpgsqlDataSource database, BuildPlanner planner, ScanTargets targets, Links links, TimeProvider time,
    ILogger<BuildSlot> logger)
{
    /// <summary>Does all that is due.</summary>
    /// <returns>When something is due next, and whether something failed and has to be tried again.</returns>
    public async Task<(DateTimeOffset? Next, bool Failed)> BuildDueAsync(CancellationToken ct)
    {
        var failed = false;
        foreach (var schedule in await ScheduleTable.DueAsync(database, time.GetUtcNow(), ct))
        {
            try
            {
                await BuildAsync(schedule.Rid, schedule.Name, ct);
            }
            catch (Exception e) when (e is not OperationCanceledException && !DatabaseAway.Is(e))
            {
                // One that cannot be built must not hold up the others.
                failed = true;
                logger.LogError(
                    e, "Schedule {Schedule} of {Rid} could not begin its build; it is tried again.", schedule.Name, schedule.Rid);
            }
        }

        return (await ScheduleTable.NextAsync(database, ct), failed);
    }

    private Task<bool> BuildAsync(Rid rid, string name, CancellationToken ct)
        => LostRace.RetryAsync(async () =>
        {
            if (await ScheduleTable.FindAsync(database, rid, name, ct) is not { IsOn: true } schedule) return false;
            var now = time.GetUtcNow();
            var due = DueSlots.Decide(schedule.Timetable(time.LocalTimeZone), schedule.Since, now);
            var (missed, newest, reason) = (due.Missed, due.NewestMissed, "Auxo did not run at that time");
            var id = due.Build is { } at ? BuildId.ForSlot(rid, name, at) : Guid.NewGuid();
            await using var work = outbox.Open(id.ToString("N"));
            QueuedBuild? queued = null;
            var isDue = due.Build is not null || missed > 0;
            var idle = isDue ? await targets.WhyNothingAsync(work.Session, database, schedule, ct) : null;
            // Nobody misses what would have looked at nothing.
            if (idle is not null) (missed, newest) = (0, null);
            else if (due.Build is { } slot)
            {
                if (await ScheduledHead.FindAsync(work.Session, database, schedule, ct) is not { } head)
                    (missed, newest, reason) = (missed + 1, slot, $"branch '{schedule.BuiltBranch}' has no head that Auxo has seen");
                else if (await planner.PlanAsync(work.Session, head.Request(schedule, slot), attempt: 1, ct) is { } planned)
                    queued = await QueueAsync(work, planned, now);
            }

            work.Session.QueueSqlCommand(ScheduleTable.Advance(schedule, due, missed, newest, queued?.Build.BuildId, idle));
            if (newest is { } lost)
                await work.PublishAsync(new ScheduleMissed(rid, schedule.Repository.Name, name, lost, missed, reason, now));
            CrashPoint.Hit("pipeline.schedule.decided");
            try
            {
                await work.SaveChangesAsync(ct);
            }
            catch (Exception e) when (IsDecidedElsewhere(e))
            {
                return false;
            }

            return queued is not null;
        });

    private async Task<QueuedBuild?> QueueAsync(OutboxSession work, PlannedBuild planned, DateTimeOffset now)
    {
        var (queued, messages) = QueueBuild.Decide(planned, links, now);
        queued?.Execute(work.Session);
        foreach (var message in messages) await work.PublishAsync(message);
        return queued;
    }

    /// <summary>Another process has decided on the same slots, or somebody has switched the schedule off.</summary>
    private static bool IsDecidedElsewhere(Exception? e)
        => e is PostgresException { SqlState: "AX003" } || e?.InnerException is { } inner && IsDecidedElsewhere(inner);
}
