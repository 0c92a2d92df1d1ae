using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;

using Auxo.Contracts;

namespace Auxo.Ingest.Statuses;

/// <summary>Where a webhook wants to hear how its commit is doing, as Radicle Garden asks for it.</summary>
/// <param name="Url">Given by the sender: called through the guard of outgoing calls only.</param>
/// <param name="Context">The name of the webhook's configuration there.</param>
/// <param name="Seeder">The node that told of the push.</param>
public sealed record StatusPlace(string Url, string Context, string Seeder);

/// <summary>How a commit is doing.</summary>
/// <param name="State"><c>pending</c>, <c>success</c> or <c>failure</c>: there are no more words for an end.</param>
/// <param name="Description">One line.</param>
/// <param name="Target">Where people read more; null where the operator has given no address.</param>
public sealed record CommitStatus(string State, string Description, string? Target)
{
    /// <summary>The header with the signature, made as that of the webhook is.</summary>
    public const string SignatureHeader = "X-Garden-Signature-256";

    /// <summary>The webhook has arrived; what comes of it is not known yet.</summary>
    public static CommitStatus Pending { get; } = new("pending", "Auxo has it", null);

    /// <summary>How a build ended. What is neither a pass nor a fault of the commit is a failure with its reason.</summary>
    public static CommitStatus Of(BuildFinished message) => new(
        message.Outcome == Outcome.Passed ? "success" : "failure",
        message.Outcome == Outcome.Passed ? "passed" : $"{Words(message.Outcome)}{(message.Reason is { } reason ? $": {reason}" : "")}",
        message.LogUrl);

    /// <summary>The body of the call.</summary>
    public byte[] Body(Rid rid, CommitId commit, StatusPlace place) => JsonSerializer.SerializeToUtf8Bytes(
        new StatusBody(place.Seeder, rid.Value, commit.Value, place.Context, State, Description, Target), StatusJson.Default.StatusBody);

    /// <summary>The signature of a body.</summary>
    public static string Sign(byte[] body, byte[] secret) => "sha256=" + Convert.ToHexStringLower(HMACSHA256.HashData(secret, body));

    private static string Words(Outcome outcome) => outcome switch
    {
        Outcome.TimedOut => "timed out",
        Outcome.Errored => "could not be built",
        _ => outcome.ToString().ToLowerInvariant(),
    };
}

internal sealed record StatusBody(
    string NodeId, string RepoId, string Sha, string Context, string State, string Description, string? TargetUrl);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(StatusBody))]
internal sealed partial class StatusJson : JsonSerializerContext;
