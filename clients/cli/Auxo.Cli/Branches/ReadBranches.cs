using System.Globalization;

using Auxo.Cli.WorkingCopies;
using Auxo.Git;
using Auxo.Radicle;

namespace Auxo.Cli.Branches;

/// <summary>All branches that may be cleaned, with the verdict on each.</summary>
internal static class ReadBranches
{
    private const string Heads = "refs/heads/";
    private const string Format =
        "--format=%(refname)%1f%(objectname)%1f%(committerdate:unix)%1f%(upstream)%1f%(worktreepath)%1f%(contents:subject)%1e";

    /// <summary>Neither what is checked out somewhere nor the default branch is among them.</summary>
    public static async Task<IReadOnlyList<(LocalBranch Branch, BranchVerdict Verdict)>> RunAsync(
        WorkingCopy copy, CanonicalBranch canonical, RadicleRepository? storage, CancellationToken ct)
    {
        var content = new MergedContent(copy.Git, canonical.Ref, canonical.Short);
        var found = new List<(LocalBranch, BranchVerdict)>();
        var heads = storage is null ? [] : await HeadsAsync(storage, ct);
        foreach (var branch in Parse(await GitCommand.RunAsync(copy.Git, ["for-each-ref", Format, Heads], ct)))
        {
            if (branch.Name == canonical.Name || Heads + branch.Name == canonical.Ref) continue;
            var patch = branch.Patch ?? heads.GetValueOrDefault(branch.Commit);
            found.Add((branch, BranchVerdict.Of(
                branch, await content.FindAsync(branch.Commit, ct),
                patch is not null && storage is not null ? await LocalStorage.FindPatchAsync(storage, patch, ct) : null)));
        }

        return found;
    }

    /// <summary>The newest commits of all patches: a branch need not follow its patch to be known by what it holds.</summary>
    private static async Task<Dictionary<string, string>> HeadsAsync(RadicleRepository storage, CancellationToken ct)
    {
        var heads = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, commit) in await GitTree.RefsAsync(storage.Path, "refs/namespaces/*/refs/heads/patches/*", ct))
            heads[commit] = name[(name.LastIndexOf('/') + 1)..];
        return heads;
    }

    private static IEnumerable<LocalBranch> Parse(string printed)
        => printed.Split('\x1e', StringSplitOptions.RemoveEmptyEntries).Select(static l => l.TrimStart('\n').Split('\x1f', 6))
            .Where(static f => f.Length == 6 && f[4].Length == 0)
            .Select(static f => new LocalBranch(
                f[0][Heads.Length..], f[1],
                long.TryParse(f[2], CultureInfo.InvariantCulture, out var time) && time is >= 0 and < 253_402_300_800
                    ? DateTimeOffset.FromUnixTimeSeconds(time)
                    : DateTimeOffset.UnixEpoch,
                f[5], f[3]));
}
