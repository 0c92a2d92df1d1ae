using System.Text.Json;
using System.Text.Json.Serialization;

namespace Auxo.Pipeline.Checks.Keeping;

/// <summary>What a tool said of a content, as a line of the file.</summary>
/// <param name="Oid">The content, by its git id.</param>
/// <param name="Ruling">A digest of the tool as it is installed and of all else that decided.</param>
/// <param name="Observations">What was seen, without a path.</param>
internal sealed record KeptVerdict(string Oid, string Ruling, IReadOnlyList<Observation> Observations)
{
    /// <summary>
    /// False for what a tool failed on, for it may do better at the next start, and for secrets: not even a digest of one
    /// leaves this process.
    /// </summary>
    public static bool MayBeKept(KeptVerdict verdict)
        => verdict.Observations.All(static seen
            => seen.Rule != CheckReport.NotJudged && (seen.Mark is null || seen.Package is not null));
}

[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web, IgnoreReadOnlyProperties = true, UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(KeptVerdict))]
internal sealed partial class KeptVerdictJson : JsonSerializerContext;
