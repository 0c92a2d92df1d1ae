using Auxo.Console.Access;

using Microsoft.AspNetCore.Http.HttpResults;

namespace Auxo.Console.Notifications;

/// <summary>
/// <c>POST /notifications/channels/{name}/test</c>: sends a test by the real way. As <c>auxo notify test</c>, it waits for the first
/// attempt: what comes back shows how it went.
/// </summary>
internal static class TestChannel
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public static void Map(IEndpointRouteBuilder routes)
        => routes.MapPost("/notifications/channels/{name}/test", HandleAsync).WithName("TestChannel")
            .FromOwnForm();

    private static async Task<RedirectHttpResult> HandleAsync(
        string name, HttpContext http, Clients clients, Refusals refusals, TimeProvider time, CancellationToken ct)
    {
        try
        {
            var delivery = await clients.Notify.TestAsync(name, ct);
            var began = time.GetTimestamp();
            while (delivery is { State: "waiting" or "sending", Log: not { Count: > 0 } } && time.GetElapsedTime(began) < Patience)
            {
                await Task.Delay(Pause, time, ct);
                delivery = await clients.Notify.DeliveryAsync(delivery.Id, ct);
            }

            return TypedResults.LocalRedirect($"/notifications/{Uri.EscapeDataString(delivery.Id)}");
        }
        catch (ServiceException e)
        {
            return TypedResults.LocalRedirect($"/notifications?{refusals.Query(http, e)}");
        }
    }
}
