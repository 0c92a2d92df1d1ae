using System.Net;
using System.Net.Sockets;

namespace Auxo.Torture.Load;

/// <summary>An honest sender: what is not acknowledged is sent again, the same, until it is.</summary>
internal sealed class Door(HttpClient client, Ledger ledger)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    /// <summary>Sends until there is an acknowledgement.</summary>
    /// <param name="request">Makes the same request each time.</param>
    /// <param name="acknowledges">Which answers are one, also to a repetition; any other below 500 is a refusal, and is written
    /// down as one.</param>
    /// <param name="what">What is sent, for people.</param>
    /// <param name="ct">The load ends; then nothing is known of it.</param>
    /// <returns>True when it was acknowledged.</returns>
    public async Task<bool> TellAsync(
        Func<HttpRequestMessage> request, Func<HttpStatusCode, bool> acknowledges, string what, CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            try
            {
                using var message = request();
                using var answer = await client.SendAsync(message, ct);
                if (acknowledges(answer.StatusCode))
                {
                    ledger.Acknowledge();
                    return true;
                }

                if ((int)answer.StatusCode < 500)
                {
                    ledger.Refusals.Enqueue($"{what}: {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync(ct)}");
                    return false;
                }

                ledger.NoAnswer();
            }
            catch (Exception e) when (
                e is HttpRequestException or SocketException or IOException
                || (e is OperationCanceledException && !ct.IsCancellationRequested))
            {
                ledger.NoAnswer();
            }
            catch (OperationCanceledException)
            {
                return false;
            }

            await Task.Delay(Pause, TimeProvider.System, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return false;
    }
}
