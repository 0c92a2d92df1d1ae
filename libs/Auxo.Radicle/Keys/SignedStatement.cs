using System.Buffers;
using System.Text.Json;

using Auxo.Contracts;

namespace Auxo.Radicle;

/// <summary>
/// A statement in a signed envelope (DSSE, https://github.com/secure-systems-lab/dsse): anybody who knows the signer's key
/// can check it without asking anybody. The key is an ed25519 key, named by its DID.
/// </summary>
public static class SignedStatement
{
    /// <summary>The envelope's media type.</summary>
    public const string MediaType = "application/vnd.dsse.envelope.v1+json";

    private static readonly JsonWriterOptions Readable = new() { Indented = true };

    /// <summary>Signs; the same bytes every time.</summary>
    /// <param name="payloadType">What the statement is.</param>
    /// <param name="payload">Its bytes.</param>
    /// <param name="key">Who signs.</param>
    public static byte[] Sign(string payloadType, ReadOnlySpan<byte> payload, SigningKey key)
    {
        var signature = key.Sign(SignedBytes(payloadType, payload));
        var buffer = new ArrayBufferWriter<byte>(payload.Length * 2);
        using (var json = new Utf8JsonWriter(buffer, Readable))
        {
            json.WriteStartObject();
            json.WriteString("payloadType", payloadType);
            json.WriteBase64String("payload", payload);
            json.WriteStartArray("signatures");
            json.WriteStartObject();
            json.WriteString("keyid", key.Owner.Value);
            json.WriteBase64String("sig", signature);
            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>The statement, if one of these keys has signed it.</summary>
    /// <param name="envelope">The envelope.</param>
    /// <param name="payloadType">What the statement has to be.</param>
    /// <param name="trusted">Whose word counts.</param>
    /// <returns>The statement and who signed it; null when nobody of them did.</returns>
    /// <exception cref="JsonException">It is no envelope of such a statement.</exception>
    public static (byte[] Payload, Did Signer)? Open(ReadOnlyMemory<byte> envelope, string payloadType, IReadOnlyCollection<Did> trusted)
    {
        try
        {
            using var document = JsonDocument.Parse(envelope);
            var root = document.RootElement;
            if (root.GetProperty("payloadType").GetString() != payloadType) throw new JsonException($"it holds no {payloadType}");
            var payload = root.GetProperty("payload").GetBytesFromBase64();
            var signed = SignedBytes(payloadType, payload);
            foreach (var entry in root.GetProperty("signatures").EnumerateArray())
            {
                // The name of the key is a hint only; what counts is whose signature it is.
                var signature = entry.GetProperty("sig").GetBytesFromBase64();
                foreach (var did in trusted)
                {
                    if (RadicleKey.Verifies(did, signed, signature)) return (payload, did);
                }
            }

            return null;
        }
        catch (Exception e) when (e is KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new JsonException("it is no signed envelope", e);
        }
    }

    /// <summary>What is signed: lengths and texts, so that no two statements have one encoding.</summary>
    private static byte[] SignedBytes(string payloadType, ReadOnlySpan<byte> payload)
        => [.. System.Text.Encoding.UTF8.GetBytes(
            $"DSSEv1 {System.Text.Encoding.UTF8.GetByteCount(payloadType)} {payloadType} {payload.Length} "), .. payload];
}
