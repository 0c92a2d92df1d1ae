using System.Collections.Concurrent;
using System.Text;

using Auxo.Contracts;
using Auxo.Git;

namespace Auxo.Radicle;

/// <summary>
/// Which commits a branch contains. Both ends are hashes, so an answer holds forever; one process answers many questions.
/// </summary>
internal sealed class Ancestry(CobStore store)
{
    private const int MaxAnswers = 50_000;
    private readonly ConcurrentDictionary<(CommitId Head, CommitId Commit), bool> _answers = new();

    /// <summary>
    /// Those of <paramref name="commits"/> that are <paramref name="head"/> or before it. Missing objects are in no branch.
    /// </summary>
    public async Task<IReadOnlyList<CommitId>> ContainedAsync(
        CommitId head, IReadOnlyCollection<CommitId> commits, CancellationToken cancellationToken)
    {
        var open = new List<CommitId>();
        foreach (var commit in commits.Where(c => c != head && !_answers.ContainsKey((head, c))))
        {
            if (await IsCommitAsync(commit, cancellationToken)) open.Add(commit);
        }

        if (open.Count > 0 && await IsCommitAsync(head, cancellationToken)) await AskAsync(head, open, cancellationToken);
        return [.. commits.Where(c => c == head || _answers.GetValueOrDefault((head, c)))];
    }

    /// <summary>What git lists is reachable from a question but not from the head; a question that is not listed is contained.</summary>
    private async Task AskAsync(CommitId head, List<CommitId> open, CancellationToken cancellationToken)
    {
        var input = Encoding.ASCII.GetBytes($"^{head}\n" + string.Concat(open.Select(c => $"{c}\n")));
        var outside = (await GitCommand.RunAsync(store.Objects.Repository, ["rev-list", "--stdin"], cancellationToken, input))
            .Split('\n', StringSplitOptions.RemoveEmptyEntries).ToHashSet(StringComparer.Ordinal);
        if (_answers.Count >= MaxAnswers) _answers.Clear();
        foreach (var commit in open) _answers[(head, commit)] = !outside.Contains(commit.Value);
    }

    private async Task<bool> IsCommitAsync(CommitId id, CancellationToken cancellationToken)
    {
        try
        {
            return await store.CommitAsync(id.Value, cancellationToken) is not null;
        }
        catch (CobFormatException)
        {
            return false;
        }
    }
}
