using Auxo.Contracts;
using Auxo.Ingest.Tracking;
using Auxo.ServiceDefaults.Access;

using Microsoft.AspNetCore.Http.HttpResults;

using Npgsql;

namespace Auxo.Ingest.Commenting;

/// <summary>A comment and how far it got.</summary>
/// <param name="Key">One per build.</param>
/// <param name="Rid">The repository.</param>
/// <param name="PatchId">The patch.</param>
/// <param name="BuildId">The build that speaks.</param>
/// <param name="Seq">Of the wanted text.</param>
/// <param name="State">How far.</param>
/// <param name="Reason">What it waits for, or why it was dropped; null when it stands.</param>
/// <param name="Attempts">That failed since the last success.</param>
/// <param name="CommentId">The comment, once it stands.</param>
/// <param name="UpdatedAt">When the row last changed.</param>
/// <param name="TraceId">The correlation id of the push, for <c>auxo trace</c>.</param>
public sealed record OutboxAnswer(
    string Key, Rid Rid, PatchId PatchId, Guid BuildId, int Seq, CommentState State, string? Reason, int Attempts,
    CommitId? CommentId, DateTimeOffset UpdatedAt, string? TraceId);

/// <summary><c>GET /outbox?trace=&amp;limit=</c>: the comments that were wanted, what is open first.</summary>
public static class GetOutbox
{
    /// <summary>Maps the route.</summary>
    public static void MapGetOutbox(this IEndpointRouteBuilder app)
        => app.MapGet("/outbox", HandleAsync).WithName("GetOutbox").RequireScope(IngestScopes.Read);

    private static async Task<Ok<ListAnswer<OutboxAnswer>>> HandleAsync(
        NpgsqlDataSource source, CancellationToken ct, int limit = 100, string? trace = null)
    {
        await using var command = source.CreateCommand("""
            select key, rid, patch_id, build_id, seq, state, reason, attempts, comment_id, updated_at, trace_id from ingest.comment_outbox
            where $2::text is null or trace_id = $2
            order by state in ('waiting', 'posting') desc, updated_at desc limit $1
            """);
        command.Parameters.Add(new NpgsqlParameter { Value = Math.Clamp(limit, 1, 200) });
        command.Parameters.Add(new NpgsqlParameter
        {
            Value = (object?)trace ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text,
        });
        var items = new List<OutboxAnswer>();
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            items.Add(new OutboxAnswer(
                reader.GetString(0), Rid.Parse(reader.GetString(1)), PatchId.Parse(reader.GetString(2)),
                reader.GetGuid(3), reader.GetInt32(4),
                Enum.Parse<CommentState>(reader.GetString(5), ignoreCase: true), await reader.IsDBNullAsync(6, ct)
                    ? null
                    : reader.GetString(6), reader.GetInt32(7),
                await reader.IsDBNullAsync(8, ct) ? null : CommitId.Parse(reader.GetString(8)), reader.GetFieldValue<DateTimeOffset>(9),
                await reader.IsDBNullAsync(10, ct) ? null : reader.GetString(10)));
        }

        return TypedResults.Ok(new ListAnswer<OutboxAnswer>(items, null));
    }
}
