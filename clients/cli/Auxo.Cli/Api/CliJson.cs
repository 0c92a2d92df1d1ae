using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

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
}
