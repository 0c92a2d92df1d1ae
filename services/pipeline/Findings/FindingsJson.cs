using System.Text.Json;
using System.Text.Json.Serialization;

namespace Auxo.Pipeline.Findings;

/// <summary>How rows of <c>findings</c> are read and written: each member is named as its column.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, Converters = [typeof(StorableText)])]
[JsonSerializable(typeof(TrackedFinding))]
[JsonSerializable(typeof(IReadOnlyList<TrackedFinding>))]
internal sealed partial class FindingRowJson : JsonSerializerContext;

/// <summary>How a look is kept until its build ends.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web, UseStringEnumConverter = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(StorableText)])]
[JsonSerializable(typeof(FindingLook))]
internal sealed partial class FindingLookJson : JsonSerializerContext;
