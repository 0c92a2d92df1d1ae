using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

using RestEase;

namespace Auxo.Cli.Api;

/// <summary>One way to read and write JSON, for the services and for <c>--json</c>.</summary>
internal static class CliJson
{
    /// <summary>Camel case, unknown members ignored, absent ones left out; text stays readable (this is no HTML).</summary>
    public static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>For RestEase, which would bring another library for this.</summary>
    internal sealed class Deserializer : ResponseDeserializer
    {
        public override T Deserialize<T>(string? content, HttpResponseMessage response, ResponseDeserializerInfo info)
        {
            // RestEase hands strings over only when they are wanted as such.
            if (typeof(T) == typeof(string)) return (T)(object)(content ?? "");
            try
            {
                return JsonSerializer.Deserialize<T>(content ?? "", Options)!;
            }
            catch (JsonException e)
            {
                throw new CliException(
                    ExitCode.Unreachable, $"{response.RequestMessage?.RequestUri} answers something else than Auxo does ({e.Path ?? "$"}).",
                    "Is another program using that port, or is the CLI of another version than the service?", e);
            }
        }
    }

    /// <inheritdoc cref="Deserializer"/>
    internal sealed class Serializer : RequestBodySerializer
    {
        public override HttpContent? SerializeBody<T>(T body, RequestBodySerializerInfo info)
            => new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(body, Options))
            {
                Headers = { ContentType = new("application/json") },
            };
    }
}
