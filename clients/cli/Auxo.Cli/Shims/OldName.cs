namespace Auxo.Cli.Shims;

/// <summary>A script of the days before Auxo, and the command that does its work.</summary>
/// <param name="Name">The script's name, with or without <c>.sh</c>.</param>
/// <param name="Command">What to type after <c>auxo</c>.</param>
/// <param name="About">What it was for.</param>
internal sealed record OldName(string Name, string Command, string About)
{
    /// <summary>All of them. Their arguments are those of the commands.</summary>
    public static IReadOnlyList<OldName> All { get; } =
    [
        new("create-patch", "patch create", "open a patch of the commits of this branch"),
        new("update-patch", "patch update", "push a new revision of a patch"),
        new("review-patch", "patch review", "look at a patch and say what you think of it"),
        new("merge-patch", "patch merge", "merge what was built"),
        new("push-patch", "patch push", "open or update a patch, and follow its build"),
        new("list-patches", "patch list", "patches with their builds"),
        new("sync-status", "sync-status", "branches, changes, the node, other nodes"),
        new("ci-status", "ci status", "the newest builds"),
        new("clean-branches", "clean-branches", "delete merged branches"),
        new("node-health", "node health", "the state of this node"),
        new("repo-health", "repo health", "the state of a repository"),
    ];
}
