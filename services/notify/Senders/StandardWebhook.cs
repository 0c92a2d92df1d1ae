using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

using Auxo.Notify.Channels;
using Auxo.Notify.Notifications;

namespace Auxo.Notify.Senders;

/// <summary>Standard Webhooks 1.0.0: the body and its signature.</summary>
public static class StandardWebhook
{
    /// <summary>Bodies stay below what the specification asks receivers to take.</summary>
    public const int MaxBytes = 20_000;

    /// <summary><c>{type, timestamp, data}</c>; of a long build fewer findings and steps rather than too many bytes.</summary>
    public static byte[] Body(Notification notification)
    {
        while (true)
        {
            var data = JsonSerializer.SerializeToNode(notification, HttpJson.Wire.Notification)!.AsObject();
            foreach (var name in (ReadOnlySpan<string>)["type", "at"]) data.Remove(name);
            var body = new JsonObject { ["type"] = notification.Type, ["timestamp"] = Time(notification.At), ["data"] = data };
            var bytes = JsonSerializer.SerializeToUtf8Bytes(body, HttpJson.Wire.JsonObject);
            if (bytes.Length < MaxBytes || Shorter(notification) is not { } shorter) return bytes;
            notification = shorter;
        }
    }

    /// <summary>
    /// The header <c>webhook-signature</c>: one <c>v1</c> signature per secret that is valid at <paramref name="now"/>, the
    /// newest first.
    /// </summary>
    public static string Sign(IReadOnlyList<SigningSecret> secrets, string id, DateTimeOffset now, ReadOnlySpan<byte> body)
    {
        var signed = new ArrayBufferWriter<byte>(body.Length + 64);
        signed.Write(Encoding.UTF8.GetBytes($"{id}.{Seconds(now)}."));
        signed.Write(body);
        var signatures = new List<string>();
        foreach (var secret in secrets.Where(s => s.Until is not { } until || now < until))
            signatures.Add("v1," + Convert.ToBase64String(HMACSHA256.HashData(WebhookSecret.Key(secret.Secret)!, signed.WrittenSpan)));
        return string.Join(' ', signatures);
    }

    /// <summary>The header <c>webhook-timestamp</c>.</summary>
    public static string Seconds(DateTimeOffset now) => now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);

    /// <summary>As in all JSON that Auxo sends.</summary>
    internal static string Time(DateTimeOffset at)
        => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture);

    private static Notification? Shorter(Notification n) => n switch
    {
        { Report: { Html: not null } report } => n with { Report = report with { Html = null } },
        { Build: { Findings.Count: > 0 } build }
            => n with { Build = build with { Findings = [.. build.Findings.SkipLast((build.Findings.Count + 1) / 2)] } },
        { Build: { Steps.Count: > 0 } build }
            => n with { Build = build with { Steps = [.. build.Steps.SkipLast((build.Steps.Count + 1) / 2)] } },
        { Payload.Count: > 0 } => n with { Payload = new JsonObject { ["cut"] = "it was too long" } } is var cut
            && n.Payload.ContainsKey("cut") && n.Payload.Count == 1 ? null : cut,
        { Text.Length: > 500 } => n with { Text = Notification.Lines(n.Text, 500) },
        _ => null,
    };
}
