using System.CommandLine;

using Auxo.Api;
using Auxo.Cli.Output;

namespace Auxo.Cli.Notify;

/// <summary>
/// <c>auxo notify test CHANNEL</c>: a real delivery, shown step by step. It ends with the first attempt: a receiver that failed
/// once is an answer.
/// </summary>
internal static class TestCommand
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static Command Create(CliHost host)
    {
        var channel = new Argument<string>("channel") { Description = "Which one" };
        return new Command("test", "Send a test by the real way, and tell how it went") { channel }.Does(
            host, (parsed, session, ct) => RunAsync(session, parsed.GetRequiredValue(channel), ct));
    }

    private static async Task<int> RunAsync(Session session, string channel, CancellationToken ct)
    {
        var terminal = session.Terminal;
        var delivery = await session.Clients.Notify.TestAsync(channel, ct);
        if (!terminal.Json) terminal.Line($"planned {Terminal.Safe(delivery.Id)} to {Terminal.Safe(channel)}");
        delivery = await WaitAsync(session, delivery, ct);

        if (terminal.Json)
        {
            terminal.WriteJson(delivery);
        }
        else
        {
            foreach (var attempt in delivery.Log ?? []) DeliveryReport.Line(terminal, attempt);
            DeliveryReport.End(terminal, delivery);
        }

        return delivery.State == "delivered" ? ExitCode.Ok : ExitCode.Negative;
    }

    /// <summary>The delivery after its first attempt, or when that takes too long.</summary>
    internal static async Task<Delivery> WaitAsync(Session session, Delivery delivery, CancellationToken ct)
    {
        var time = session.Terminal.Time;
        var began = time.GetTimestamp();
        while (delivery.State is "waiting"
            or "sending" && delivery.Log is not { Count: > 0 } && time.GetElapsedTime(began) < Patience)
        {
            await Task.Delay(Pause, time, ct);
            delivery = await session.Clients.Notify.DeliveryAsync(delivery.Id, ct);
        }

        return delivery;
    }
}
