using System.Globalization;

using Auxo.Cli.WorkingCopies;
using Auxo.Git;

namespace Auxo.Cli.Overview;

/// <summary>How far apart two branches are.</summary>
/// <param name="Name">The other one.</param>
/// <param name="Ahead">Commits that only this one has.</param>
/// <param name="Behind">Commits that only the other one has.</param>
internal sealed record Distance(string Name, int Ahead, int Behind);

/// <summary>What is not committed.</summary>
/// <param name="Staged">Files that the next commit changes.</param>
/// <param name="Unstaged">Files that it does not change although they differ.</param>
/// <param name="Untracked">Files and folders that git does not know.</param>
/// <param name="Conflicts">Files that a merge could not bring together.</param>
internal sealed record Changes(int Staged, int Unstaged, int Untracked, int Conflicts)
{
    public bool Any => Staged + Unstaged + Untracked + Conflicts > 0;
}

/// <summary>A commit in a list.</summary>
internal sealed record RecentCommit(string Commit, string Author, DateTimeOffset At, string Title);

/// <summary>A working copy as git sees it.</summary>
/// <param name="Branch">Null when HEAD is on none.</param>
/// <param name="Head">Null before the first commit.</param>
/// <param name="Canonical">The branch that the delegates agree on, as it was fetched last; null when there is none.</param>
/// <param name="CanonicalIsOld">The storage on this machine has a newer one.</param>
/// <param name="Upstream">What the branch follows, where that is another one; null for nothing.</param>
/// <param name="Remotes">The branch of this name, or the canonical one, on other remotes.</param>
/// <param name="Changes">What is not committed.</param>
/// <param name="Commits">The newest.</param>
internal sealed record CopyState(
    string? Branch, string? Head, Distance? Canonical, bool CanonicalIsOld, Distance? Upstream, IReadOnlyList<Distance> Remotes,
    Changes Changes, IReadOnlyList<RecentCommit> Commits)
{
    private const int MostCommits = 5;

    /// <summary>Reads it; the storage's default branch and its head where they are known.</summary>
    public static async Task<CopyState> ReadAsync(
        WorkingCopy copy, IReadOnlyDictionary<string, string> user, string? identity, string? storageHead, CancellationToken ct)
    {
        var branch = await copy.BranchAsync(ct);
        var changes = Parse(await GitCommand.RunAsync(copy.Top, ["status", "--porcelain=v2", "-z"], ct, environment: user));
        var canonical = await CanonicalBranch.FindAsync(copy, identity, ct);
        // Without any remote the local branch is the canonical one, and far from itself it never is.
        if (branch is not null && canonical?.Ref == "refs/heads/" + branch) canonical = null;
        var isOld = storageHead is not null && canonical is { Ref: var seen } && await copy.CommitAsync(seen, ct) != storageHead;
        if (await copy.CommitAsync("HEAD", ct) is not { } head)
            return new CopyState(branch, Head: null, Canonical: null, isOld, Upstream: null, [], changes, []);
        var upstream = await GitCommand.AskAsync(copy.Top, ct, "rev-parse", "--symbolic-full-name", "--abbrev-ref", "@{upstream}");
        return new CopyState(
            branch, head, canonical is null ? null : await DistanceAsync(copy, canonical.Ref, canonical.Short, ct), isOld,
            upstream is null || upstream == canonical?.Short
                ? null : await DistanceAsync(copy, "refs/remotes/" + upstream, upstream, ct),
            await RemotesAsync(copy, branch, canonical, upstream, ct), changes, await CommitsAsync(copy, ct));
    }

    /// <summary>Counts the entries of <c>git status --porcelain=v2 -z</c>.</summary>
    internal static Changes Parse(string status)
    {
        var (staged, unstaged, untracked, conflicts) = (0, 0, 0, 0);
        var entries = status.Split('\0', StringSplitOptions.RemoveEmptyEntries);
        for (var i = 0; i < entries.Length; i++)
        {
            switch (entries[i])
            {
                case ['1' or '2', ' ', var index, var tree, ..]:
                    if (index != '.') staged++;
                    if (tree != '.') unstaged++;
                    // Of a renamed file the path before is an entry of its own.
                    if (entries[i][0] == '2') i++;
                    break;
                case ['u', ..]:
                    conflicts++;
                    break;
                case ['?', ..]:
                    untracked++;
                    break;
            }
        }

        return new Changes(staged, unstaged, untracked, conflicts);
    }

    private static async Task<IReadOnlyList<Distance>> RemotesAsync(
        WorkingCopy copy, string? branch, CanonicalBranch? canonical, string? upstream, CancellationToken ct)
    {
        var remotes = (await GitCommand.RunAsync(copy.Top, ["remote"], ct)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var refs = await GitTree.RefsAsync(copy.Git, "refs/remotes/", ct);
        var found = new List<Distance>();
        foreach (var remote in remotes)
        {
            var name = new[] { branch, canonical?.Name }
                .FirstOrDefault(n => n is not null && refs.ContainsKey($"refs/remotes/{remote}/{n}"));
            var of = $"{remote}/{name}";
            if (name is null || of == canonical?.Short || of == upstream) continue;
            if (await DistanceAsync(copy, "refs/remotes/" + of, of, ct) is { } distance) found.Add(distance);
        }

        return found;
    }

    private static async Task<Distance?> DistanceAsync(WorkingCopy copy, string other, string name, CancellationToken ct)
        => (await GitCommand.AskAsync(copy.Top, ct, "rev-list", "--left-right", "--count", $"{other}...HEAD", "--"))
            ?.Split('\t') is [var behind, var ahead]
            ? new Distance(name, int.Parse(ahead, CultureInfo.InvariantCulture), int.Parse(behind, CultureInfo.InvariantCulture))
            : null;

    private static async Task<IReadOnlyList<RecentCommit>> CommitsAsync(WorkingCopy copy, CancellationToken ct)
        => [.. (await GitCommand.RunAsync(
                copy.Top,
                ["log", "-z", $"--max-count={MostCommits}", "--no-show-signature", "--format=%H%x1f%an%x1f%ct%x1f%s", "HEAD", "--"],
                ct))
            .Split('\0', StringSplitOptions.RemoveEmptyEntries).Select(static line => line.Split('\x1f', 4))
            .Where(static f => f.Length == 4)
            .Select(static f => new RecentCommit(f[0], f[1], Time(f[2]), f[3]))];

    private static DateTimeOffset Time(string seconds)
        => long.TryParse(seconds, CultureInfo.InvariantCulture, out var time) && time is >= 0 and < 253_402_300_800
            ? DateTimeOffset.FromUnixTimeSeconds(time)
            : DateTimeOffset.UnixEpoch;
}
