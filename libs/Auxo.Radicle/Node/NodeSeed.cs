using System.Text.Json;

using Auxo.Contracts;

namespace Auxo.Radicle;

/// <summary>A node that keeps a repository, as this node knows it.</summary>
/// <param name="Nid">Which one; this node itself is among them.</param>
/// <param name="IsConnected">There is a session with it. This node has none with itself.</param>
/// <param name="IsInSync">
/// It has the refs of the asked namespaces as this node has them; null when it has never announced any.
/// </param>
/// <param name="AnnouncedAt">When it announced the refs that it has, by its own clock; null when it is not known.</param>
public sealed record NodeSeed(Did Nid, bool IsConnected, bool? IsInSync, DateTimeOffset? AnnouncedAt)
{
    /// <summary>Later ones are milliseconds: programs differ.</summary>
    private const long LastSecond = 100_000_000_000;

    internal static NodeSeed Read(JsonElement seed)
    {
        var sync = CobJson.Optional(seed, "sync");
        var status = sync is { } s ? CobJson.OptionalText(s, "status") : null;
        return new NodeSeed(
            CobJson.Did(CobJson.Member(seed, "nid")),
            CobJson.Optional(seed, "state") is { ValueKind: JsonValueKind.Object } state
                && state.TryGetProperty("connected", out _),
            status is null ? null : status == "synced",
            sync is { } known ? At(CobJson.Optional(known, "at") ?? CobJson.Optional(known, "remote")) : null);
    }

    private static DateTimeOffset? At(JsonElement? announced)
        => announced is { ValueKind: JsonValueKind.Object } at && at.TryGetProperty("timestamp", out var value)
            && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var time) && time is > 0 and < LastSecond * 1000
            ? time < LastSecond ? DateTimeOffset.FromUnixTimeSeconds(time) : DateTimeOffset.FromUnixTimeMilliseconds(time)
            : null;
}
