using System.Text.Json;
using System.Text.Json.Serialization;

using Auxo.Registry.PyPi.Reading;

namespace Auxo.Registry.PyPi;

/// <summary>What is kept of a file beside its bytes.</summary>
/// <param name="RequiresPython">Which Pythons it runs on; null for all.</param>
/// <param name="MetadataSha256">Of the metadata that lies beside a wheel; null for none.</param>
public sealed record DistributionFacts(string? RequiresPython, string? MetadataSha256);

/// <summary>How the facts of releases and files are stored.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(CoreMetadata))]
[JsonSerializable(typeof(DistributionFacts))]
internal sealed partial class PyPiJson : JsonSerializerContext;
