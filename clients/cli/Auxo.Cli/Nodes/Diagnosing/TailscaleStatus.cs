using System.Globalization;
using System.Text.Json;

namespace Auxo.Cli.Nodes.Diagnosing;

/// <summary>A machine of the tailnet. Whatever its program does not say is null.</summary>
/// <param name="HostName">Its name.</param>
/// <param name="DnsName">Its full name, without the last dot.</param>
/// <param name="Addresses">Its addresses in the tailnet.</param>
/// <param name="IsOnline">Its control server sees it.</param>
/// <param name="IsActive">There was traffic with it in the last minutes.</param>
/// <param name="DirectAddress">Where it is reached without a relay; empty while it is not.</param>
/// <param name="Relay">The relay that is used while there is no direct way.</param>
/// <param name="LastHandshake">When the two machines last agreed on keys.</param>
/// <param name="KeyExpiry">When its key ends; a key that never ends is not told.</param>
/// <param name="IsExpired">Its key has ended.</param>
internal sealed record TailscaleMachine(
    string HostName, string DnsName, IReadOnlyList<string> Addresses, bool? IsOnline, bool? IsActive,
    string? DirectAddress,
    string? Relay, DateTimeOffset? LastHandshake, DateTimeOffset? KeyExpiry, bool IsExpired)
{
    /// <summary>Whether a host is this machine: by address or by name.</summary>
    public bool Is(string host)
        => Addresses.Contains(host, StringComparer.OrdinalIgnoreCase)
            || (HostName.Length > 0 && string.Equals(HostName, host, StringComparison.OrdinalIgnoreCase))
            || (DnsName.Length > 0 && string.Equals(DnsName, host.TrimEnd('.'), StringComparison.OrdinalIgnoreCase));
}

/// <summary>
/// What <c>tailscale status --json</c> says; headscale's clients say the same. Programs of other years have more or
/// fewer members, so none of them is needed.
/// </summary>
/// <param name="Backend">Its state, <c>Running</c> when all is well; null where the text is no such answer.</param>
/// <param name="Self">This machine.</param>
/// <param name="Peers">The others.</param>
/// <param name="Complaints">What the program itself finds wrong.</param>
internal sealed record TailscaleStatus(
    string? Backend, TailscaleMachine? Self, IReadOnlyList<TailscaleMachine> Peers, IReadOnlyList<string> Complaints)
{
    /// <summary>Reads the program's answer; of any other text nothing is known.</summary>
    public static TailscaleStatus Parse(string output)
    {
        try
        {
            using var document = JsonDocument.Parse(output);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object) return new TailscaleStatus(null, null, [], []);
            var peers = Member(root, "Peer") is { ValueKind: JsonValueKind.Object } all
                ? all.EnumerateObject().Select(static p => Machine(p.Value)).OfType<TailscaleMachine>().ToList() : [];
            return new TailscaleStatus(
                Text(root, "BackendState"), Member(root, "Self") is { } self ? Machine(self) : null, peers,
                Texts(root, "Health"));
        }
        catch (JsonException)
        {
            return new TailscaleStatus(null, null, [], []);
        }
    }

    private static TailscaleMachine? Machine(JsonElement json) => json.ValueKind != JsonValueKind.Object ? null
        : new TailscaleMachine(
            Text(json, "HostName") ?? "", Text(json, "DNSName")?.TrimEnd('.') ?? "", Texts(json, "TailscaleIPs"),
            Flag(json, "Online"),
            Flag(json, "Active"), Text(json, "CurAddr"), Text(json, "Relay"), Time(json, "LastHandshake"),
            Time(json, "KeyExpiry"),
            Flag(json, "Expired") == true);

    private static JsonElement? Member(JsonElement json, string name) => json.TryGetProperty(name, out var value)
        ? value : null;

    private static string? Text(JsonElement json, string name)
        => Member(json, name) is { ValueKind: JsonValueKind.String } value ? value.GetString() : null;

    private static bool? Flag(JsonElement json, string name)
        => Member(json, name) switch { { ValueKind: JsonValueKind.True } => true,
            { ValueKind: JsonValueKind.False } => false, _ => null };

    private static IReadOnlyList<string> Texts(JsonElement json, string name)
        => Member(json, name) is { ValueKind: JsonValueKind.Array } array
            ? [.. array.EnumerateArray().Where(static i => i.ValueKind == JsonValueKind.String)
            .Select(static i => i.GetString()!)]
            : [];

    // The year 1 is how the program says "never".
    private static DateTimeOffset? Time(JsonElement json, string name)
        => DateTimeOffset.TryParse(Text(json, name), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal,
            out var time)
            && time.Year > 1 ? time : null;
}
