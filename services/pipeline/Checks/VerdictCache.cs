using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;

using Auxo.Pipeline.Checks.Advisories;
using Auxo.Pipeline.Checks.Keeping;

namespace Auxo.Pipeline.Checks;

/// <summary>
/// What a tool said of a content, kept in memory: a push changes a few files, and the rest is answered without a process. The
/// key is the blob's id (its content) and what else decided the answer (the tool's file and settings), so nobody's patch can
/// poison another's. <see cref="KeptVerdicts"/> keeps it over a restart.
/// </summary>
/// <param name="capacity">At some 200 bytes each the usual is a few megabytes; when it is full it starts again.</param>
public sealed class VerdictCache(int capacity = 50_000)
{
    private readonly ConcurrentDictionary<(string Oid, int Line), string> _lines = new();
    private readonly ConcurrentDictionary<(string Oid, string Ruling), IReadOnlyList<Observation>> _entries = new();
    private long _changes;

    /// <summary>Another number whenever something was put here.</summary>
    public long Changes => Interlocked.Read(ref _changes);

    /// <summary>The one of which this is a view; null for the whole.</summary>
    private VerdictCache? _whole;

    /// <summary>Who is asked about the packages of lock files.</summary>
    public AdvisorySources Advisories { get; init; } = AdvisorySources.None;

    /// <summary>
    /// What one run of the checks is given: what it has found or put there stays until the run is over, also when the whole is full and
    /// starts again meanwhile. A check puts what is new and then reads all.
    /// </summary>
    public VerdictCache OfOneRun() => new(int.MaxValue) { Advisories = Advisories, _whole = this };

    /// <summary>One that knows nothing yet: everything is looked at again.</summary>
    public VerdictCache Unknowing() => new(int.MaxValue) { Advisories = Advisories };

    /// <summary>The observations of a content, with no path set.</summary>
    public bool TryGet(string oid, string ruling, out IReadOnlyList<Observation> observations)
        => TryGet((oid, DigestOf(ruling)), out observations);

    /// <summary>Keeps the observations of a content.</summary>
    public void Put(string oid, string ruling, IReadOnlyList<Observation> observations)
        => Put((oid, DigestOf(ruling)), [.. observations.Select(seen => seen with { Path = null })]);

    /// <summary>What may be kept in a file, in no order.</summary>
    internal IEnumerable<KeptVerdict> Kept()
        => _entries.Select(static entry => new KeptVerdict(entry.Key.Oid, entry.Key.Ruling, entry.Value)).Where(KeptVerdict.MayBeKept);

    /// <summary>Takes what was kept; what is here already is newer.</summary>
    internal void Take(KeptVerdict kept)
    {
        if (_entries.Count < capacity) _entries.TryAdd((kept.Oid, kept.Ruling), kept.Observations);
    }

    private bool TryGet((string Oid, string Ruling) key, out IReadOnlyList<Observation> observations)
    {
        if (_entries.TryGetValue(key, out var found))
        {
            observations = found;
            return true;
        }

        if (_whole is null || !_whole.TryGet(key, out observations))
        {
            observations = [];
            return false;
        }

        _entries[key] = observations;
        return true;
    }

    private void Put((string Oid, string Ruling) key, IReadOnlyList<Observation> observations)
    {
        if (_entries.Count >= capacity) _entries.Clear();
        _entries[key] = observations;
        Interlocked.Increment(ref _changes);
        _whole?.Put(key, observations);
    }

    /// <summary>A ruling may hold the text of a settings file.</summary>
    private static string DigestOf(string ruling)
        => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(ruling)).AsSpan(0, 16));

    /// <summary>The digest of one line of a content.</summary>
    public bool TryGetLine(string oid, int line, out string digest)
    {
        if (_lines.TryGetValue((oid, line), out var found))
        {
            digest = found;
            return true;
        }

        digest = "";
        return _whole?.TryGetLine(oid, line, out digest) == true;
    }

    /// <summary>Keeps the digest of one line.</summary>
    public void PutLine(string oid, int line, string digest)
    {
        if (_lines.Count >= capacity) _lines.Clear();
        _lines[(oid, line)] = digest;
        _whole?.PutLine(oid, line, digest);
    }

    /// <summary>Names a tool as it is installed now, so that an upgrade forgets what the old one said.</summary>
    public static string Ruling(string toolPath, string settings = "")
    {
        // Where a link leads changes with an upgrade, and the link does not. Some systems give all files the same time.
        var file = new FileInfo(File.ResolveLinkTarget(toolPath, returnFinalTarget: true)?.FullName ?? toolPath);
        return $"{file.FullName}|{file.LastWriteTimeUtc.Ticks}|{(file.Exists ? file.Length : 0)}|{settings}";
    }
}
