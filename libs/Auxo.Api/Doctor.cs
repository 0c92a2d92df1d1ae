using System.Text.Json.Serialization;

using Refit;

namespace Auxo.Api;

/// <summary>What a part of Auxo says of what it needs.</summary>
public interface IDiagnosis
{
    /// <summary>Looks now.</summary>
    [Get("diagnosis")]
    Task<Page<Diagnosis>> LookAsync(CancellationToken ct);
}

/// <summary>What was looked at and what was found: <c>fine</c>, <c>warning</c> or <c>trouble</c>.</summary>
public sealed record Diagnosis(string Name, [property: JsonConverter(typeof(Word))] string State, string Text, string? Next = null);
