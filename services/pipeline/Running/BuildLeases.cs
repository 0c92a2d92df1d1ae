using System.Text.Json;

using Auxo.Pipeline.Builds;
using Auxo.Pipeline.Runners.Placing;

using Npgsql;

using NpgsqlTypes;

namespace Auxo.Pipeline.Running;

/// <summary>
/// The leases of this process on builds. What a killed process held is free again at the next start, and for another host when
/// the lease runs out.
/// </summary>
internal sealed class BuildLeases(
    NpgsqlDataSource database, InstanceLayout layout, RunnerSettings settings, TimeProvider time, ILogger<BuildLeases> logger)
{
    /// <summary>
    /// Of a group one runs at a time, in the order of the queue. One that has begun is not held up by an older one of its group, which
    /// waited for approval meanwhile: else neither would go on.
    /// </summary>
    internal const string Ready =
        """
        state = 'ready' and (concurrency is null or leased_until is not null or not exists (
            select from pipeline.builds other
            where other.rid = builds.rid and other.concurrency = builds.concurrency and other.state = 'ready'
                and ((other.queued_at, other.build_id) < (builds.queued_at, builds.build_id)
                    or other.leased_until is not null and other.build_id <> builds.build_id)))
        """;

    /// <summary>So many are looked at, of those that a machine could run that is there.</summary>
    private const int MostWaiting = 1000;

    private static readonly LeaseTable Table = new("pipeline.builds", Key: "build_id", Ready, OrderBy: "queued_at, build_id");

    private readonly LeasedWork<Guid> _work = new(database, time, Table, settings.Lease);
    private volatile bool _known;

    /// <summary>False when a claim may have been made whose answer never came.</summary>
    public bool AreKnown => _known;

    /// <summary>
    /// An instance's folder is locked by one process, so nobody holds what the last process of this folder held: its leases end at
    /// once instead of when they run out. Our own name is written before the first claim, so that there is no moment in which a
    /// crash makes the next process wait.
    /// </summary>
    public async Task TakeUpAsync(CancellationToken ct)
    {
        if (File.Exists(layout.RunnerFile) && Guid.TryParse(await File.ReadAllTextAsync(layout.RunnerFile, ct), out var owner)
            && await _work.FreeAsync(owner, [], ct) is > 0 and var count)
            logger.LogInformation("{Count} builds of the last run are carried on.", count);

        PrivateFiles.Write(layout.RunnerFile, _work.Owner.ToString());
    }

    /// <summary>The builds that may begin, oldest first.</summary>
    /// <param name="held">What this process works on.</param>
    /// <param name="machines">
    /// The labels of each machine that may get one now: what waits for a machine that is away must not hide what stands behind it.
    /// </param>
    /// <param name="ct">Gives up.</param>
    public async Task<IReadOnlyList<WaitingBuild>> WaitingAsync(
        IReadOnlyCollection<Guid> held, IEnumerable<IReadOnlyList<string>> machines, CancellationToken ct)
    {
        if (!_known) await _work.FreeAsync(_work.Owner, held, ct);
        _known = true;
        await using var command = database.CreateCommand(
            $"""
            select build_id, labels, trust <> 'Trusted', steps, runner, losses is not null
            from pipeline.builds left join pipeline.handovers using (build_id)
            where ({Ready}) and (leased_until is null or leased_until <= $1)
                and (runner is not null or not steps or exists (
                    select from jsonb_array_elements($2) machine where machine @> to_jsonb(labels)))
            order by queued_at, build_id limit {MostWaiting}
            """).With(time.GetUtcNow());
        command.Parameters.Add(new NpgsqlParameter
        {
            Value = JsonSerializer.Serialize(machines), NpgsqlDbType = NpgsqlDbType.Jsonb,
        });
        await using var reader = await command.ExecuteReaderAsync(ct);
        var waiting = new List<WaitingBuild>();
        while (await reader.ReadAsync(ct)) waiting.Add(new WaitingBuild(
            reader.GetGuid(0), await reader.GetFieldValueAsync<string[]>(1, ct), reader.GetBoolean(2), reader.GetBoolean(3),
            await reader.IsDBNullAsync(4, ct) ? null : reader.GetString(4))
        {
            WasElsewhere = reader.GetBoolean(5),
        });
        return waiting;
    }

    /// <summary>Takes those of these builds that nobody else has taken meanwhile.</summary>
    public Task<IReadOnlyList<Lease<Guid>>> ClaimAsync(IReadOnlyCollection<Guid> builds, CancellationToken ct)
        => _work.ClaimAsync(builds, ct);

    /// <summary>An error came in between: what is held without this process's knowledge is freed before the next claim.</summary>
    public void Doubt() => _known = false;

    /// <summary>Runs the work of a build while a heartbeat keeps its lease; false when the lease was lost.</summary>
    public Task<bool> KeepAsync(Lease<Guid> lease, Func<CancellationToken, Task> work, CancellationToken ct)
        => _work.RunAsync(lease, work, ct);

    /// <summary>Gives a build back, for the next start.</summary>
    public async Task GiveBackAsync(Lease<Guid> lease)
    {
        try
        {
            await _work.ReleaseAsync(lease, CancellationToken.None);
        }
        catch (NpgsqlException e)
        {
            logger.LogDebug("The lease of {BuildId} runs out by itself: {Reason}", lease.Key, e.Message);
        }
    }
}
