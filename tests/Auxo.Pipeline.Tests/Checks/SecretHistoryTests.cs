using System.Text;

using Auxo.Contracts;
using Auxo.Git;
using Auxo.Pipeline.Checks;
using Auxo.Pipeline.Checks.Files;
using Auxo.Pipeline.Checks.Searching;

namespace Auxo.Pipeline.Tests.Checks;

/// <summary>A patch and a push are searched commit by commit: what was added and removed again is replicated with them.</summary>
public sealed class SecretHistoryTests
{
    private static readonly string Key = "connect('gl" + "pat-q7Zp2LkX9vTn4RbW8sYd')\n";

    [Fact]
    public async Task a_secret_that_a_later_commit_removed_is_found_with_its_commit()
    {
        await using var patch = await Patch.BeginAsync(("a.py", "x\n"));
        await patch.CommitAsync(("a.py", "y\n"));
        var bad = await patch.CommitAsync(("a.py", "y\n"), ("b.py", Key));
        await patch.CommitAsync(("a.py", "y\n"));
        var finding = Assert.Single(await patch.FindAsync());
        Assert.Equal(("gitlab-token", "b.py", 1, true), (finding.Rule, finding.Path, finding.Line, finding.Blocks));
        Assert.Contains($"in commit {bad.Short}, removed by a later one", finding.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("q7Zp2", finding.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_secret_that_is_still_there_is_found_once_with_the_commit_that_brought_it()
    {
        await using var patch = await Patch.BeginAsync(("a.py", "x\n"));
        var bad = await patch.CommitAsync(("a.py", Key));
        await patch.CommitAsync(("a.py", "first\n" + Key));
        var finding = Assert.Single(await patch.FindAsync());
        Assert.Equal(("a.py", 2), (finding.Path, finding.Line));
        Assert.Contains($"brought by commit {bad.Short}", finding.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_secret_that_was_there_before_the_patch_is_not_laid_on_its_commits()
    {
        await using var patch = await Patch.BeginAsync(("a.py", Key));
        await patch.CommitAsync(("a.py", Key + "more\n"));
        await patch.CommitAsync(("b.py", Key + "more\n"));
        var finding = Assert.Single(await patch.FindAsync());
        Assert.Equal("b.py", finding.Path);
        Assert.DoesNotContain("brought by", finding.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_secret_that_the_patch_takes_out_is_no_finding()
    {
        await using var patch = await Patch.BeginAsync(("a.py", Key));
        await patch.CommitAsync(("a.py", "clean\n"));
        Assert.Empty(await patch.FindAsync());
    }

    [Fact]
    public async Task a_secret_of_the_first_commit_of_all_is_found()
    {
        await using var patch = await Patch.BeginAsync(("a.py", "x\n"));
        var bad = await patch.RootAsync(("b.py", Key));
        await patch.CommitAsync(("b.py", "clean\n"));
        Assert.Contains(bad.Short, Assert.Single(await patch.FindAsync()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task what_is_left_out_or_allowed_is_so_in_every_commit()
    {
        await using var patch = await Patch.BeginAsync(("a.py", "x\n"));
        await patch.CommitAsync(("fixtures/b.py", Key), ("go.sum", Key), ("c.py", Key.TrimEnd() + " # auxo:allow\n"));
        await patch.CommitAsync(("a.py", "y\n"));
        Assert.Empty(await patch.FindAsync(new Dictionary<string, IReadOnlyList<string>> { ["secrets"] = ["fixtures/"] }));
    }

    [Fact]
    public async Task what_the_head_allows_is_allowed_in_the_commits_before_it()
    {
        await using var patch = await Patch.BeginAsync(("a.py", "x\n"));
        await patch.CommitAsync(("b.py", Key));
        await patch.CommitAsync(("b.py", Key.TrimEnd() + " # auxo:allow\n"));
        Assert.Empty(await patch.FindAsync());
    }

    [Fact]
    public async Task a_secret_in_configuration_is_found_in_the_commits_too()
    {
        await using var patch = await Patch.BeginAsync(("a.py", "x\n"));
        await patch.CommitAsync(("app.properties", "db.pass" + "word=LkX9vTn4RbW8sYd3HfJ6\n"));
        await patch.CommitAsync(("a.py", "y\n"));
        Assert.Equal("configuration-secret", Assert.Single(await patch.FindAsync()).Rule);
    }

    [Fact]
    public async Task a_deep_look_finds_what_any_commit_of_the_whole_history_brought()
    {
        await using var patch = await Patch.BeginAsync(("a.py", Key));
        await patch.CommitAsync(("a.py", "clean\n"));
        await patch.CommitAsync(("a.py", "cleaner\n"));
        var result = await patch.RunAsync(CheckSettings.Default, since: null, isDeep: true);
        Assert.Contains("removed by a later one", Assert.Single(result.Findings).Message, StringComparison.Ordinal);
        Assert.Contains("3 commits searched, the whole history", result.Log, StringComparison.Ordinal);
        Assert.Empty((await patch.RunAsync(CheckSettings.Default, since: null)).Findings);
    }

    [Fact]
    public async Task what_was_brought_before_a_content_that_is_lost_is_found_all_the_same()
    {
        await using var patch = await Patch.BeginAsync(("a.py", "x\n"));
        var bad = await patch.CommitAsync(("z.py", Key));
        await patch.CommitAsync(("0.py", "lost\n"));
        await patch.CommitAsync(("a.py", "x\n"));
        await patch.LoseAsync("lost\n");
        var result = await patch.RunAsync(CheckSettings.Default, since: null, isDeep: true);
        Assert.Contains($"in commit {bad.Short}, removed by a later one", Assert.Single(result.Findings).Message, StringComparison.Ordinal);
        Assert.Contains("is missing", result.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_deep_look_counts_each_content_once()
    {
        await using var patch = await Patch.BeginAsync(("a.py", "1\n"), ("b.bin", "\0"));
        await patch.CommitAsync(("a.py", "2\n"), ("b.bin", "\0\0"));
        await patch.CommitAsync(("a.py", "1\n"), ("b.bin", "\0"));
        await using var objects = patch.Objects();
        await using var tree = await patch.TreeAsync(objects, since: null, isDeep: true);
        var search = new SecretSearch(tree, new VerdictCache(), PathPatterns.Of([]));
        var history = await SecretHistory.ReadAsync(tree, search, TestContext.Current.CancellationToken);
        var report = history.Over(await search.TreeAsync(TestContext.Current.CancellationToken), search);
        Assert.StartsWith("2 files scanned, 2 looked at before, 0 generated and 1 binary", report.Notes[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_long_history_is_read_in_parts_from_its_beginning()
    {
        await using var repository = await GitRepository.CreateAsync();
        var text = new StringBuilder();
        for (var i = 0; i < CommitChanges.Most + 2; i++)
            text.Append(System.Globalization.CultureInfo.InvariantCulture,
                $"commit refs/heads/main\ncommitter T <t@auxo.test> {1_700_000_000 + i} +0000\ndata 1\nx\n"
                + $"M 100644 inline f{i}\ndata 1\nx\n");
        await GitCommand.RunAsync(
            repository.Path, ["fast-import", "--quiet"], CancellationToken.None, Encoding.ASCII.GetBytes(text.ToString()));
        var head = CommitId.Parse((await GitCommand.RunAsync(repository.Path, ["rev-parse", "main"], CancellationToken.None)).Trim());
        var parts = new List<IReadOnlyList<CommitChanges>>();
        await foreach (var part in CommitChanges.AllAsync(repository.Path, head, TestContext.Current.CancellationToken)) parts.Add(part);
        Assert.Equal([CommitChanges.Most, 2], parts.Select(static part => part.Count));
        Assert.Equal(
            Enumerable.Range(0, CommitChanges.Most + 2).Select(static i => $"f{i}"),
            parts.SelectMany(static part => part).Select(static commit => Assert.Single(commit.Files).Path));
    }

    [Fact]
    public async Task a_patch_whose_base_is_gone_is_searched_at_its_head_and_says_so()
    {
        await using var patch = await Patch.BeginAsync(("a.py", "x\n"));
        await patch.CommitAsync(("b.py", Key));
        var result = await patch.RunAsync(CheckSettings.Default, CommitId.Parse(new string('1', 40)));
        Assert.Single(result.Findings);
        Assert.Contains("only the head was searched", result.Log, StringComparison.Ordinal);
    }

    /// <summary>A repository with a base and the commits of a patch on it.</summary>
    private sealed class Patch(GitRepository repository, CommitId start) : IAsyncDisposable
    {
        private CommitId _head = start;
        private readonly CommitId _start = start;

        public static async Task<Patch> BeginAsync(params (string, string)[] files)
        {
            var repository = await GitRepository.CreateAsync();
            return new Patch(repository, await repository.CommitAsync(files));
        }

        public async Task<CommitId> CommitAsync(params (string, string)[] files) => _head = await repository.CommitOnTopAsync(files);

        public async Task<CommitId> RootAsync(params (string, string)[] files) => _head = await repository.CommitAsync(files);

        public async Task<IReadOnlyList<Finding>> FindAsync(IReadOnlyDictionary<string, IReadOnlyList<string>>? ignore = null)
            => (await RunAsync(CheckSettings.Default with { Ignore = ignore ?? CheckSettings.Default.Ignore }, _start)).Findings;

        /// <summary>Takes the file away in which git keeps a content.</summary>
        public async Task LoseAsync(string content)
        {
            var oid = (await GitCommand.RunAsync(
                repository.Path, ["hash-object", "--stdin"], CancellationToken.None, Encoding.UTF8.GetBytes(content))).Trim();
            File.Delete(Directory.EnumerateFiles(repository.Path, oid[2..], SearchOption.AllDirectories).Single());
        }

        public async Task<CheckResult> RunAsync(CheckSettings settings, CommitId? since, bool isDeep = false)
        {
            await using var objects = Objects();
            await using var tree = await TreeAsync(objects, since, isDeep);
            return Assert.Single(await CheckBatch.RunAsync(
                tree, settings, ["secrets"], new VerdictCache(), TimeProvider.System, TestContext.Current.CancellationToken));
        }

        public Task<SourceTree> TreeAsync(GitObjects objects, CommitId? since, bool isDeep)
            => SourceTree.ReadAsync(objects, _head, repository.Path, TestContext.Current.CancellationToken, since, isDeep);

        public GitObjects Objects() => new(repository.Path);

        public ValueTask DisposeAsync() => repository.DisposeAsync();
    }
}
