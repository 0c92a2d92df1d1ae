using System.Text;

using Auxo.Contracts;
using Auxo.Git;

namespace Auxo.Pipeline.Tests.Joining;

/// <summary>Commits on top of each other, with one more file or another one.</summary>
internal static class Branches
{
    public static async Task<CommitId> OnTopAsync(this GitRepository repository, CommitId parent, string path, string content)
    {
        var ct = TestContext.Current.CancellationToken;
        var index = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["GIT_INDEX_FILE"] = Path.Combine(repository.Path, "index-of-test"), ["GIT_AUTHOR_NAME"] = "t", ["GIT_AUTHOR_EMAIL"] = "t@t",
            ["GIT_COMMITTER_NAME"] = "t", ["GIT_COMMITTER_EMAIL"] = "t@t",
        };
        var blob = (await GitCommand.RunAsync(
            repository.Path, ["hash-object", "-w", "--stdin"], ct, Encoding.UTF8.GetBytes(content))).Trim();
        await GitCommand.RunAsync(repository.Path, ["read-tree", parent.Value], ct, environment: index);
        await GitCommand.RunAsync(
            repository.Path, ["update-index", "--add", "--cacheinfo", $"100644,{blob},{path}"], ct, environment: index);
        var tree = (await GitCommand.RunAsync(repository.Path, ["write-tree"], ct, environment: index)).Trim();
        return CommitId.Parse((await GitCommand.RunAsync(
            repository.Path, ["commit-tree", tree, "-p", parent.Value, "-m", $"Change {path}"], ct, environment: index)).Trim());
    }
}
