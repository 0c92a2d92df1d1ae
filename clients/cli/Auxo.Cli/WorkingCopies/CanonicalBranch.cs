using Auxo.Git;

namespace Auxo.Cli.WorkingCopies;

/// <summary>The branch that the repository's delegates agree on, as this working copy saw it last.</summary>
/// <param name="Name">Such as <c>main</c>.</param>
/// <param name="Ref">Such as <c>refs/remotes/rad/main</c>; a local branch where there is no remote.</param>
internal sealed record CanonicalBranch(string Name, string Ref)
{
    private static readonly string[] Usual = ["main", "master"];

    /// <summary>How people and git name the ref: <c>rad/main</c>.</summary>
    public string Short => Ref[(Ref.StartsWith("refs/remotes/", StringComparison.Ordinal)
        ? "refs/remotes/" : "refs/heads/").Length..];

    /// <summary>Finds it: on Radicle, else on the remote <c>origin</c>, else here.</summary>
    /// <param name="copy">Where.</param>
    /// <param name="named">What the repository's identity calls it; null when that is not known.</param>
    /// <param name="ct">Stops.</param>
    /// <returns>Null when there is no branch that can be it.</returns>
    public static async Task<CanonicalBranch?> FindAsync(WorkingCopy copy, string? named, CancellationToken ct)
    {
        var refs = await GitTree.RefsAsync(copy.Git, "refs/", ct);
        var head = await GitCommand.AskAsync(copy.Git, ct, "symbolic-ref", "--quiet", "refs/remotes/origin/HEAD");
        string[] names = named is null ? Usual : [named];
        return names.Select(static n => new CanonicalBranch(n, $"refs/remotes/rad/{n}"))
            .Concat(head is null ? [] : [new CanonicalBranch(head["refs/remotes/origin/".Length..], head)])
            .Concat(names.Select(static n => new CanonicalBranch(n, $"refs/remotes/origin/{n}")))
            .Concat(names.Select(static n => new CanonicalBranch(n, $"refs/heads/{n}")))
            .FirstOrDefault(b => refs.ContainsKey(b.Ref));
    }
}
