using Auxo.Contracts;
using Auxo.Metrics.Builds;
using Auxo.Metrics.Changes;
using Auxo.Metrics.Failures;
using Auxo.Metrics.Repositories;

namespace Auxo.Benchmarks.Metrics;

/// <summary>
/// A year of some repositories, the busiest with some fifty times the changes of the quietest: patches of one to three
/// revisions, each built; merges, heads, builds of the default branch of which one in twelve fails and is repeated, and now and
/// then a failure of what is live. Every event is what the service's own handlers make of the messages of other services.
/// </summary>
internal sealed class Past(int seed)
{
    private static readonly Did Somebody = Did.Parse("did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK");
    private static readonly RepositoryLocator Nowhere = RepositoryLocator.OfFolder("/nowhere");
    private static readonly string[] Words = ["Fix", "Add", "Drop", "Speed up", "Test", "the parser", "retries",
        "a cache", "old paths", "of the queue", "when it is empty", "for large files"];

    private readonly Random _random = new(seed);
    private readonly List<(DateTimeOffset At, string Stream, object Event)> _events = [];

    /// <summary>The repositories, the busiest first.</summary>
    public IReadOnlyList<Rid> Repositories { get; private set; } = [];

    /// <summary>All events of at least so many, in order of time, as they came to be known.</summary>
    public IReadOnlyList<(DateTimeOffset At, string Stream, object Event)> Tell(int repositories, int events, DateTimeOffset end)
    {
        Repositories = [.. Enumerable.Range(0, repositories).Select(static i => Rid.Parse($"git:busy{i:000}-{i:x8}"))];
        var weights = Enumerable.Range(0, repositories).Select(static i => 1 / (i + 1.5)).ToList();
        for (var i = 0; i < repositories; i++)
        {
            var goal = _events.Count + (int)Math.Max(60, events * weights[i] / weights.Sum());
            // A change makes eleven events, about.
            Repository(Repositories[i], end - TimeSpan.FromDays(365),
                TimeSpan.FromDays(364.5) / (Math.Max(60, events * weights[i] / weights.Sum()) / 11), goal);
        }

        _events.Sort(static (a, b) => a.At.CompareTo(b.At));
        return _events;
    }

    private void Repository(Rid rid, DateTimeOffset start, TimeSpan interval, int goal)
    {
        Add(start, RecordRepositoryHandler.KeyOfRepositoryTracked(new RepositoryTracked(rid, rid.Bare, "main", Nowhere, [], start)),
            RecordRepositoryHandler.Handle(new RepositoryTracked(rid, rid.Bare, "main", Nowhere, [], start), null));
        var head = Commit();
        Advanced(new DefaultBranchAdvanced(rid, rid.Bare, "main", null, head, Somebody, "The first head", [], Nowhere, start, start));
        for (var at = start; _events.Count < goal; at += interval) head = Change(rid, at, head);
    }

    /// <summary>A change from its first commit to its deployment, in a day or less.</summary>
    private CommitId Change(Rid rid, DateTimeOffset begun, CommitId head)
    {
        var (patch, title, at) = (PatchId.Parse(Commit().Value), $"{Word()} {Word()} {Word()} {_random.Next(10_000)}", begun + Hours(2));
        for (var r = 0; r < 1 + (_random.Next(10) is var n && n > 8 ? 2 : n > 6 ? 1 : 0); r++, at += Hours(3))
        {
            var revision = new PatchRevision(patch, RevisionId.Parse(r == 0 ? patch.Value : Commit().Value), Somebody,
                null, Trust.Trusted, title, head, Commit(), null, Draft: false);
            if (r == 0) Add(at, RecordChangeHandler.KeyOfPatchOpened(new PatchOpened(rid, rid.Bare, revision, Nowhere, begun, at, at)),
                RecordChangeHandler.Handle(new PatchOpened(rid, rid.Bare, revision, Nowhere, begun, at, at), null));
            else Add(at, RecordChangeHandler.KeyOfPatchRevised(new PatchRevised(rid, rid.Bare, revision, Nowhere, begun, at, at)),
                RecordChangeHandler.Handle(new PatchRevised(rid, rid.Bare, revision, Nowhere, begun, at, at), null));
            Build(rid, revision.Head, at, patch, _random.Next(6) == 0 ? Outcome.Failed : Outcome.Passed);
        }

        var landed = Commit();
        var merged = new PatchMerged(rid, patch, null, landed, Somebody, at, at);
        Add(at, RecordChangeHandler.KeyOfPatchMerged(merged), RecordChangeHandler.Handle(merged, null));
        Advanced(new DefaultBranchAdvanced(rid, rid.Bare, "main", head, landed, Somebody, title, [patch], Nowhere, at, at));
        if (_random.Next(12) == 0) at = Build(rid, landed, at, null, Outcome.Failed).At;
        var (build, live) = Build(rid, landed, at, null, Outcome.Passed);
        if (_random.Next(20) == 0) Failure(rid, build, live);
        return landed;
    }

    private (Guid Id, DateTimeOffset At) Build(Rid rid, CommitId commit, DateTimeOffset at, PatchId? patch, Outcome outcome)
    {
        var id = new Guid(Bytes(16));
        var subject = new BuildSubject(id, rid, rid.Bare, patch is null
            ? BuildTrigger.Branch
            : BuildTrigger.Patch, patch, null, patch is null ? "main" : $"patches/{patch}", commit, "x", Somebody);
        var (started, finished) = (at + TimeSpan.FromSeconds(1 + _random.Next(20)), at + TimeSpan.FromSeconds(30 + _random.Next(600)));
        IReadOnlyList<StepResult> steps = outcome == Outcome.Passed
            ? []
            : [new StepResult(_random.Next(3) == 0
                ? "shellcheck"
                : "unit tests", "check", outcome, Blocks: true, TimeSpan.FromSeconds(9), 1, "no")];
        var stream = RecordBuildHandler.KeyOfBuildQueued(new BuildQueued(subject, [], at));
        Add(at, stream, RecordBuildHandler.Handle(new BuildQueued(subject, [], at), null));
        Add(started, stream, RecordBuildHandler.Handle(new BuildStarted(subject, started), null));
        Add(finished, stream, RecordBuildHandler.Handle(
            new BuildFinished(subject, outcome, null, steps, [], [], at, started, finished, null), null));
        return (id, finished);
    }

    private void Failure(Rid rid, Guid build, DateTimeOffset live)
    {
        var detected = new FailureDetected(rid, $"f{build:N}", build.ToString(), "Half of the answers are errors", null, live + Hours(1));
        var recovered = new FailureRecovered(rid, detected.FailureId, null, detected.At + Hours(4));
        Add(detected.At, RecordFailureHandler.KeyOfFailureDetected(detected), RecordFailureHandler.Handle(detected, null).Item1);
        Add(recovered.At, RecordFailureHandler.KeyOfFailureRecovered(recovered), RecordFailureHandler.Handle(recovered, null).Item1);
    }

    private void Advanced(DefaultBranchAdvanced advanced)
        => Add(advanced.At, RecordChangeHandler.KeyOfDefaultBranchAdvanced(advanced), RecordChangeHandler.Handle(advanced, null));

    private void Add(DateTimeOffset at, string stream, IEnumerable<object> events) => _events.AddRange(events.Select(e => (at, stream, e)));

    private TimeSpan Hours(int most) => TimeSpan.FromMinutes(1 + _random.Next(most * 60));

    private string Word() => Words[_random.Next(Words.Length)];

    private CommitId Commit() => CommitId.Parse(Convert.ToHexStringLower(Bytes(20)));

    private byte[] Bytes(int count)
    {
        var bytes = new byte[count];
        _random.NextBytes(bytes);
        return bytes;
    }
}
