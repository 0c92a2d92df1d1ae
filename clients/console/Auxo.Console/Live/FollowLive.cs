using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Threading.Channels;

using Auxo.Contracts;

using Microsoft.AspNetCore.Http.HttpResults;

namespace Auxo.Console.Live;

/// <summary>
/// <c>GET /live</c>: what changes in the services, as server-sent events, for as long as a page is open. The data is the key of a stream,
/// such as <c>build/3f2a…</c>; a page that shows it asks again. Pipeline and ingest name what people talk of; what the others keep of it
/// comes with their name before it, such as <c>metrics/build/3f2a…</c>. Each is listened to with the token of whoever looks.
/// </summary>
internal static class FollowLive
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    public static void Map(IEndpointRouteBuilder routes)
        => routes.MapGet("/live", Handle).WithName("FollowLive").RequireAuthorization(Configuration.SignedIn);

    private static ServerSentEventsResult<string> Handle(
        HttpContext http, Clients clients, TimeProvider time, IHostApplicationLifetime host)
    {
        // The scope of the request ends with the page's answer, so the clients are made now.
        var upstream = KnownServices.Names
            .Select(name => (name is "pipeline" or "ingest" ? "" : name + "/", clients.Stream(name))).ToArray();
        return TypedResults.ServerSentEvents(EventsAsync(http, upstream, time, host.ApplicationStopping, http.RequestAborted));
    }

    private static async IAsyncEnumerable<SseItem<string>> EventsAsync(
        HttpContext http, (string Before, HttpClient Client)[] upstream, TimeProvider time, CancellationToken stopping,
        [EnumeratorCancellation] CancellationToken ct)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, stopping);
        var keys = Channel.CreateBounded<SseItem<string>>(new BoundedChannelOptions(256) { FullMode = BoundedChannelFullMode.DropOldest });
        var reading = Task.WhenAll(Array.ConvertAll(upstream, u => ReadAsync(u.Client, u.Before, keys.Writer, time, either.Token)));
        await http.Response.Body.FlushAsync(CancellationToken.None);
        while (await MoreAsync()) while (keys.Reader.TryRead(out var item)) yield return item;
        await either.CancelAsync();
        await reading;

        async ValueTask<bool> MoreAsync()
        {
            try
            {
                return await keys.Reader.WaitToReadAsync(either.Token);
            }
            catch (OperationCanceledException)
            {
                return false;
            }
        }
    }

    /// <summary>
    /// Listens to one service; while it is away, it is asked again and again, and its return counts as a change of everything.
    /// </summary>
    private static async Task ReadAsync(
        HttpClient client, string before, ChannelWriter<SseItem<string>> keys, TimeProvider time, CancellationToken ct)
    {
        for (var first = true; !ct.IsCancellationRequested; first = false)
        {
            try
            {
                using var answer = await client.GetAsync("changes", HttpCompletionOption.ResponseHeadersRead, ct);
                if (!first) keys.TryWrite(new SseItem<string>("", "returned"));
                await using var body = await answer.Content.ReadAsStreamAsync(ct);
                await foreach (var item in SseParser.Create(body).EnumerateAsync(ct))
                    keys.TryWrite(new SseItem<string>(before + item.Data, item.EventType));
            }
            catch (ServiceException e) when (e.Status is 403)
            {
                // This token may not listen here; the page stays as it is.
                return;
            }
            catch (ServiceException e) when (e.Status is 401)
            {
                // The session is over, for all services: the browser asks again, and is refused.
                keys.TryComplete();
                return;
            }
            catch (Exception e) when (e is ServiceException or HttpRequestException or IOException or OperationCanceledException)
            {
                // It is stopped, or starts; or the page was closed.
            }

            await Task.Delay(Pause, time, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
