using Auxo.Pipeline.Builds;

using Npgsql;

namespace Auxo.Pipeline.Runners;

/// <summary>Whether a runner gets work.</summary>
public enum RunnerState
{
    /// <summary>It does.</summary>
    Active,

    /// <summary>It gets none until it is resumed; what it has goes on.</summary>
    Paused,

    /// <summary>It gets none, and its program ends when what it has is done.</summary>
    Draining,
}

/// <summary>Another machine that runs steps, as the table knows it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Labels">What an administrator gave it.</param>
/// <param name="IsReserved">It takes only builds that ask for labels.</param>
/// <param name="TakesStrangers">It takes builds of authors who are not trusted.</param>
/// <param name="State">Whether it gets work.</param>
/// <param name="ChangedBy">Who said so last.</param>
/// <param name="ChangedAt">When.</param>
/// <param name="SeenAt">When it was heard last; null for never.</param>
/// <param name="Given">What it says of itself: its system and processor.</param>
/// <param name="Capacity">How many builds it takes at once, as it says.</param>
/// <param name="Sandbox">What holds steps in there, as it says.</param>
/// <param name="Version">Of its program, as it says.</param>
public sealed record Runner(
    string Name, IReadOnlyList<string> Labels, bool IsReserved, bool TakesStrangers, RunnerState State, string ChangedBy,
    DateTimeOffset ChangedAt, DateTimeOffset? SeenAt, IReadOnlyList<string> Given, int Capacity, string Sandbox, string Version);

/// <summary>The runners.</summary>
internal sealed class RunnerTable(NpgsqlDataSource database)
{
    private const string Columns =
        "name, labels, reserved, strangers, state, changed_by, changed_at, seen_at, given, capacity, sandbox, version";

    /// <summary>All, by name.</summary>
    public Task<IReadOnlyList<Runner>> ListAsync(CancellationToken ct)
        => ReadAsync($"select {Columns} from pipeline.runners order by name", ct);

    /// <summary>One; null when there is none of this name.</summary>
    public async Task<Runner?> FindAsync(string name, CancellationToken ct)
        => await OneAsync($"select {Columns} from pipeline.runners where name = $1", ct, name);

    /// <summary>Makes it, or gives it other labels; whether it gets work stays as it is.</summary>
    public async Task<Runner> PutAsync(
        string name, IReadOnlyList<string> labels, bool reserved, bool strangers, string by, DateTimeOffset now, CancellationToken ct)
        => (await ReadAsync(
            $"""
            insert into pipeline.runners (name, labels, reserved, strangers, state, changed_by, changed_at)
            values ($1, $2, $3, $4, 'active', $5, $6)
            on conflict (name) do update set labels = excluded.labels, reserved = excluded.reserved, strangers = excluded.strangers,
                changed_by = excluded.changed_by, changed_at = excluded.changed_at
            returning {Columns}
            """,
            ct, name, labels.ToArray(), reserved, strangers, by, now))[0];

    /// <summary>Says whether it gets work; null when there is no such runner.</summary>
    public async Task<Runner?> SwitchAsync(string name, RunnerState state, string by, DateTimeOffset now, CancellationToken ct)
        => await OneAsync(
            $"update pipeline.runners set state = $2, changed_by = $3, changed_at = $4 where name = $1 returning {Columns}",
            ct, name, state.ToString().ToLowerInvariant(), by, now);

    /// <summary>
    /// Removes it, and takes from it what it has, also for the process that begins after a crash of this one; false when there is no
    /// such runner.
    /// </summary>
    public async Task<bool> RemoveAsync(string name, CancellationToken ct)
        => (await ReadAsync(
            $"""
            with had as (
                update pipeline.handovers set last = runner, runner = null, session = null, lease = null where runner = $1)
            delete from pipeline.runners where name = $1 returning {Columns}
            """,
            ct, name)).Count > 0;

    /// <summary>It was heard, and said this of itself.</summary>
    /// <returns>As it is now; null when there is no such runner.</returns>
    public async Task<Runner?> SeenAsync(
        string name, IReadOnlyList<string> given, int capacity, string sandbox, string version, DateTimeOffset now, CancellationToken ct)
        => await OneAsync(
            $"""
            update pipeline.runners set seen_at = $2, given = $3, capacity = $4, sandbox = $5, version = $6 where name = $1
            returning {Columns}
            """,
            ct, name, now, given.ToArray(), capacity, sandbox, version);

    private async Task<Runner?> OneAsync(string sql, CancellationToken ct, params object[] values)
        => await ReadAsync(sql, ct, values) is [var one, ..] ? one : null;

    private async Task<IReadOnlyList<Runner>> ReadAsync(string sql, CancellationToken ct, params object[] values)
    {
        await using var command = database.CreateCommand(sql).With(values);
        await using var reader = await command.ExecuteReaderAsync(ct);
        var runners = new List<Runner>();
        while (await reader.ReadAsync(ct))
        {
            runners.Add(new Runner(
                reader.GetString(0), await reader.GetFieldValueAsync<string[]>(1, ct), reader.GetBoolean(2), reader.GetBoolean(3),
                Enum.Parse<RunnerState>(reader.GetString(4), ignoreCase: true), reader.GetString(5),
                await reader.GetFieldValueAsync<DateTimeOffset>(6, ct),
                await reader.IsDBNullAsync(7, ct) ? null : await reader.GetFieldValueAsync<DateTimeOffset>(7, ct),
                await reader.GetFieldValueAsync<string[]>(8, ct), reader.GetInt32(9), reader.GetString(10), reader.GetString(11)));
        }

        return runners;
    }
}
