using Auxo.Git;

namespace Auxo.Ingest.Scanning;

/// <summary>The default branch of a git repository without Radicle.</summary>
public static class DefaultBranch
{
    /// <summary>
    /// A bare repository's HEAD says it. In a work tree HEAD is only what happens to be checked out, so origin's word,
    /// <c>main</c> and <c>master</c> come first.
    /// </summary>
    /// <returns>Its short name; there may be no commit on it yet.</returns>
    public static async Task<string> OfAsync(string folder, CancellationToken ct)
    {
        var head = await GitCommand.AskAsync(folder, ct, "symbolic-ref", "--short", "HEAD") ?? "main";
        if (await GitCommand.AskAsync(folder, ct, "rev-parse", "--is-bare-repository") == "true") return head;
        var refs = await GitTree.RefsAsync(folder, "refs/heads/", ct);
        var origin = await GitCommand.AskAsync(folder, ct, "symbolic-ref", "--short", "refs/remotes/origin/HEAD");
        var wanted = new[] { origin is null ? "" : origin["origin/".Length..], "main", "master" };
        return wanted.FirstOrDefault(branch => refs.ContainsKey("refs/heads/" + branch)) ?? head;
    }
}
