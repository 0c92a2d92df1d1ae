using System.Net.Sockets;

using Auxo.Pipeline.Execution.RegistryAccess;
using Auxo.Pipeline.Runners.Leases;
using Auxo.ServiceDefaults.Access;

namespace Auxo.Pipeline.Runners.Protocol;

/// <summary>
/// <c>GET /runner/{runner}/builds/{id}/registry</c>: a WebSocket, one connection of a step over there to the registry's socket for steps.
/// It is there for who holds a build whose steps are given the registry, and for as long as he holds it and his token counts; what is
/// said in it is the registry's to judge, as of a step on this machine.
/// </summary>
internal static class CarryToRegistry
{
    /// <summary>So many connections of one build at once; package programs open some fifty each.</summary>
    private const int MostAtOnce = 1024;

    public static void Map(IEndpointRouteBuilder routes) => routes.MapGet("/registry", HandleAsync).WithName("CarryToRegistry");

    private static async Task<IResult> HandleAsync(
        string runner, Guid id, HttpContext http, Handovers handovers, BuildRegistry registry, CancellationToken ct)
    {
        if (!http.WebSockets.IsWebSocketRequest)
            return AuxoProblem.BadRequest("runner/no-websocket",
                "This is a WebSocket's address. Let the proxy before the pipeline pass on 'Upgrade' and 'Connection'.");
        var (held, refusal) = await handovers.HoldAsync(http, runner, id, ct);
        if (held?.Build is not { } build) return refusal!;
        var grant = registry.For(build);
        if (grant.Given is not { } given)
            return AuxoProblem.Of(StatusCodes.Status403Forbidden, "runner/no-registry",
                $"The steps of this build have no registry: {grant.Refusal ?? "the operator gives it to no step"}.");
        if (!held.TryConnect(MostAtOnce))
            return AuxoProblem.Of(StatusCodes.Status429TooManyRequests, "runner/too-many-connections",
                $"The steps of this build have {MostAtOnce} connections to the registry already.");
        try
        {
            await using var watch = AccessWatch.Begin(http);
            using var end = CancellationTokenSource.CreateLinkedTokenSource(watch.Ended);
            using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            try
            {
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(given.Socket), end.Token);
            }
            catch (SocketException)
            {
                return AuxoProblem.Of(StatusCodes.Status503ServiceUnavailable, "runner/registry-away", "The registry does not listen now.");
            }

            using var web = await http.WebSockets.AcceptWebSocketAsync();
            var carrying = WebSocketCarrier.CarryAsync(socket, web, end.Token);
            await Task.WhenAny(carrying, held.Ending);
            await end.CancelAsync();
            await carrying;
            return Results.Empty;
        }
        finally
        {
            held.Disconnect();
        }
    }
}
