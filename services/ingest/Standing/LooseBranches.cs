using System.Globalization;

using Auxo.Contracts;
using Auxo.Git;
using Auxo.Ingest.Tracking;
using Auxo.Radicle;

namespace Auxo.Ingest.Standing;

/// <summary>The branches that the default branch does not contain, the oldest first.</summary>
/// <param name="First">At most fifty.</param>
/// <param name="Count">How many there are.</param>
internal sealed record LooseBranches(IReadOnlyList<LooseBranch> First, int Count)
{
    private const int Most = 50;

    /// <summary>Of so many the age is asked; whoever has more has more to do than to look at each.</summary>
    private const int MostAsked = 1000;

    private static readonly LooseBranches None = new([], 0);

    /// <summary>
    /// Those of Radicle: of delegates and trusted people, as they signed them. What others push to their own namespace is their business.
    /// </summary>
    public static async Task<LooseBranches> ReadAsync(RadicleRepository radicle, Repository repository, CancellationToken ct)
    {
        var ours = repository.TrustedSet;
        var branches = (await radicle.BranchesAsync(ct))
            .Where(b => b.Name != repository.DefaultBranch && ours.Contains(b.Owner)).Take(MostAsked).ToList();
        if (branches.Count == 0 || await radicle.CanonicalHeadAsync(ct) is not { } head) return None;
        var contained = (await radicle.ContainedAsync(head, [.. branches.Select(static b => b.Head).Distinct()], ct)).ToHashSet();
        var loose = new List<LooseBranch>();
        foreach (var branch in branches.Where(b => !contained.Contains(b.Head)))
        {
            if (await radicle.ReadCommitAsync(branch.Head, ct) is { } commit)
                loose.Add(new LooseBranch(branch.Name, branch.Owner, commit.CommittedAt));
        }

        return Of(loose);
    }

    /// <summary>Those of a git repository without Radicle.</summary>
    public static async Task<LooseBranches> ReadAsync(string folder, string defaultBranch, CancellationToken ct)
    {
        var head = "refs/heads/" + defaultBranch;
        if (await GitCommand.AskAsync(folder, ct, "rev-parse", "--verify", "--quiet", head) is null) return None;
        var said = await GitCommand.RunAsync(
            folder, ["for-each-ref", $"--no-merged={head}", "--format=%(committerdate:unix) %(refname:lstrip=2)", "refs/heads/"], ct);
        var loose = new List<LooseBranch>();
        foreach (var line in said.Split('\n', StringSplitOptions.RemoveEmptyEntries).Take(MostAsked))
        {
            var space = line.IndexOf(' ', StringComparison.Ordinal);
            if (space > 0 && long.TryParse(line[..space], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var seconds)
                && seconds >= 0 && seconds < DateTimeOffset.MaxValue.ToUnixTimeSeconds())
                loose.Add(new LooseBranch(line[(space + 1)..], null, DateTimeOffset.FromUnixTimeSeconds(seconds)));
        }

        return Of(loose);
    }

    private static LooseBranches Of(List<LooseBranch> loose)
        => new([.. loose.OrderBy(static b => b.CommittedAt).ThenBy(static b => b.Name, StringComparer.Ordinal).Take(Most)], loose.Count);
}
