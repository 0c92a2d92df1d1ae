using Auxo.Notify.Deliveries;

using Npgsql;

namespace Auxo.Notify.Templates;

/// <summary>A channel's template.</summary>
/// <param name="Channel">Whose messages have this form.</param>
/// <param name="Source">In Liquid.</param>
/// <param name="By">Who set it.</param>
/// <param name="At">When.</param>
public sealed record TemplateAnswer(string Channel, string Source, string By, DateTimeOffset At);

/// <summary>The SQL of <c>templates</c>.</summary>
internal static class TemplateTable
{
    public static async Task<TemplateAnswer?> FindAsync(NpgsqlDataSource source, string channel, CancellationToken ct)
    {
        await using var command = source.CreateCommand("select source, set_by, set_at from notify.templates where channel = $1");
        command.Parameters.Add(new() { Value = channel });
        await using var reader = await command.ExecuteReaderAsync(ct);
        return await reader.ReadAsync(ct)
            ? new TemplateAnswer(channel, reader.GetString(0), reader.GetString(1), reader.GetFieldValue<DateTimeOffset>(2))
            : null;
    }

    public static async Task SetAsync(NpgsqlDataSource source, TemplateAnswer template, CancellationToken ct)
    {
        await using var command = source.CreateCommand(
            """
            insert into notify.templates (channel, source, set_by, set_at) values ($1, $2, $3, $4)
            on conflict (channel) do update set source = excluded.source, set_by = excluded.set_by, set_at = excluded.set_at
            """);
        command.Parameters.AddRange(DeliveryTable.Parameters(template.Channel, template.Source, template.By, template.At));
        await command.ExecuteNonQueryAsync(ct);
    }

    /// <summary>Deletes it with the next save of a session.</summary>
    public static NpgsqlBatchCommand Remove(string channel)
        => new("delete from notify.templates where channel = $1") { Parameters = { new() { Value = channel } } };

    public static async Task<bool> RemoveAsync(NpgsqlDataSource source, string channel, CancellationToken ct)
    {
        await using var command = source.CreateCommand("delete from notify.templates where channel = $1");
        command.Parameters.Add(new() { Value = channel });
        return await command.ExecuteNonQueryAsync(ct) > 0;
    }
}
