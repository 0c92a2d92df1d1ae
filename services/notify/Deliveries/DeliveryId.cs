using System.Security.Cryptography;
using System.Text;

namespace Auxo.Notify.Deliveries;

/// <summary>Ids that follow from what they name: whoever computes one, however often, gets the same.</summary>
public static class DeliveryId
{
    /// <summary>The webhook-id of one notification by one route to one channel: <c>msg_</c> and 32 hex digits.</summary>
    public static string For(Guid notification, string? route, string channel)
        => "msg_" + Convert.ToHexStringLower(Hash($"{notification:N}\n{route}\n{channel}"));

    /// <summary>The id of a notification that its source has named.</summary>
    public static Guid OfNotification(string source, string name) => new(Hash($"{source}\n{name}"), bigEndian: true);

    private static ReadOnlySpan<byte> Hash(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 16);
}
