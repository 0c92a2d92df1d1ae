namespace Auxo.Cli.Mesh.Testing;

/// <summary>From one node to another.</summary>
/// <param name="From">Who wrote the marker.</param>
/// <param name="To">Who has it.</param>
/// <param name="Seconds">How long after the push began; null where the two clocks contradict each other.</param>
/// <param name="IsOneClock">
/// Measured by the writer alone, from the other's announcement; else by both nodes' clocks.
/// </param>
internal sealed record MarkerWay(string From, string To, double? Seconds, bool IsOneClock);

/// <summary>
/// What one run knows of the whole matrix: its own row from announcements, its own column from its storage, and all
/// else from the notes of the others. Pure: it is told, and asked.
/// </summary>
/// <param name="own">This node.</param>
/// <param name="alias">Its name.</param>
/// <param name="written">When its first push began.</param>
internal sealed class MarkerTable(string own, string alias, DateTimeOffset written)
{
    /// <summary>A marker that is older than this when a run begins is what a killed run left.</summary>
    public static readonly TimeSpan Stale = TimeSpan.FromMinutes(2);

    private readonly Dictionary<string, double> _row = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DateTimeOffset> _seen = new(StringComparer.Ordinal);
    private readonly Dictionary<string, MarkerNote> _notes = new(StringComparer.Ordinal);
    private readonly HashSet<string> _gone = new(StringComparer.Ordinal);
    private readonly HashSet<string> _connected = new(StringComparer.Ordinal);

    /// <summary>What this node writes is an answer to a test that somebody began elsewhere.</summary>
    public bool IsAnswer { get; init; }

    /// <summary>
    /// A peer that is connected and has the repository: it must get the marker, and it is waited for.
    /// </summary>
    public void Expect(string node) => _ = node != own && _connected.Add(node);

    /// <summary>A node has announced that it has this node's marker.</summary>
    public void Arrived(string node, double seconds) => _ = node != own && _row.TryAdd(node, seconds);

    /// <summary>What the markers of the other nodes are now.</summary>
    public void See(IReadOnlyDictionary<string, MarkerNote> markers, DateTimeOffset now)
    {
        foreach (var (node, note) in markers)
        {
            if (node == own) continue;
            _seen.TryAdd(node, now);
            _notes[node] = note;
            _gone.Remove(node);
        }

        foreach (var node in _notes.Keys.Where(n => !markers.ContainsKey(n))) _gone.Add(node);
    }

    /// <summary>All nodes that run the test or should: known here or to one that runs it.</summary>
    public IReadOnlyList<string> Nodes => [own, .. Others];

    private IReadOnlyList<string> Others
        => [.. _connected.Concat(_notes.Keys).Concat(_notes.Values.SelectMany(static n => n.Expects))
            .Where(n => n != own)
            .Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    /// <summary>Nobody else has written a marker.</summary>
    public bool IsAlone => _notes.Count == 0;

    /// <summary>Every connected peer has this node's marker.</summary>
    public bool IsRowWhole => _connected.All(_row.ContainsKey);

    /// <summary>Every node has written, and every way between two of them is known.</summary>
    public bool IsWhole
    {
        get
        {
            var nodes = Nodes;
            return nodes.All(f => f == own || _notes.ContainsKey(f))
                && nodes.All(f => nodes.All(t => f == t || Way(f, t) is not null));
        }
    }

    /// <summary>It is whole, and nobody waits for this node's note any more: each has said so, or has left.</summary>
    public bool MayLeave => IsWhole && Others.All(n => _gone.Contains(n) || _notes[n].IsDone);

    /// <summary>What to tell the others now. What was seen is told when it is whole: each telling is a push.</summary>
    /// <param name="isSettled">Nobody new has come for a while, so it is told although somebody is missing.</param>
    public MarkerNote Note(bool isSettled)
    {
        var others = Others;
        var tells = others.Count > 0 && (isSettled || others.All(_seen.ContainsKey));
        return new MarkerNote(
            written, alias, others, tells ? new(_seen, StringComparer.Ordinal) : Nothing<DateTimeOffset>(),
            tells ? new(_row, StringComparer.Ordinal) : Nothing<double>(), IsWhole)
        {
            IsAnswer = IsAnswer,
        };
    }

    /// <summary>Whether a note says something that the others need and that an older one did not.</summary>
    public static bool IsNews(MarkerNote before, MarkerNote now)
        => now.IsDone != before.IsDone || now.Seen.Count != before.Seen.Count
            || now.Expects.Except(before.Expects, StringComparer.Ordinal).Any();

    /// <summary>A way; null where nobody has said that the marker arrived.</summary>
    public MarkerWay? Way(string from, string to)
    {
        var note = _notes.GetValueOrDefault(from);
        if (from == own ? _row.TryGetValue(to, out var seconds) : note is not null
            && note.Row.TryGetValue(to, out seconds))
            return new MarkerWay(from, to, seconds, IsOneClock: true);
        var began = from == own ? written : note?.Written;
        var seen = to == own
            ? _seen.TryGetValue(from, out var here) ? here : default(DateTimeOffset?)
            : _notes.GetValueOrDefault(to)?.Seen.TryGetValue(from, out var there) == true ? there : null;
        return began is null || seen is null ? null
            : new MarkerWay(from, to, seen.Value >= began.Value ? (seen.Value - began.Value).TotalSeconds : null,
                IsOneClock: false);
    }

    /// <summary>
    /// Whether a marker that should have arrived did not: at a connected peer of this node, or at a node that has told
    /// what it has seen.
    /// </summary>
    public bool IsMissing(string from, string to)
        => from != to && HasWritten(from) && Way(from, to) is null
            && ((from == own && _connected.Contains(to)) || _notes.GetValueOrDefault(to) is { Seen.Count: > 0 });

    /// <summary>A node's name for people; empty where it has told none.</summary>
    public string AliasOf(string node) => node == own ? alias : _notes.GetValueOrDefault(node)?.Alias ?? "";

    /// <summary>It has written a marker.</summary>
    public bool HasWritten(string node) => node == own || _notes.ContainsKey(node);

    private static Dictionary<string, T> Nothing<T>() => new(StringComparer.Ordinal);
}
