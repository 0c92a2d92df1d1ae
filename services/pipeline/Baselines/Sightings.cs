using System.Security.Cryptography;
using System.Text;

using Auxo.Pipeline.Checks;
using Auxo.Pipeline.Checks.Files;

namespace Auxo.Pipeline.Baselines;

/// <summary>Makes findings comparable: reads what stands in their lines.</summary>
internal static class Sightings
{
    /// <summary>One for each observation that the gate table lets through, check by check in the order of the observations.</summary>
    public static async Task<IReadOnlyList<Sighting>> OfAsync(
        SourceTree tree, IReadOnlyList<CheckRun> runs, CheckSettings settings, VerdictCache cache, CancellationToken ct)
    {
        var sightings = new List<Sighting>();
        foreach (var run in runs)
        {
            foreach (var seen in run.Report.Observations.Where(seen => CheckBatch.IsShown(run.Check, seen, settings)))
            {
                var entry = seen.Path is null ? null : tree.At(seen.Path);
                sightings.Add(new Sighting(
                    new Fingerprint(run.Check, seen.Rule, seen.Path ?? "", await ContentAsync(tree, seen, entry, cache, ct)),
                    entry?.Oid ?? ""));
            }
        }

        return sightings;
    }

    /// <summary>The observations with those marked that are known.</summary>
    public static IReadOnlyList<CheckRun> Marked(IReadOnlyList<CheckRun> runs, CheckSettings settings, Comparison compared)
    {
        var i = 0;
        return [.. runs.Select(run => run with
        {
            Report = run.Report with
            {
                Observations = [.. run.Report.Observations.Select(seen
                    => CheckBatch.IsShown(run.Check, seen, settings) ? seen with { IsKnown = compared.IsKnown(i++) } : seen)],
            },
        })];
    }

    private static async ValueTask<string> ContentAsync(
        SourceTree tree, Observation seen, GitTreeEntry? entry, VerdictCache cache, CancellationToken ct)
    {
        if (seen.Mark is { } mark) return "=" + Digest(Encoding.UTF8.GetBytes(mark));
        if (seen.Path is null) return Digest(Encoding.UTF8.GetBytes(seen.Message));
        if (seen.Line is not { } line || entry is null) return "";
        if (cache.TryGetLine(entry.Oid, line, out var known)) return known;
        var digest = Digest(LineOf((await tree.ReadAsync(entry, ct) ?? default).Span, line));
        cache.PutLine(entry.Oid, line, digest);
        return digest;
    }

    /// <summary>Empty for a line behind the end, where parsers see what is missing.</summary>
    private static ReadOnlySpan<byte> LineOf(ReadOnlySpan<byte> content, int line)
    {
        for (var i = 1; i < line && !content.IsEmpty; i++)
            content = content.IndexOf((byte)'\n') is >= 0 and var end ? content[(end + 1)..] : [];
        return content.IndexOf((byte)'\n') is >= 0 and var length ? content[..length] : content;
    }

    /// <summary>Blanks around a line do not count: what was only indented is the same.</summary>
    private static string Digest(ReadOnlySpan<byte> text)
        => text.Trim(" \t\r"u8) is { IsEmpty: false } line ? Convert.ToHexStringLower(SHA256.HashData(line).AsSpan(0, 8)) : "";
}
