using Auxo.Pipeline.Builds;
using Auxo.Pipeline.Queueing;

using Npgsql;

namespace Auxo.Pipeline.Schedules;

/// <summary>The newest head of the branch of a schedule, as ingest has reported it.</summary>
/// <param name="Commit">The head.</param>
/// <param name="Title">Its first line; empty when it was not kept.</param>
/// <param name="Author">Who signed it.</param>
internal sealed record ScheduledHead(CommitId Commit, string Title, Did? Author)
{
    /// <summary>Finds it; null when ingest has reported none.</summary>
    public static async Task<ScheduledHead?> FindAsync(
        IQuerySession session, NpgsqlDataSource database, Schedule schedule, CancellationToken ct)
    {
        var isDefault = schedule.BuiltBranch == schedule.Repository.DefaultBranch;
        if (isDefault && schedule.Repository.Head is null) return null;
        await using var command = database.CreateCommand(
            """
            select build_id from pipeline.builds
            where rid = $1 and trigger = 'Branch' and subject = $2 and attempt = 1 and ($3::text is null or commit_id = $3)
            order by queued_at desc, build_id desc limit 1
            """)
            .With(schedule.Rid.Value, schedule.BuiltBranch, isDefault ? schedule.Repository.Head!.Value.Value : DBNull.Value);
        var build = await command.ExecuteScalarAsync(ct) is Guid id ? await session.LoadAsync<Build>(Build.StreamKey(id), ct) : null;
        if (build is not null) return new ScheduledHead(build.Subject.Commit, build.Subject.Title, build.Subject.Author);
        return isDefault ? new ScheduledHead(schedule.Repository.Head!.Value, "", null) : null;
    }

    /// <summary>The wish to build it.</summary>
    /// <param name="schedule">The schedule.</param>
    /// <param name="slot">The slot; null when somebody asks for it by hand.</param>
    /// <param name="by">Who asks by hand.</param>
    public BuildRequest Request(Schedule schedule, DateTimeOffset? slot, string? by = null)
        => new(
            schedule.Rid, schedule.Repository.Name, BuildTrigger.Schedule, null, null, schedule.BuiltBranch, Commit, Title, Author,
            schedule.Repository.Source, Trust.Trusted, schedule.Repository.Head, by)
        {
            Schedule = schedule.Name, Slot = slot,
        };
}
