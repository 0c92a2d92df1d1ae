using Auxo.Pipeline.Builds;
using Auxo.Pipeline.Queueing;
using Auxo.Pipeline.Verdict;

using JasperFx;

using Npgsql;

namespace Auxo.Pipeline.Requesting;

/// <summary>Queues a commit that somebody asks for by hand, as the next attempt at the same thing.</summary>
public sealed class NextAttempt(Outbox outbox, NpgsqlDataSource database, BuildPlanner planner, Links links, TimeProvider time)
{
    /// <summary>Queues it; when somebody asks for the same at the same moment, theirs is one attempt and this one the next.</summary>
    /// <param name="request">What is asked for.</param>
    /// <param name="ct">Gives up.</param>
    /// <param name="also">What is written with it.</param>
    /// <returns>The build as it is queued.</returns>
    public Task<Build> QueueAsync(BuildRequest request, CancellationToken ct, Func<Build, NpgsqlBatchCommand>? also = null)
        => LostRace.RetryAsync(async () =>
        {
            await using var work = outbox.Open();
            var attempt = await BuildTable.NextAttemptAsync(database, request.Rid, request.Trigger, request.SubjectKey, request.Commit, ct);
            var planned = await planner.PlanAsync(work.Session, request, attempt, ct);
            var (queued, messages) = QueueBuild.Decide(planned, links, time.GetUtcNow());
            if (queued is null) throw new ConcurrencyException($"Attempt {attempt} was queued meanwhile.");
            queued.Execute(work.Session);
            if (also is not null) work.Session.QueueSqlCommand(also(queued.Build));
            foreach (var message in messages) await work.PublishAsync(message);
            await work.SaveChangesAsync(ct);
            return queued.Build with { TraceId = work.Session.CorrelationId };
        });
}
