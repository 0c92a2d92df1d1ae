using Auxo.ServiceDefaults.Access;

using Microsoft.AspNetCore.Http.HttpResults;

using Npgsql;

namespace Auxo.Notify.Channels;

/// <summary>A list; all there is, unless <paramref name="Next"/> says where it goes on.</summary>
public sealed record ListAnswer<T>(IReadOnlyList<T> Items, string? Next);

/// <summary>A channel without its secrets.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Kind">How it delivers.</param>
/// <param name="Target">Where it goes, so far as that is no secret.</param>
/// <param name="Enabled">False when its receiver wants nothing more.</param>
/// <param name="Problem">Why it is disabled or paused; null when all is well.</param>
/// <param name="PausedUntil">Nothing is sent before.</param>
/// <param name="OldSecretUntil">Until then two secrets sign.</param>
/// <param name="Waiting">Deliveries that are open.</param>
/// <param name="Dead">Deliveries that were given up and not replayed.</param>
/// <param name="LastDeliveredAt">When something last arrived.</param>
/// <param name="ConfiguredAt">When it was last set up.</param>
public sealed record ChannelAnswer(
    string Name, ChannelKind Kind, string Target, bool Enabled, string? Problem, DateTimeOffset? PausedUntil,
    DateTimeOffset? OldSecretUntil, long Waiting, long Dead,
    DateTimeOffset? LastDeliveredAt, DateTimeOffset ConfiguredAt)
{
    /// <summary>What is shown of a channel.</summary>
    public static ChannelAnswer Of(Channel channel, ChannelWork? work)
        => new(
            channel.Name, channel.Kind, channel.Target, channel.DisabledReason is null, channel.DisabledReason
                ?? work?.PauseReason, work?.PausedUntil, channel.OldSecretUntil,
            work?.Waiting ?? 0, work?.Dead ?? 0, work?.LastDeliveredAt, channel.ConfiguredAt);
}

/// <summary>How a channel's deliveries stand.</summary>
public sealed record ChannelWork(
    long Waiting, long Dead, DateTimeOffset? LastDeliveredAt, DateTimeOffset? PausedUntil, string? PauseReason);

/// <summary><c>GET /channels</c> and <c>GET /channels/{name}</c>.</summary>
public static class GetChannels
{
    /// <summary>Maps the routes.</summary>
    public static void MapGetChannels(this IEndpointRouteBuilder app)
    {
        app.MapGet("/channels", ListAsync).WithName("ListChannels").RequireScope(NotifyScopes.Read);
        app.MapGet("/channels/{name}", GetAsync).WithName("GetChannel").RequireScope(NotifyScopes.Read);
    }

    private static async Task<Ok<ListAnswer<ChannelAnswer>>> ListAsync(
        IDocumentStore store, NpgsqlDataSource source, TimeProvider time, CancellationToken ct)
    {
        await using var session = store.QuerySession();
        var channels = await session.QueryAsync<Channel>("where (data->>'exists')::boolean order by id", ct);
        var work = await WorkAsync(source, time.GetUtcNow(), ct);
        return TypedResults.Ok(new ListAnswer<ChannelAnswer>(
            [.. channels.Select(c => ChannelAnswer.Of(c, work.GetValueOrDefault(c.Name)))], null));
    }

    private static async Task<Ok<ChannelAnswer>> GetAsync(
        string name, IDocumentStore store, NpgsqlDataSource source, TimeProvider time, CancellationToken ct)
    {
        await using var session = store.QuerySession();
        if (await session.LoadAsync<Channel>(Channel.StreamKey(name),
            ct) is not { Exists: true } channel) throw new NoSuchChannelException(name);
        return TypedResults.Ok(ChannelAnswer.Of(channel, (await WorkAsync(source, time.GetUtcNow(), ct)).GetValueOrDefault(name)));
    }

    private static async Task<Dictionary<string, ChannelWork>> WorkAsync(NpgsqlDataSource source, DateTimeOffset now, CancellationToken ct)
    {
        await using var command = source.CreateCommand("""
            select l.channel, count(*) filter (where d.state in ('waiting', 'sending')), count(*) filter (where d.state = 'dead'),
                   max(d.updated_at) filter (where d.state = 'delivered'),
                   case when l.paused_until > $1 then l.paused_until end, l.pause_reason
            from notify.channel_lanes l left join notify.deliveries d using (channel)
            group by l.channel
            """);
        command.Parameters.Add(new NpgsqlParameter { Value = now });
        var work = new Dictionary<string, ChannelWork>(StringComparer.Ordinal);
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            var paused = await reader.IsDBNullAsync(4, ct) ? (DateTimeOffset?)null : reader.GetFieldValue<DateTimeOffset>(4);
            work[reader.GetString(0)] = new ChannelWork(
                reader.GetInt64(1), reader.GetInt64(2), await reader.IsDBNullAsync(3, ct)
                    ? null
                    : reader.GetFieldValue<DateTimeOffset>(3), paused,
                paused is null || await reader.IsDBNullAsync(5, ct) ? null : reader.GetString(5));
        }

        return work;
    }
}
