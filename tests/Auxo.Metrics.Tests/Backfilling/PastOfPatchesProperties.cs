extern alias ingest;

using Auxo.Contracts;
using Auxo.Metrics.Tests.Dora;
using Auxo.Radicle;

using ingest::Auxo.Ingest.Backfilling;
using ingest::Auxo.Ingest.Recording;
using ingest::Auxo.Ingest.Scanning;
using ingest::Auxo.Ingest.Tracking;

using Repository = ingest::Auxo.Ingest.Tracking.Repository;

namespace Auxo.Metrics.Tests.Backfilling;

/// <summary>
/// Random lives of repositories with patches: opened, revised, merged with and without a signature, squashed, closed, beside pushes. One
/// Auxo looks at every step, the other one only at the end.
/// </summary>
public sealed class PastOfPatchesProperties
{
    [Fact]
    public void dora_of_a_backfilled_repository_is_that_of_one_that_was_followed()
    {
        var (changes, merges) = (0, 0);
        for (var seed = 1; seed <= 300; seed++)
        {
            var life = new Life(seed);
            var told = Replay.Of(life.Start, PastHeads.Of(life.Newest(), isShallow: false), life.Patches(), life.Now.AddHours(1)).ToList();
            var past = new HistoryFound(
                life.Start.Rid, [.. told.OfType<DefaultBranchAdvanced>()], [.. told.OfType<PatchOpened>()],
                [.. told.OfType<PatchRevised>()], [.. told.OfType<PatchMerged>()], HeadsWereLive: false);
            var deployments = life.Deployments();
            var (live, backfilled) = (Measured.Of(60, [.. life.Told, .. deployments]), Measured.Of(60, [.. deployments, past]));
            Assert.True(live.Words() == backfilled.Words(), $"seed {seed}:\n{live.Words()}\n\n{backfilled.Words()}");
            Assert.Equal(live.History.Merges.Select(static m => (m.Patch, m.Commit, m.At)),
                backfilled.History.Merges.Select(static m => (m.Patch, m.Commit, m.At)));
            (changes, merges) = (changes + live.History.Production.Changes.Count, merges + live.History.Merges.Count);
        }

        Assert.True(changes > 500 && merges > 300, $"{changes} {merges}");
    }

    private sealed class Life
    {
        private static readonly DateTimeOffset Begin = new(2026, 3, 2, 0, 0, 0, TimeSpan.Zero);
        private readonly Random _random;
        private readonly List<PastCommit> _commits = [];
        private readonly List<PatchSnapshot> _patches = [];
        private KnownRepository _known;
        private string? _head;
        private int _minute;

        public Life(int seed)
        {
            _random = new Random(seed);
            Start = new Repository().Apply(new RepositoryEvent.Tracked(
                Ids.Rid("life"), "life", RepositoryKind.Radicle, RepositoryLocator.OfFolder("/nowhere"), "main", [], [Ids.Somebody], [],
                Begin));
            _known = new KnownRepository(Start, new Dictionary<PatchId, Patch>());
            Push();
            for (var steps = _random.Next(5, 40); steps > 0; steps--) Step();
        }

        public Repository Start { get; }

        public List<object> Told { get; } = [];

        public DateTimeOffset Now => Begin.AddMinutes(_minute);

        /// <summary>What the newest head contains, children before parents: it grew in that order.</summary>
        public List<PastCommit> Newest()
        {
            var all = _commits.ToDictionary(static c => c.Id, StringComparer.Ordinal);
            var (found, open) = (new HashSet<string>(StringComparer.Ordinal), new Stack<string>([_head!]));
            while (open.TryPop(out var id))
            {
                if (!found.Add(id)) continue;
                foreach (var parent in all[id].Parents) open.Push(parent);
            }

            return [.. _commits.AsEnumerable().Reverse().Where(c => found.Contains(c.Id))];
        }

        public List<PatchSnapshot> Patches() => [.. _patches];

        public List<object> Deployments()
        {
            var random = new Random(_minute);
            return
            [
                .. Told.OfType<DefaultBranchAdvanced>().Where(_ => random.Next(3) > 0).Select(static (head, i) => (object)
                    new DeploymentReported(head.Rid, $"d{i}", "production", head.New, [], Succeeded: true, DeploymentKind.Planned, null,
                        null, head.SeenAt.AddMinutes(2))),
            ];
        }

        private void Step()
        {
            _minute += _random.Next(10, 600);
            var open = _patches.Where(static p => p.Status == PatchStatus.Open).ToList();
            var which = open.Count > 0 ? open[_random.Next(open.Count)] : null;
            switch (_random.Next(8))
            {
                case 0 or 1: Open(); break;
                case 2 when which is not null: Revise(which); break;
                case 3 when which is not null: Merge(which, signed: true, Commit(_head!, HeadOf(which))); break;
                case 4 when which is not null: Merge(which, signed: false, Commit(_head!, HeadOf(which))); break;
                case 5 when which is not null: Merge(which, signed: true, Commit(_head!)); break;
                case 6 when which is not null: Put(which with { Status = PatchStatus.Archived }); break;
                default: Push(); return;
            }

            Look([]);
        }

        private void Push()
        {
            _head = _head is null ? Commit() : Commit(_head);
            Look([]);
        }

        private void Open()
        {
            var name = $"{_patches.Count} of {_random.Next()}";
            var revision = Revision(name, Commit(_head!));
            _patches.Add(new PatchSnapshot(
                Ids.Patch(name), $"Patch {name}", Ids.Somebody, PatchStatus.Open, Now, [revision], null, Authored(revision)));
        }

        private void Revise(PatchSnapshot patch)
        {
            var revision = Revision($"{patch.Title} {patch.Revisions.Count}", Commit(_random.Next(2) == 0 ? HeadOf(patch) : _head!));
            Put(patch with
            {
                Revisions = [.. patch.Revisions, revision],
                EarliestAuthoredAt = Authored(revision) < patch.EarliestAuthoredAt ? Authored(revision) : patch.EarliestAuthoredAt,
            });
        }

        private void Merge(PatchSnapshot patch, bool signed, string commit)
        {
            _head = commit;
            Put(signed ? patch with
            {
                Status = PatchStatus.Merged,
                Merge = new MergeSnapshot(patch.Revisions[^1].Id, CommitId.Parse(commit), Ids.Somebody, Now, Signed: true),
            } : patch);
        }

        private void Put(PatchSnapshot patch) => _patches[_patches.FindIndex(p => p.Id == patch.Id)] = patch;

        private RevisionSnapshot Revision(string name, string head)
            => new(Ids.Revision(name), Ids.Somebody, null, CommitId.Parse(_head!), CommitId.Parse(head), Now, HeadHere: true);

        private DateTimeOffset Authored(RevisionSnapshot revision)
            => DateTimeOffset.FromUnixTimeSeconds(_commits.Single(c => c.Id == revision.Head.Value).AuthoredAt);

        private string HeadOf(PatchSnapshot patch) => patch.Revisions[^1].Head.Value;

        private string Commit(params string[] parents)
        {
            var id = Ids.Commit($"{_commits.Count} {_random.Next()}").Value;
            _commits.Add(new PastCommit(
                id, parents, Now.AddHours(-_random.Next(0, 50)).ToUnixTimeSeconds(), Now.ToUnixTimeSeconds(), $"Commit {_commits.Count}"));
            return id;
        }

        /// <summary>As ingest looks: what came with the head, and which patches it holds that the one before did not.</summary>
        private void Look(IReadOnlyList<(PatchId, RevisionId)> contains)
        {
            var head = PastHeads.Of(Newest(), isShallow: false).All[^1];
            var old = _known.Repository.Tip("main")?.Commit;
            if (old is not null && old != head.Commit)
            {
                var brought = head.Brought.Commits.ToHashSet();
                contains = [.. _patches.SelectMany(static p => p.Revisions.Select(r => (p.Id, r)))
                    .Where(r => brought.Contains(r.r.Head)).Select(static r => (r.Id, r.r.Id))];
            }

            var snapshot = new RepositorySnapshot(
                "life", "main", Start.Delegates,
                [new BranchSnapshot("main", head.Commit, head.Title, null, head.At, contains, head.Brought)], _patches, []);
            var changes = Observe.Decide(_known, snapshot, DetectedBy.Sweep, Now);
            _known = KnownRepositories.After(_known, changes);
            Told.AddRange(changes.SelectMany(static c => c.Messages)
                .Where(static m => m is DefaultBranchAdvanced or PatchOpened or PatchRevised or PatchMerged));
        }
    }
}
