using System.Globalization;

using Auxo.Contracts;
using Auxo.Git;

namespace Auxo.Radicle;

/// <summary>Questions about the commits of a patch.</summary>
internal sealed class CommitHistory(CobStore store)
{
    /// <summary>Patches of one line and a few commits, nearly all of them, are walked without starting a process.</summary>
    private const int MaxSteps = 32;

    /// <summary>
    /// The earliest author time among the commits after <paramref name="base"/> up to <paramref name="head"/>; null when there
    /// are none here.
    /// </summary>
    public async Task<DateTimeOffset?> EarliestAuthoredAtAsync(CommitId @base, CommitId head, CancellationToken cancellationToken)
    {
        if (@base == head || await store.CommitAsync(head.Value, cancellationToken) is not var (_, last)) return null;

        // A base that is not here would make the whole history the patch's.
        if (await store.CommitAsync(@base.Value, cancellationToken) is null) return last.AuthoredAt;
        DateTimeOffset? earliest = null;
        var at = head;
        for (var step = 0; step < MaxSteps; step++)
        {
            if (await store.CommitAsync(at.Value, cancellationToken) is not var (_, commit)) return earliest;
            if (earliest is null || commit.AuthoredAt < earliest) earliest = commit.AuthoredAt;
            if (commit.Parents is not [var parent]) break;
            if (parent == @base) return earliest;
            at = parent;
        }

        return await AskAsync(@base, head, cancellationToken);
    }

    private async Task<DateTimeOffset?> AskAsync(CommitId @base, CommitId head, CancellationToken cancellationToken)
    {
        var times = await GitCommand.RunAsync(
            store.Objects.Repository, ["log", "--format=%at", head.Value, "^" + @base, "--"], cancellationToken);
        var seconds = times.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(t => long.TryParse(t, NumberStyles.None, CultureInfo.InvariantCulture, out var s) ? s : long.MaxValue)
                .DefaultIfEmpty(long.MaxValue).Min();
        return seconds < DateTimeOffset.MaxValue.ToUnixTimeSeconds() ? DateTimeOffset.FromUnixTimeSeconds(seconds) : null;
    }
}
