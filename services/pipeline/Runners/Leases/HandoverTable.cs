using Auxo.Pipeline.Builds;

using Npgsql;

namespace Auxo.Pipeline.Runners.Leases;

/// <summary>What is kept of a build whose steps are, or were, with a runner.</summary>
/// <param name="BuildId">The build.</param>
/// <param name="Runner">Who has it; null while nobody has.</param>
/// <param name="Session">The process that has it.</param>
/// <param name="Lease">What stands in its calls.</param>
/// <param name="Losses">How often a machine was lost with it.</param>
/// <param name="Last">Who had it before; null when nobody had.</param>
public sealed record HandoverRow(Guid BuildId, string? Runner, Guid? Session, Guid? Lease, int Losses, string? Last);

/// <summary>The rows of handovers: what a restarted pipeline has to know of work that goes on elsewhere.</summary>
internal sealed class HandoverTable(NpgsqlDataSource database)
{
    private const string Columns = "build_id, runner, session, lease, losses, last";

    /// <summary>The row of a build; null when its steps were never with a runner.</summary>
    public Task<HandoverRow?> FindAsync(Guid build, CancellationToken ct)
        => OneAsync($"select {Columns} from pipeline.handovers where build_id = $1", ct, build);

    /// <summary>A runner gets the steps of a build. Written before it is told so.</summary>
    public async Task<HandoverRow> GiveAsync(Guid build, string runner, Guid session, Guid lease, CancellationToken ct)
        => (await OneAsync(
            $"""
            insert into pipeline.handovers (build_id, runner, session, lease) values ($1, $2, $3, $4)
            on conflict (build_id) do update set runner = excluded.runner, session = excluded.session, lease = excluded.lease
            returning {Columns}
            """,
            ct, build, runner, session, lease))!;

    /// <summary>The runner has it no longer; what it had waits for the next machine.</summary>
    /// <param name="row">As it was given.</param>
    /// <param name="lost">Whether the machine was lost with it, which happens to a build once.</param>
    /// <param name="had">Whether it ever had it: it may never have heard of it.</param>
    /// <param name="ct">Gives up.</param>
    public async Task TakeBackAsync(HandoverRow row, bool lost, bool had, CancellationToken ct)
    {
        await using var command = database.CreateCommand(
            """
            update pipeline.handovers set runner = null, session = null, lease = null, losses = losses + $3,
                last = case when $4 then runner else last end
            where build_id = $1 and lease = $2
            """).With(row.BuildId, row.Lease!.Value, lost ? 1 : 0, had);
        await command.ExecuteNonQueryAsync(ct);
    }

    /// <summary>The build has its verdict.</summary>
    public async Task RemoveAsync(Guid build, CancellationToken ct)
    {
        await using var command = database.CreateCommand("delete from pipeline.handovers where build_id = $1").With(build);
        await command.ExecuteNonQueryAsync(ct);
    }

    /// <summary>A crash may have come between a verdict and the end of its row.</summary>
    public async Task SweepAsync(CancellationToken ct)
    {
        await using var command = database.CreateCommand(
            """
            delete from pipeline.handovers where not exists (
                select from pipeline.builds where builds.build_id = handovers.build_id and state = 'ready')
            """);
        await command.ExecuteNonQueryAsync(ct);
    }

    private async Task<HandoverRow?> OneAsync(string sql, CancellationToken ct, params object[] values)
    {
        await using var command = database.CreateCommand(sql).With(values);
        await using var reader = await command.ExecuteReaderAsync(ct);
        if (!await reader.ReadAsync(ct)) return null;
        return new HandoverRow(
            reader.GetGuid(0), await TextAsync(1), await IdAsync(2), await IdAsync(3), reader.GetInt32(4), await TextAsync(5));

        async Task<string?> TextAsync(int column) => await reader.IsDBNullAsync(column, ct) ? null : reader.GetString(column);

        async Task<Guid?> IdAsync(int column) => await reader.IsDBNullAsync(column, ct) ? null : reader.GetGuid(column);
    }
}
