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
        var shown = runs.SelectMany(run => run.Report.Observations.Where(seen => CheckBatch.IsShown(run.Check, seen, settings))
            .Select(seen => (run.Check, Seen: seen, Entry: seen.Path is null ? null : tree.At(seen.Path)))).ToList();
        var lines = await LinesAsync(tree, shown.Select(static one => (one.Seen, one.Entry)), cache, ct);
        return shown.ConvertAll(one => new Sighting(
            new Fingerprint(one.Check, one.Seen.Rule, one.Seen.Path ?? "", ContentOf(one.Seen, one.Entry, lines)),
            one.Entry?.Oid ?? ""));
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

    private static string ContentOf(Observation seen, GitTreeEntry? entry, Dictionary<(string Oid, int Line), string> lines)
    {
        if (seen.Mark is { } mark) return "=" + Digest(Encoding.UTF8.GetBytes(mark));
        if (seen.Path is null) return Digest(Encoding.UTF8.GetBytes(seen.Message));
        return seen.Line is { } line && entry is not null ? lines[(entry.Oid, line)] : "";
    }

    /// <summary>
    /// What stands in the lines that are asked for. Each file is read once and from its beginning to its end: one may have a
    /// finding in every line.
    /// </summary>
    private static async Task<Dictionary<(string Oid, int Line), string>> LinesAsync(
        SourceTree tree, IEnumerable<(Observation Seen, GitTreeEntry? Entry)> shown, VerdictCache cache, CancellationToken ct)
    {
        var lines = new Dictionary<(string Oid, int Line), string>();
        var asked = new Dictionary<string, SortedSet<int>>(StringComparer.Ordinal);
        foreach (var (seen, entry) in shown)
        {
            if (seen is not { Mark: null, Line: { } line } || entry is null) continue;
            if (cache.TryGetLine(entry.Oid, line, out var known)) lines[(entry.Oid, line)] = known;
            else if (asked.TryGetValue(entry.Oid, out var wanted)) wanted.Add(line);
            else asked[entry.Oid] = [line];
        }

        foreach (var (oid, wanted) in asked)
        {
            foreach (var (line, digest) in DigestsOf((await tree.ReadAsync(oid, ct) ?? default).Span, wanted))
            {
                lines[(oid, line)] = digest;
                cache.PutLine(oid, line, digest);
            }
        }

        return lines;
    }

    /// <summary>Empty for a line behind the end, where parsers see what is missing.</summary>
    private static List<(int Line, string Digest)> DigestsOf(ReadOnlySpan<byte> content, SortedSet<int> lines)
    {
        var digests = new List<(int, string)>();
        var at = 1;
        foreach (var line in lines)
        {
            for (; at < line && !content.IsEmpty; at++)
                content = content.IndexOf((byte)'\n') is >= 0 and var end ? content[(end + 1)..] : [];
            digests.Add((line, Digest(content.IndexOf((byte)'\n') is >= 0 and var length ? content[..length] : content)));
        }

        return digests;
    }

    /// <summary>Blanks around a line do not count: what was only indented is the same.</summary>
    private static string Digest(ReadOnlySpan<byte> text)
        => text.Trim(" \t\r"u8) is { IsEmpty: false } line ? Convert.ToHexStringLower(SHA256.HashData(line).AsSpan(0, 8)) : "";
}
