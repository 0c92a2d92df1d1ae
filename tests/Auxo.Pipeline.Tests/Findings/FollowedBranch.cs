using Auxo.Contracts;
using Auxo.Pipeline.Findings;
using Auxo.Pipeline.Tests.Baselines;

using static Auxo.Pipeline.Tests.Builds.SampleBuilds;

namespace Auxo.Pipeline.Tests.Findings;

/// <summary>A default branch, build after build; findings are written as in <see cref="Seen"/>.</summary>
internal sealed class FollowedBranch
{
    private readonly Dictionary<string, TrackedFinding> _rows = new(StringComparer.Ordinal);
    private FindingsRecord? _record;
    private int _builds;

    public IReadOnlyCollection<TrackedFinding> Rows => _rows.Values;

    public FindingsRecord? Record => _record;

    /// <summary>What the next build sees.</summary>
    /// <param name="found">All that it finds.</param>
    /// <param name="looked">The checks that looked, separated by blanks.</param>
    /// <param name="touched">The files that it changed; null when that is not known.</param>
    public FindingLook Look(string found, string looked = "shellcheck syntax", string? touched = null)
    {
        var number = ++_builds;
        var sightings = Seen.Of(found);
        return new FindingLook(
            BuildIdOf(number), Repository, CommitOf(number), Now.AddHours(number), $"author {number}", Words(looked), [],
            [.. sightings.Where(static one => one.Mark.Rule != "not-judged")
                .Select(static one => new SeenFinding(one.Mark, one.Blob, 1, Severity.High, $"about {one.Mark.Content}"))])
        {
            Touched = touched is null ? [] : [new TouchedFiles(Words(looked), Words(touched))],
            Unread = [.. sightings.Where(static one => one.Mark.Rule == "not-judged")
                .Select(static one => new UnreadFile(one.Mark.Check, one.Mark.Path))],
        };
    }

    /// <summary>The build ends.</summary>
    public FindingsMove? End(FindingLook look, int most = FindingLook.Most)
    {
        var move = MoveFindings.Decide(_record, [.. _rows.Values], look, look.QueuedAt.AddMinutes(1), most);
        if (move is null) return null;
        foreach (var row in move.Rows) _rows[row.Id] = row;
        _record = _record?.Apply(move.Event) ?? FindingsRecord.Create(move.Event);
        return move;
    }

    public FindingsMove? Build(string found, string looked = "shellcheck syntax", string? touched = null)
        => End(Look(found, looked, touched));

    /// <summary>All findings with their state: <c>a.sh:x open</c>, in order.</summary>
    public string State(DateOnly? today = null)
    {
        var day = today ?? DateOnly.FromDateTime(Now.UtcDateTime);
        return string.Join(", ", _rows.Values
            .Select(row => $"{row.Path}:{row.Content} {row.On(day).ToString().ToLowerInvariant()}")
            .Order(StringComparer.Ordinal));
    }

    public TrackedFinding Row(string path, string content)
        => Assert.Single(_rows.Values, row => row.Path == path && row.Content == content);

    public static Guid BuildIdOf(int number) => new(number, 0, 0, [0, 0, 0, 0, 0, 0, 0, 0]);

    public static CommitId CommitOf(int number) => CommitId.Parse($"{number:x40}");

    private static string[] Words(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
