extern alias ingest;

using Auxo.Contracts;
using Auxo.Git;
using Auxo.Metrics.Tests.Dora;

using ingest::Auxo.Ingest.Backfilling;
using ingest::Auxo.Ingest.Commits;
using ingest::Auxo.Ingest.Tracking;

using static Auxo.Metrics.Tests.Messages.SampleMessages;

namespace Auxo.Metrics.Tests.Backfilling;

/// <summary>The past of real repositories, beside what somebody saw who looked after each commit of their branch.</summary>
public sealed class PastOfGitProperties
{
    private static readonly Rid Rid = Ids.Rid("past");

    [Fact]
    public async Task dora_of_a_backfilled_repository_is_that_of_one_that_was_followed()
    {
        var failed = 0;
        for (var seed = 1; seed <= 40; seed++)
        {
            using var generated = new GeneratedCommits(seed);
            var head = CommitId.Parse(generated.Heads[^1].Commit);
            var past = await HistoryReader.ReadAsync(generated.Folder, head, CancellationToken.None);
            var told = Replay.Of(
                new Repository { Rid = Rid, Name = "past", Source = Nowhere, DefaultBranch = "main" }, past, [], At(1300)).ToArray();
            var followed = await FollowAsync(generated.Folder, head, [.. told.Cast<DefaultBranchAdvanced>().Select(static h => h.SeenAt)]);

            Assert.Equal(followed.Select(Words), told.Cast<DefaultBranchAdvanced>().Select(Words));
            var deployments = Deployments(followed, new Random(seed));
            var (live, backfilled) = (Measured.Of(60, [.. followed, .. deployments]), Measured.Of(60, [
                .. deployments, new HistoryFound(Rid, [.. told.Cast<DefaultBranchAdvanced>()], [], [], [], HeadsWereLive: false)]));
            Assert.Equal(live.Words(), backfilled.Words());
            failed += live.History.Failed.Count;
        }

        // Else the histories would say nothing of reverts.
        Assert.True(failed > 10, $"{failed}");
    }

    private static async Task<List<DefaultBranchAdvanced>> FollowAsync(string folder, CommitId head, DateTimeOffset[] seenAt)
    {
        var chain = (await GitCommand.RunAsync(
            folder, ["rev-list", "--first-parent", "--reverse", head.Value], CancellationToken.None))
            .Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var (messages, old) = (new List<DefaultBranchAdvanced>(), (CommitId?)null);
        foreach (var (commit, at) in chain.Select(static c => CommitId.Parse(c)).Zip(seenAt))
        {
            var said = (await GitCommand.RunAsync(folder, ["log", "-1", "--format=%ct %s", commit.Value], CancellationToken.None))
                .Trim().Split(' ', 2);
            var committed = DateTimeOffset.FromUnixTimeSeconds(long.Parse(said[0], System.Globalization.CultureInfo.InvariantCulture));
            messages.Add(new DefaultBranchAdvanced(
                Rid, "past", "main", old, commit, null, said[1], [], Nowhere, committed < at ? committed : at, at,
                await BroughtReader.ReadAsync(folder, old, commit, CancellationToken.None)));
            old = commit;
        }

        return messages;
    }

    private static List<object> Deployments(List<DefaultBranchAdvanced> heads, Random random)
        => [.. heads.Where(_ => random.Next(3) > 0).Select(static (head, i) => (object)new DeploymentReported(
            Rid, $"d{i}", "production", head.New, [], Succeeded: true, DeploymentKind.Planned, null, null, head.SeenAt.AddTicks(1)))];

    private static string Words(DefaultBranchAdvanced m)
        => $"{m.Old} {m.New} {m.Title} {m.At:O} {m.SeenAt:O} {m.Brought!.FirstAuthoredAt:O} {m.Brought.Gap} "
            + (m.Old is null ? "" : string.Join(',', m.Brought.Commits.Select(static c => c.Value).Order(StringComparer.Ordinal))) + " "
            + string.Join(';', m.Brought.Reverts.Select(static r => $"{r.Commit} {r.Title} {string.Join(',', r.Takes)}"));
}

/// <summary>All that was measured, as text.</summary>
internal static class MeasuredWords
{
    public static string Words(this Measured m)
        => string.Join('\n', m.History.Production.Changes.Select(static c
                => $"{c.Id.Value} {c.StartedAt:O} {c.OpenedAt:O} {c.MergedAt:O} {c.DeployedAt:O} {c.Deployment}")
                .Order(StringComparer.Ordinal))
            + "\nuntimed " + string.Join(',', m.History.Production.Untimed.Select(static u => $"{u.Id} {u.Reason}")
                .Order(StringComparer.Ordinal))
            + "\nlive " + string.Join(',', m.History.Production.Live.Select(static l => $"{l.Id} {l.At:O} {l.Kind}"))
            + "\nfailed " + string.Join(',', m.History.Failed.Select(static f => $"{f.Deployment.Id} {f.Recovery} {f.IsOpen}"))
            + $"\n{m.Report.DeploymentFrequency} {m.Report.ChangeLeadTime} {m.Report.ChangeFailRate} {m.Report.Recovery} {m.Report.Rework}";
}
