using Auxo.Contracts;
using Auxo.Ingest.Repositories;
using Auxo.ServiceDefaults.Access;

using Microsoft.AspNetCore.Http.HttpResults;

using Npgsql;

namespace Auxo.Ingest.Comments;

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
public sealed record OutboxAnswer(
    string Key, Rid Rid, PatchId PatchId, Guid BuildId, int Seq, CommentState State, string? Reason, int Attempts, CommitId? CommentId, DateTimeOffset UpdatedAt);

/// <summary><c>GET /outbox</c>: the comments that were wanted, what is open first.</summary>
public static class GetOutbox
{
    /// <summary>Maps the route.</summary>
    public static void MapGetOutbox(this IEndpointRouteBuilder app)
        => app.MapGet("/outbox", HandleAsync).WithName("GetOutbox").RequireScope(IngestScopes.Read);

    private static async Task<Ok<ListAnswer<OutboxAnswer>>> HandleAsync(NpgsqlDataSource source, CancellationToken ct, int limit = 100)
    {
        await using var command = source.CreateCommand("""
            select key, rid, patch_id, build_id, seq, state, reason, attempts, comment_id, updated_at from ingest.comment_outbox
            order by state in ('waiting', 'posting') desc, updated_at desc limit $1
            """);
        command.Parameters.Add(new NpgsqlParameter { Value = Math.Clamp(limit, 1, 200) });
        var items = new List<OutboxAnswer>();
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            items.Add(new OutboxAnswer(
                reader.GetString(0), Rid.Parse(reader.GetString(1)), PatchId.Parse(reader.GetString(2)), reader.GetGuid(3), reader.GetInt32(4),
                Enum.Parse<CommentState>(reader.GetString(5), ignoreCase: true), await reader.IsDBNullAsync(6, ct) ? null : reader.GetString(6), reader.GetInt32(7),
                await reader.IsDBNullAsync(8, ct) ? null : CommitId.Parse(reader.GetString(8)), reader.GetFieldValue<DateTimeOffset>(9)));
        }

        return TypedResults.Ok(new ListAnswer<OutboxAnswer>(items, null));
    }
}
