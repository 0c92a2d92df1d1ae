using System.Text.Json;

namespace Auxo.Api;

/// <summary>Why a service refused (RFC 9457), as far as clients say it.</summary>
/// <param name="Title">The kind of refusal, in words.</param>
/// <param name="Detail">What happened and what to do next, for people.</param>
/// <param name="TraceId">By which the service's log tells more.</param>
public sealed record ApiProblem(string? Title, string? Detail, string? TraceId)
{
    /// <summary>Reads the body of a refusal; null when it is none of a service's.</summary>
    public static ApiProblem? Read(string body)
    {
        try
        {
            return JsonSerializer.Deserialize<ApiProblem>(body, ApiJson.Options);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
