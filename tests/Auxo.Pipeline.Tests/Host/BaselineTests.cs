using System.Net.Http.Json;
using System.Text.Json.Nodes;

using Auxo.Contracts;
using Auxo.Pipeline.Checks.Files;
using Auxo.Testing;

namespace Auxo.Pipeline.Tests.Host;

/// <summary>What stands in the default branch is known, and what comes after blocks: the whole service.</summary>
public sealed class BaselineTests(PostgresFixture postgres) : IAsyncLifetime
{
    private const string Secret = "token = \"" + "ghp_" + "kT9vQ2xLw7RbZ4mNc8JfY1sHd6PgE3aUoW5i" + "\"\n";
    private const string NotRunnable = "#!/bin/sh\necho hello\n";

    private readonly string _home = Directory.CreateTempSubdirectory("auxo-home-").FullName;
    private readonly List<(string, string)> _old =
        [("README.md", "# Demo\n\nIt shows what this is about, in a line or two.\n"), ("old.sh", NotRunnable), ("older.sh", NotRunnable)];

    private GitRepository _repository = null!;
    private Told _told = null!;
    private PipelineHost _host = null!;

    public async ValueTask InitializeAsync()
    {
        _repository = await GitRepository.CreateAsync();
        _told = new Told(_repository);
        _host = await PipelineHost.StartAsync(await postgres.CreateDatabaseAsync(), _home);
        await _host.SendAsync(_told.Tracked());
    }

    [Fact]
    public async Task what_stands_in_the_default_branch_does_not_block_and_what_a_patch_adds_does()
    {
        _old.Add(("config.py", Secret));
        var main = await _repository.CommitOnTopAsync([.. _old]);
        var first = await FollowAsync(main);
        Assert.Equal("passed", (string)first["outcome"]!);
        var known = (int)first["knownFindings"]!;
        Assert.Equal((0, known), ((int)first["newFindings"]!, (int)(await BaselineAsync())["known"]!));
        Assert.True(known >= 3);
        Assert.Contains($"0 new, {known} known", (string)first["verdict"]!, StringComparison.Ordinal);
        Assert.Contains("🔑 known: `config.py:1`", (string)first["verdict"]!, StringComparison.Ordinal);
        Assert.Contains("known: a script with #!", await _host.LogAsync(PipelineHost.IdOf(first), "permissions"), StringComparison.Ordinal);

        var patch = await _repository.CommitOnTopAsync([.. _old, ("new.sh", NotRunnable)]);
        await _host.SendAsync(_told.Opened(patch, canonical: main));
        var build = await _host.FinishedAsync(_told.BuildOf(patch));
        Assert.Equal(("failed", "permissions failed"), ((string)build["outcome"]!, (string)build["reason"]!));
        Assert.Contains($"1 new, {known} known", (string)build["verdict"]!, StringComparison.Ordinal);
        var findings = build["findings"]!.AsArray();
        Assert.Equal(("new.sh", false, true), (
            (string)findings[0]!["path"]!, (bool)findings[0]!["known"]!, (bool)findings[0]!["blocks"]!));
        Assert.All(findings.Skip(1), static finding => Assert.Equal((true, false), ((bool)finding!["known"]!, (bool)finding["blocks"]!)));
        Assert.Contains("1 new, 2 known", (string)build["steps"]!.AsArray().Single(s => (string)s!["step"]! == "permissions")!["summary"]!,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("# Users\n\nimport hashlib\nhashlib.md5(password)\n", "passed")]
    [InlineData("import hashlib\nhashlib.md5(password)\nhashlib.md5(user.password)\n", "sast failed")]
    public async Task a_weakness_that_a_patch_adds_blocks_and_one_that_only_moved_does_not(string content, string end)
    {
        Assert.SkipWhen(ToolProcess.Find("semgrep") is null, "semgrep is not installed");
        var main = await _repository.CommitOnTopAsync([.. _old, ("user.py", "import hashlib\nhashlib.md5(password)\n")]);
        Assert.Equal("passed", (string)(await FollowAsync(main))["outcome"]!);
        var patch = await _repository.CommitOnTopAsync([.. _old, ("user.py", content)]);
        await _host.SendAsync(_told.Opened(patch, canonical: main));
        var build = await _host.FinishedAsync(_told.BuildOf(patch));
        Assert.Equal(end, (string?)build["reason"] ?? (string)build["outcome"]!);
    }

    [Fact]
    public async Task a_secret_that_a_commit_of_a_patch_brings_blocks_even_when_it_is_taken_out_again()
    {
        var main = await _repository.CommitOnTopAsync([.. _old]);
        await FollowAsync(main);
        await _repository.CommitOnTopAsync([.. _old, ("config.py", Secret)]);
        var head = await _repository.CommitOnTopAsync([.. _old, ("config.py", "token = None\n")]);
        await _host.SendAsync(_told.Opened(head, canonical: main));
        Assert.Equal("secrets failed", (string)(await _host.FinishedAsync(_told.BuildOf(head)))["reason"]!);
    }

    [Fact]
    public async Task a_secret_that_a_commit_of_a_push_brings_blocks_that_push_and_none_after_it()
    {
        var before = await _repository.CommitOnTopAsync([.. _old]);
        await FollowAsync(before);
        await _repository.CommitOnTopAsync([.. _old, ("config.py", Secret)]);
        var head = await _repository.CommitOnTopAsync([.. _old, ("config.py", "token = None\n")]);
        var pushed = await FollowAsync(head, before);
        Assert.Equal("secrets failed", (string)pushed["reason"]!);
        var rerun = PipelineHost.IdOf((await _host.PostAsync($"/builds/{BuildOf(head)}/rerun", client: _host.Writer)).Body);
        Assert.Equal("secrets failed", (string)(await _host.FinishedAsync(rerun))["reason"]!);
        var next = await _repository.CommitOnTopAsync([.. _old, ("config.py", "token = None  # none\n")]);
        Assert.Equal("passed", (string)(await FollowAsync(next, head))["outcome"]!);
    }

    [Fact]
    public async Task what_is_fixed_in_the_default_branch_does_not_come_back_and_a_patch_from_before_is_not_blamed()
    {
        var begun = await _repository.CommitOnTopAsync([.. _old]);
        await FollowAsync(begun);
        var fixedNow = await _repository.CommitOnTopAsync([_old[0]]);
        Assert.Equal("passed", (string)(await FollowAsync(fixedNow))["outcome"]!);

        await _repository.CommitAsync("older", [("README.md", "# Old\n"u8.ToArray())]);
        await Auxo.Git.GitCommand.RunAsync(
            _repository.Path, ["update-ref", "refs/heads/main", begun.Value], TestContext.Current.CancellationToken);
        var patch = await _repository.CommitOnTopAsync([.. _old, ("more.txt", "more\n")]);
        await _host.SendAsync(_told.Opened(patch, canonical: fixedNow));
        Assert.Equal("passed", (string)(await _host.FinishedAsync(_told.BuildOf(patch)))["outcome"]!);

        Assert.Equal("permissions failed", (string)(await FollowAsync(patch))["reason"]!);
    }

    [Fact]
    public async Task a_patch_is_not_blamed_for_the_default_branch_before_that_was_ever_built()
    {
        var main = await _repository.CommitOnTopAsync([.. _old]);
        var patch = await _repository.CommitOnTopAsync([.. _old, ("new.txt", "new\n")]);
        await _host.SendAsync(_told.Opened(patch, canonical: main));
        var build = await _host.FinishedAsync(_told.BuildOf(patch));
        Assert.Equal(("passed", 0), ((string)build["outcome"]!, (int)build["newFindings"]!));
        Assert.Null((await BaselineAsync())["takenAt"]);
    }

    [Fact]
    public async Task settings_that_find_more_make_nothing_new_and_what_comes_with_them_is()
    {
        await FollowAsync(await _repository.CommitOnTopAsync([.. _old, (".auxo/ci.yaml", "checks:\n  permissions: off\n")]));
        var strict = await FollowAsync(
            await _repository.CommitOnTopAsync([.. _old, (".auxo/ci.yaml", "checks:\n  structure: block\n")]));
        Assert.Equal(("passed", 0), ((string)strict["outcome"]!, (int)strict["newFindings"]!));

        await FollowAsync(await _repository.CommitOnTopAsync([.. _old, (".auxo/ci.yaml", "checks:\n  permissions: off\n")]));
        var worse = await FollowAsync(
            await _repository.CommitOnTopAsync([.. _old, ("new.sh", NotRunnable), (".auxo/ci.yaml", "checks:\n  structure: warn\n")]));
        Assert.Equal(("permissions failed", 1), ((string)worse["reason"]!, (int)worse["newFindings"]!));
    }

    [Fact]
    public async Task what_somebody_accepts_is_known_and_what_is_reset_is_set_by_the_next_build()
    {
        var main = await _repository.CommitOnTopAsync([.. _old]);
        await FollowAsync(main);
        var patch = await _repository.CommitOnTopAsync([.. _old, ("new.sh", NotRunnable)]);
        await _host.SendAsync(_told.Opened(patch, canonical: main));
        var red = await _host.FinishedAsync(_told.BuildOf(patch));
        Assert.Equal("failed", (string)red["outcome"]!);

        var path = $"/baselines/{_told.Rid}";
        Assert.Equal(403, (await _host.PostAsync($"{path}/accept", new { buildId = _told.BuildOf(patch) }, _host.Reader)).Status);
        var (status, answer) = await _host.PostAsync($"{path}/accept", new { buildId = _told.BuildOf(patch) }, _host.Writer);
        Assert.Equal((200, 1), (status, (int)answer["accepted"]!));
        Assert.Equal(404, (await _host.PostAsync($"{path}/accept", new { buildId = Guid.NewGuid() }, _host.Writer)).Status);
        var acceptance = Assert.Single((await BaselineAsync())["acceptances"]!.AsArray());
        Assert.StartsWith("writer", (string)acceptance!["by"]!, StringComparison.Ordinal);
        var again = PipelineHost.IdOf((await _host.PostAsync($"/builds/{_told.BuildOf(patch)}/rerun", client: _host.Writer)).Body);
        Assert.Equal("passed", (string)(await _host.FinishedAsync(again))["outcome"]!);

        using var refused = await _host.Reader.DeleteAsync(path, TestContext.Current.CancellationToken);
        using var reset = await _host.Writer.DeleteAsync(path, TestContext.Current.CancellationToken);
        Assert.Equal((403, 204), ((int)refused.StatusCode, (int)reset.StatusCode));
        Assert.Equal(0, (int)(await BaselineAsync())["known"]!);
        Assert.Equal("passed", (string)(await FollowAsync(patch))["outcome"]!);
        Assert.Contains((await BaselineAsync())["findings"]!.AsArray(), static f => (string?)f!["path"] == "new.sh");
    }

    [Fact]
    public async Task a_build_that_comes_late_changes_nothing()
    {
        var main = await _repository.CommitOnTopAsync([.. _old]);
        await FollowAsync(main);
        var before = await BaselineAsync();
        await FollowAsync(await _repository.CommitOnTopAsync([.. _old, ("more.txt", "more\n")]));
        var rerun = PipelineHost.IdOf((await _host.PostAsync($"/builds/{BuildOf(main)}/rerun", client: _host.Writer)).Body);
        await _host.FinishedAsync(rerun);
        Assert.Equal((int)before["known"]!, (int)(await BaselineAsync())["known"]!);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        await _repository.DisposeAsync();
        Directory.Delete(_home, recursive: true);
    }

    private Guid BuildOf(CommitId commit) => BuildId.For(_told.Rid, commit, BuildTrigger.Branch, "main", 1);

    private async Task<JsonNode> FollowAsync(CommitId head, CommitId? old = null)
    {
        await _host.SendAsync(_told.Advanced(head, old));
        return await _host.FinishedAsync(BuildOf(head));
    }

    private async Task<JsonNode> BaselineAsync() => (await _host.Reader.GetFromJsonAsync<JsonNode>($"/baselines/{_told.Rid}"))!;
}
