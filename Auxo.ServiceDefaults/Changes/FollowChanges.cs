using System.Net.ServerSentEvents;

using Auxo.ServiceDefaults.Access;

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Auxo.ServiceDefaults.Changes;

/// <summary>
/// <c>GET /changes</c>: server-sent events, one for each stream that a commit has added to: its key, such as <c>build/3f2a…</c>, as the
/// data. It says that something is new, not what: ask for that. An event <c>alive</c> every fifteen seconds tells that the connection is.
/// </summary>
internal static class FollowChanges
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(15);

    public static void MapChanges(this IEndpointRouteBuilder routes, string service)
        => routes.MapGet("/changes", Handle).WithName("FollowChanges").WithTags("changes").RequireScope(service + ":read");

    private static ServerSentEventsResult<string> Handle(HttpContext http, ChangeFeed feed, TimeProvider time)
        => TypedResults.ServerSentEvents(EventsAsync(http, feed, time));

    private static async IAsyncEnumerable<SseItem<string>> EventsAsync(HttpContext http, ChangeFeed feed, TimeProvider time)
    {
        await using var access = AccessWatch.Begin(http);
        await using var keys = feed.ListenAsync(access.Ended).GetAsyncEnumerator(CancellationToken.None);
        var next = NextAsync();
        // From here on nothing is missed: whoever sees the headers may ask for what there is.
        await http.Response.Body.FlushAsync(access.Ended);
        while (true)
        {
            var alive = Task.Delay(Pause, time, access.Ended);
            if (await Task.WhenAny(next, alive) == next)
            {
                if (!await next) yield break;
                yield return new SseItem<string>(keys.Current, "changed");
                next = NextAsync();
            }
            else if (!access.Ended.IsCancellationRequested) yield return new SseItem<string>("", "alive");
        }

        async Task<bool> NextAsync()
        {
            try
            {
                return await keys.MoveNextAsync();
            }
            catch (OperationCanceledException) when (access.Ended.IsCancellationRequested)
            {
                return false;
            }
        }
    }
}
