extern alias ingest;

using Auxo.Contracts;

using ingest::Auxo.Ingest.Commits;

using static Auxo.Metrics.Tests.Messages.SampleMessages;

namespace Auxo.Metrics.Tests.Dora;

/// <summary>Real repositories, read as ingest reads them and counted as metrics counts.</summary>
public sealed class RealGitProperties
{
    private static readonly Rid Rid = Ids.Rid("real");

    [Fact]
    public async Task any_history_of_pushes_merges_squashes_rebases_and_reverts_gives_what_git_itself_says()
    {
        var failures = 0;
        for (var seed = 1; seed <= 60; seed++)
        {
            using var generated = new GeneratedCommits(seed);
            var plain = await PlainGitDora.OfAsync(generated);
            var messages = await MessagesAsync(generated);
            new Random(seed).Shuffle(messages);
            var history = Measured.Of(60, messages).History;

            var counted = new PlainGitDora(
                PlainGitDora.Say(history.Production.Changes.Select(static c => $"{c.Id.Value} {c.LeadTime.TotalHours}")),
                PlainGitDora.Say(history.Production.Untimed.Select(static c => c.Id)),
                PlainGitDora.Say(history.Failed.Select(static f => f.Deployment.Commit.Value)),
                PlainGitDora.Say(history.Failed.Where(static f => !f.IsOpen).Select(f
                    => $"{generated.Live.FindIndex(l => $"d{l.Hour}" == f.Deployment.Id)} {f.Recovery.TotalHours}")),
                history.Failed.Count(static f => f.IsOpen), history.Unattributed.Count);
            Assert.True(plain == counted, $"seed {seed}: {plain}\n\n{counted}");
            failures += history.Failed.Count;
        }

        // Else the histories would say nothing of reverts.
        Assert.True(failures > 20, $"{failures}");
    }

    private static async Task<object[]> MessagesAsync(GeneratedCommits generated)
    {
        var (messages, old) = (new List<object>(), (CommitId?)null);
        foreach (var (head, hour) in generated.Heads)
        {
            var (commit, at) = (CommitId.Parse(head), GeneratedCommits.At(hour));
            var brought = await BroughtReader.ReadAsync(generated.Folder, old, commit, CancellationToken.None);
            messages.Add(new DefaultBranchAdvanced(Rid, "real", "main", old, commit, null, "A head", [], Nowhere, at, at, brought));
            old = commit;
        }

        foreach (var (head, hour) in generated.Live)
        {
            var commit = CommitId.Parse(generated.Heads[head].Commit);
            messages.Add(new DeploymentReported(
                Rid, $"d{hour}", "production", commit, [], Succeeded: true, DeploymentKind.Planned, null, null, GeneratedCommits.At(hour)));
        }

        return [.. messages];
    }
}
