using System.Collections.Concurrent;

using Auxo.Pipeline.Checks.Advisories;

namespace Auxo.Pipeline.Checks;

/// <summary>
/// What a tool said of a content, kept in memory: a push changes a few files, and the rest is answered without a process. The
/// key is the blob's id (its content) and what else decided the answer (the tool's file and settings), so nobody's patch can
/// poison another's.
/// </summary>
public sealed class VerdictCache
{
    /// <summary>At some 200 bytes each this is a few megabytes; when it is full it starts again.</summary>
    private const int Capacity = 50_000;

    /// <summary>Who is asked about the packages of lock files.</summary>
    public AdvisorySources Advisories { get; init; } = AdvisorySources.None;

    private readonly ConcurrentDictionary<(string Oid, int Line), string> _lines = new();
    private readonly ConcurrentDictionary<(string Oid, string Ruling), IReadOnlyList<Observation>> _entries = new();

    /// <summary>The observations of a content, with no path set.</summary>
    public bool TryGet(string oid, string ruling, out IReadOnlyList<Observation> observations)
    {
        if (_entries.TryGetValue((oid, ruling), out var found))
        {
            observations = found;
            return true;
        }

        observations = [];
        return false;
    }

    /// <summary>Keeps the observations of a content.</summary>
    public void Put(string oid, string ruling, IReadOnlyList<Observation> observations)
    {
        if (_entries.Count >= Capacity) _entries.Clear();
        _entries[(oid, ruling)] = [.. observations.Select(seen => seen with { Path = null })];
    }

    /// <summary>The digest of one line of a content.</summary>
    public bool TryGetLine(string oid, int line, out string digest)
    {
        if (_lines.TryGetValue((oid, line), out var found))
        {
            digest = found;
            return true;
        }

        digest = "";
        return false;
    }

    /// <summary>Keeps the digest of one line.</summary>
    public void PutLine(string oid, int line, string digest)
    {
        if (_lines.Count >= Capacity) _lines.Clear();
        _lines[(oid, line)] = digest;
    }

    /// <summary>Names a tool as it is installed now, so that an upgrade forgets what the old one said.</summary>
    public static string Ruling(string toolPath, string settings = "")
    {
        // Where a link leads changes with an upgrade, and the link does not.
        var file = File.ResolveLinkTarget(toolPath, returnFinalTarget: true)?.FullName ?? toolPath;
        return $"{toolPath}|{File.GetLastWriteTimeUtc(file).Ticks}|{settings}";
    }
}
