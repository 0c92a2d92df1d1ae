using Auxo.Testing;

namespace Auxo.Metrics.Tests.Dora;

/// <summary>
/// A real repository with a random history of its default branch: pushes of several commits, merges of old branches, squashes,
/// rebases, reverts of anything, reverts of reverts, and now and then a branch that is written again. Some heads go live.
/// </summary>
internal sealed class GeneratedCommits : IDisposable
{
    public static readonly DateTimeOffset Start = new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly Random _random;
    private readonly CommitGraph _git = new();
    private readonly List<string> _line = [];
    private int _hour = 300;

    public GeneratedCommits(int seed)
    {
        _random = new Random(seed);
        var head = Commit("Start", 0);
        Heads.Add((head, ++_hour));
        for (var pushes = _random.Next(2, 9); pushes > 0; pushes--)
        {
            var before = Heads[^1].Commit;
            head = Push(before);
            if (head != before && Heads.TrueForAll(h => h.Commit != head)) Heads.Add((head, ++_hour));
        }

        // In order, but not each of them.
        foreach (var (index, _) in Heads.Index().Where(_ => _random.Next(3) > 0)) Live.Add((index, ++_hour));
    }

    public string Folder => _git.Folder;

    /// <summary>The heads of the default branch, and the hours at which they were seen.</summary>
    public List<(string Commit, int Hour)> Heads { get; } = [];

    /// <summary>Which heads were deployed when.</summary>
    public List<(int Head, int Hour)> Live { get; } = [];

    public static DateTimeOffset At(int hour) => Start + TimeSpan.FromHours(hour);

    public void Dispose() => _git.Dispose();

    private string Push(string head) => _random.Next(8) switch
    {
        0 => Merge(head),
        1 => Commit("Squashed\n\n    Something\n\n    This reverts commit " + Any() + ".", Before(100), head),
        2 => Commits(head, () => Before(200)),
        3 when _line.Count > 2 => Rewrite(),
        _ => Commits(head, () => Before(3)),
    };

    /// <summary>Some commits in a row; a rebased one keeps its author's time. Any of them may take something back.</summary>
    private string Commits(string head, Func<int> authored)
    {
        for (var count = _random.Next(1, 5); count > 0; count--)
            head = Commit(_random.Next(3) == 0 ? Revert() : $"Change {_random.Next(5)}", authored(), head);
        return head;
    }

    private string Merge(string head)
    {
        var side = Commits(Any(), () => Before(150));
        if (_random.Next(2) == 0) side = Commit("Merge main into side", Before(2), side, head);
        return Commit("Merge side", Before(1), head, side);
    }

    /// <summary>Goes back to something earlier, and on from there.</summary>
    private string Rewrite() => Commits(Any(), () => Before(20));

    private string Revert()
    {
        var taken = Any();
        return _random.Next(4) switch
        {
            0 => $"Take it back\n\nWe know why.\n\nThis reverts commit {taken}.\nThis reverts commit {Any()}.",
            1 => $"Revert \"it\"\n\nThis reverts commit {taken[..12]}, reversing\nchanges made to {Any()}.",
            2 => $"Reapply \"that\"\n\nThis reverts commit {taken}.",
            _ => $"Revert \"it\"\n\nThis reverts commit {taken}.",
        };
    }

    private string Any() => _line[_random.Next(_line.Count)];

    private int Before(int hours) => _hour - _random.Next(0, hours);

    private string Commit(string message, int authored, params string[] parents)
    {
        var commit = _git.Commit(message, At(authored), parents);
        _line.Add(commit);
        _git.Branch($"c{_line.Count}", commit);
        return commit;
    }
}
