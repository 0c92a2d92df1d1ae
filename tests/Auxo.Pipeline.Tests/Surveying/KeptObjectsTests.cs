using System.Text;

using Auxo.Contracts;
using Auxo.Git;
using Auxo.Pipeline.Surveying;

namespace Auxo.Pipeline.Tests.Surveying;

/// <summary>What git keeps: whole, and small.</summary>
public sealed class KeptObjectsTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1, "error in commit 1234: missingSpaceBeforeDate: invalid author/committer line", null)]
    [InlineData(1, "warning in tree 1234: zeroPaddedFilemode: contains zero-padded file modes", null)]
    [InlineData(1, "error: 1234: object corrupt or missing: ./objects/12/34", "error: 1234: object corrupt or missing: ./objects/12/34")]
    [InlineData(2, "missing blob 1234", "missing blob 1234")]
    [InlineData(3, "error in commit 1: badDate: x\nbroken link from tree 1 to blob 2", "broken link from tree 1 to blob 2")]
    [InlineData(4, "", "git fsck ended with 4")]
    public void objects_that_are_only_odd_are_no_damage(int exit, string said, string? damage)
        => Assert.Equal(damage, KeptObjects.Damage(exit, said));

    [Fact]
    public async Task a_large_file_that_was_removed_is_still_in_the_history_and_one_of_another_branch_is_not()
    {
        await using var repository = await GitRepository.CreateAsync();
        var large = new byte[(int)KeptObjects.Large + 1];
        await repository.CommitAsync("main", [("film.mp4", large)]);
        var head = await repository.CommitOnTopAsync(("README.md", "# x"));
        await repository.CommitAsync("stranger", [("other.iso", [.. large, 1])]);

        var seen = await KeptObjects.ReadAsync(repository.Path, head, TimeProvider.System, Ct);

        Assert.Equal((null, null), (seen.Fault, seen.Unfinished));
        Assert.Equal([new SizedPath("film.mp4", large.Length)], seen.LargeObjects);
    }

    [Fact]
    public async Task a_missing_object_is_damage()
    {
        await using var repository = await GitRepository.CreateAsync();
        var head = await repository.CommitAsync(("a.txt", "one"));
        var blob = (await GitCommand.RunAsync(repository.Path, ["rev-parse", $"{head}:a.txt"], Ct)).Trim();
        await LoosenAsync(repository.Path, head);
        File.Delete(Path.Combine(repository.Path, "objects", blob[..2], blob[2..]));

        var seen = await KeptObjects.ReadAsync(repository.Path, head, TimeProvider.System, Ct);

        Assert.Contains(blob, seen.Fault, StringComparison.Ordinal);
    }

    /// <summary>Each object in a file of its own, so that one can be taken away; small imports are so already.</summary>
    private static async Task LoosenAsync(string path, CommitId head)
    {
        var pack = await GitCommand.RunBytesAsync(
            path, ["pack-objects", "--stdout", "--revs", "-q"], Ct, Encoding.ASCII.GetBytes(head.Value + "\n"));
        foreach (var file in Directory.GetFiles(Path.Combine(path, "objects", "pack"))) File.Delete(file);
        await GitCommand.RunAsync(path, ["unpack-objects", "-q"], Ct, pack);
    }
}
