using Auxo.Contracts;
using Auxo.Git;
using Auxo.Pipeline.Checks;
using Auxo.Pipeline.Checks.Files;

namespace Auxo.Pipeline.Tests.Checks;

/// <summary>What is read in by a shell need not be executable, and what has no first line is judged as its repository does.</summary>
public sealed class SourcedFilesTests
{
    private const string Bash = "#!/usr/bin/env bash\ntrue\n";
    private const string Ksh = "compound x=( integer a=1 )\necho \"${x.a}\"\n";

    [Theory]
    [InlineData("a completion", "completions/tool.bash", "", false)]
    [InlineData("a completion by its name", "etc/bash_completion", "", false)]
    [InlineData("a completion of a tool", "misc/tool-completion.bash", "", false)]
    [InlineData("a plugin", "plugins/git/git.plugin.sh", "", false)]
    [InlineData("a profile", "etc/profile.d/tool.sh", "", false)]
    [InlineData("a library", "lib/common.sh", "", false)]
    [InlineData("read in by its path", "scripts/common.sh", ". scripts/common.sh", false)]
    [InlineData("read in beside the script", "scripts/common.sh", "source \"$(dirname \"$0\")/common.sh\"", false)]
    [InlineData("read in by a variable", "scripts/common.sh", ". \"${HERE}/common.sh\"", false)]
    [InlineData("loaded by a bats test", "test/support.bash", "load support", false)]
    [InlineData("loaded by its path", "test/support.bash", "load 'test/support.bash'", false)]
    [InlineData("a script", "scripts/run.sh", "", true)]
    [InlineData("a script at the top", "run.sh", "", true)]
    [InlineData("a script beside one that is read in", "scripts/run.sh", ". scripts/common.sh", true)]
    public async Task a_script_that_is_read_in_need_not_be_executable(string what, string path, string line, bool blocks)
    {
        var results = await RunAsync([(path, Bash), ("*main.sh", $"#!/bin/bash\n{line}\n")], "permissions");
        Assert.True(blocks == results[0].Findings.Any(static f => f.Rule == "script-not-executable"), what);
    }

    [Theory]
    [InlineData("nothing is said", "Makefile", "all:\n\ttrue\n", true)]
    [InlineData("a makefile says it", "Makefile", "lint:\n\tshellcheck -s ksh scripts/*.sh\n", false)]
    [InlineData("a workflow says it", ".github/workflows/lint.yml", "jobs:\n  a:\n    run: shellcheck -x --shell=ksh a.sh\n", false)]
    [InlineData("two shells are named", "Makefile", "lint:\n\tshellcheck -s ksh a.sh\n\tshellcheck -s bash b.sh\n", true)]
    [InlineData("a program that no check knows", ".travis.yml", "script: shellcheck -s zsh a.sh\n", false)]
    public async Task a_file_without_a_first_line_is_judged_as_its_repository_does(string what, string path, string content, bool blocks)
    {
        var results = await RunAsync([("scripts/a.sh", Ksh), (path, content)], "syntax", "shellcheck");
        Assert.True(blocks == results.Any(static result => result.Findings.Any(static f => f.Blocks)),
            $"{what}: {string.Concat(results.Select(static r => r.Log))}");
    }

    [Fact]
    public async Task where_hardly_a_script_is_executable_nobody_runs_them_by_name()
    {
        (string, string)[] hooks = [("*hooks/run.sh", Bash), .. Enumerable.Range(0, 8).Select(static i => ($"hooks/{i}.sh", Bash))];
        Assert.Empty((await RunAsync(hooks, "permissions"))[0].Findings);
        Assert.Equal(7, (await RunAsync(hooks[..^1], "permissions"))[0].Findings.Count);
    }

    [Theory]
    [InlineData("a list that another shell reads", "complete/list.sh", "{{,us-}ascii,arabic,greek{,8}}\nlogical {,cs}macintosh x-{a,b}\n")]
    [InlineData("a template", "test/common.sh", "unset <%= NAMES.join(' ') %>\n")]
    [InlineData("a first line that nobody reads", "themes/a.theme.sh", "#! bash oh-my.module\ntrue\n")]
    [InlineData("a first line that is none, in what is read in", "lib/a.bash", "\n#!/bin/bash\ntrue\n")]
    public async Task what_is_right_for_its_reader_does_not_block(string what, string path, string content)
    {
        var results = await RunAsync([(path, content)], "syntax", "shellcheck", "permissions");
        Assert.False(results.Any(static result => result.Findings.Any(static f => f.Blocks)),
            $"{what}: {string.Concat(results.Select(static r => r.Log))}");
    }

    [Theory]
    [InlineData("docs/config.rst", false)]
    [InlineData("README.md", false)]
    [InlineData("src/config.py", true)]
    public async Task a_sample_in_a_page_warns_and_in_code_blocks(string path, bool blocks)
    {
        const string Sample = "SECRET_KEY = '" + "192b9bdd22ab9ed4d12e236c78afcb9a" + "393ec15f71bbf5dc987d54727823bcbf'\n";
        var found = Assert.Single((await RunAsync([(path, Sample)], "secrets"))[0].Findings);
        Assert.Equal(("generic-secret", blocks), (found.Rule, found.Blocks));
    }

    [Fact]
    public async Task a_very_large_library_is_not_worked_through_again_for_each_script_that_reads_it_in()
    {
        var library = "#!/bin/sh\n" + string.Concat(Enumerable.Range(0, 5000).Select(static i => $"say_{i}() {{ echo \"{i}\"; }}\n"));
        var scripts = Enumerable.Range(0, 3).Select(static i => ($"*run{i}.sh", $"#!/bin/sh\n. ./big.sh\nsay_{i}\nif\n"));
        var results = await RunAsync([("*big.sh", library), .. scripts], "shellcheck");
        Assert.Contains("shellcheck: 4 scripts", results[0].Log, StringComparison.Ordinal);
        Assert.Equal(["run0.sh", "run1.sh", "run2.sh"],
            results[0].Findings.Where(static f => f.Blocks).Select(static f => f.Path).Distinct().Order(StringComparer.Ordinal));
    }

    private static async Task<IReadOnlyList<CheckResult>> RunAsync(IReadOnlyList<(string, string)> files, params string[] checks)
    {
        await using var repository = await GitRepository.CreateAsync();
        var commit = await repository.CommitAsync([.. files]);
        await using var objects = new GitObjects(repository.Path);
        var temporary = Directory.CreateTempSubdirectory("auxo-sourced-").FullName;
        IReadOnlyList<CheckResult> results;
        await using (var tree = await SourceTree.ReadAsync(objects, commit, temporary, TestContext.Current.CancellationToken))
        {
            results = await CheckBatch.RunAsync(
                tree, CheckSettings.Default, checks, new VerdictCache(), TimeProvider.System, TestContext.Current.CancellationToken);
        }

        Directory.Delete(temporary);
        Assert.DoesNotContain(results, static result => result.Step.Outcome == Outcome.Errored);
        return results;
    }
}
