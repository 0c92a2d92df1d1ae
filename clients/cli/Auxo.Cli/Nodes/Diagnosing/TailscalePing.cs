using System.Globalization;
using System.Text.RegularExpressions;

namespace Auxo.Cli.Nodes.Diagnosing;

/// <summary>What <c>tailscale ping</c> came to.</summary>
/// <param name="Sent">How many were sent.</param>
/// <param name="Answered">How many came back.</param>
/// <param name="Seconds">The fastest round trip; null when none came back.</param>
/// <param name="IsDirect">The last answer came without a relay; null when none came back, or it does not say.</param>
internal sealed partial record TailscalePing(int Sent, int Answered, double? Seconds, bool? IsDirect)
{
    /// <summary>Reads its lines: <c>pong from NAME (ADDRESS) via DERP(CODE) in 33ms</c>.</summary>
    /// <param name="output">What it printed.</param>
    /// <param name="sent">How many it was asked to send.</param>
    public static TailscalePing Parse(string output, int sent)
    {
        var pongs = output.Split('\n').Select(static line => Pong().Match(line.Trim())).Where(static m => m.Success)
            .ToList();
        return pongs.Count == 0 ? new TailscalePing(sent, 0, null, null) : new TailscalePing(
            sent, Math.Min(pongs.Count, sent),
            pongs.Min(static p => InSeconds(p.Groups["time"].Value, p.Groups["unit"].Value)),
            pongs[^1].Groups["via"].Value switch
            {
                var via when via.StartsWith("DERP", StringComparison.Ordinal)
                    || via.StartsWith("peer-relay", StringComparison.Ordinal) => false,
                var via when via.Contains(':', StringComparison.Ordinal) => true,
                _ => null,
            });
    }

    private static double InSeconds(string time, string unit)
        => double.Parse(time, CultureInfo.InvariantCulture) * (unit switch { "s" => 1, "ms" => 1e-3, _ => 1e-6 });

    [GeneratedRegex(
        @"^pong from .* via (?<via>[^\s]+) in (?<time>[0-9]{1,9}(\.[0-9]{1,9})?)(?<unit>s|ms|µs)\z",
        RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant)]
    private static partial Regex Pong();
}
