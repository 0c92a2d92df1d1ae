using System.Diagnostics;
using System.Text;

using Auxo.Contracts;
using Auxo.Git;
using Auxo.Pipeline.Checks;
using Auxo.Pipeline.Checks.Files;

namespace Auxo.Pipeline.Tests.Checks;

public sealed class CheckBatchTests
{
    /// <summary>What a well-kept repository looks like to all checks.</summary>
    private static readonly (string, string)[] Tidy =
    [
        ("README.md", "# Tidy\n\nA repository that every check likes. See [the guide](docs/guide.md).\n"), ("LICENSE", "Apache-2.0\n"),
        ("docs/guide.md", "# Guide\n\n[back](../README.md#tidy)\n"), (
            "*scripts/build.sh", "#!/usr/bin/env bash\nset -euo pipefail\necho \"built\"\n"),
        ("tests/test.bats", "true\n"), (".gitignore", "out/\n"), (".auxo/ci.yaml", "steps: []\n"),
    ];

    [Fact]
    public async Task a_tidy_repository_passes_all_checks()
    {
        var results = await RunAsync(Tidy);
        Assert.Equal(["syntax", "shellcheck", "secrets", "sast", "permissions", "documentation", "structure", "dependencies"],
            results.Select(result => result.Step.Step));
        Assert.All(results.Where(WasMade), result
            => Assert.Equal((Outcome.Passed, ""), (result.Step.Outcome, result.Step.Summary + string.Concat(result.Findings))));
        Assert.All(results, result => Assert.NotEmpty(result.Log));
    }

    [Fact]
    public async Task a_syntax_error_blocks_with_file_and_line()
    {
        var results = await RunAsync([.. Tidy, ("*scripts/broken.sh", "#!/bin/bash\nif true; then\n  echo hi\n")]);
        var syntax = results[0];
        Assert.Equal((Outcome.Failed, true), (syntax.Step.Outcome, syntax.Step.Blocks));
        var finding = Assert.Single(syntax.Findings);
        Assert.Equal(("parse-error", "scripts/broken.sh", 4, true), (finding.Rule, finding.Path, finding.Line, finding.Blocks));
        Assert.Contains("unexpected end of file", finding.Message, StringComparison.Ordinal);
        Assert.Equal(Outcome.Failed, results[1].Step.Outcome);
        Assert.Contains("scripts/broken.sh:4: error:", syntax.Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task what_is_found_is_not_lost_when_what_is_kept_is_full_and_starts_again()
    {
        var scripts = Enumerable.Range(0, 5).Select(static i => ($"*scripts/broken-{i}.sh", $"#!/bin/bash\nif true; then\n  echo {i}\n"));
        var results = await RunAsync([.. Tidy, .. scripts], cache: new VerdictCache(capacity: 1));
        Assert.Equal(5, results[0].Findings.Count(static finding => finding.Rule == "parse-error"));
        Assert.Equal(5, results[1].Findings.Select(static finding => finding.Path).Distinct(StringComparer.Ordinal).Count());
    }

    /// <summary>Many names of one content are cheap to make: each has its finding, and the programs are asked once.</summary>
    [Fact]
    public async Task equal_scripts_are_asked_about_once_and_found_wherever_they_stand()
    {
        const int count = 2500;
        var folder = new string('d', 200);
        var scripts = Enumerable.Range(0, count).Select(i => ($"*{folder}/{i}.sh", "#!/bin/bash\nif true; then\n  echo hi\n"));
        var results = await RunAsync([.. Tidy, .. scripts]);
        foreach (var name in (string[])["syntax", "shellcheck"])
        {
            var result = results.First(one => one.Step.Step == name);
            if (WasMade(result)) Assert.Equal(
                count, result.Findings.Where(static finding => finding.Blocks).Select(static finding => finding.Path).Distinct().Count());
        }
    }

    [Fact]
    public async Task checks_that_take_too_long_are_ended_and_say_so()
    {
        await using var repository = await GitRepository.CreateAsync();
        await using var objects = new GitObjects(repository.Path);
        await using var tree = await SourceTree.ReadAsync(
            objects, await repository.CommitAsync(Tidy), Path.GetTempPath(), TestContext.Current.CancellationToken);
        var runs = await CheckBatch.LookAsync(
            tree, CheckSettings.Default, ["secrets"], new VerdictCache(), TimeProvider.System, TestContext.Current.CancellationToken,
            most: TimeSpan.Zero);
        Assert.Equal((Outcome.TimedOut, "it took longer than 0 minutes"), (runs[0].Report.Trouble, runs[0].Report.Reason));
    }

    [Fact]
    public async Task shellcheck_errors_block_and_style_warns()
    {
        var results = await RunAsync([.. Tidy, ("*scripts/style.sh", "#!/bin/bash\nx=`date`\necho $x\n"),
            ("*bin/tool", "#!/usr/bin/env bash\necho \"$@\" | [ 1 ]x\n")]);
        var shellcheck = results[1];
        Assert.Contains(shellcheck.Findings, finding => finding is { Rule: "SC2006", Path: "scripts/style.sh", Line: 2, Blocks: false });
        Assert.Contains(shellcheck.Findings, finding => finding is { Path: "bin/tool", Blocks: true });
        Assert.True(shellcheck.Findings[0].Blocks);
    }

    [Fact]
    public async Task style_alone_warns_and_does_not_block()
    {
        var results = await RunAsync([.. Tidy, ("*scripts/style.sh", "#!/bin/bash\nx=`date`\necho \"$x\"\n")]);
        Assert.Equal((Outcome.Failed, false, "1 warning"), (results[1].Step.Outcome, results[1].Step.Blocks, results[1].Step.Summary));
    }

    [Fact]
    public async Task the_gate_table_is_overridden_per_rule()
    {
        var settings = new CheckSettings
        {
            Gates = new Dictionary<string, Gate>
            {
                ["shellcheck.style"] = Gate.Off, ["structure"] = Gate.Block, ["documentation"] = Gate.Off,
            },
        };
        var results = await RunAsync([("*a.sh", "#!/bin/bash\nx=`date`\necho \"$x\"\n")], settings);
        Assert.Empty(results.Single(result => result.Step.Step == "shellcheck").Findings);
        Assert.DoesNotContain(results, result => result.Step.Step == "documentation");
        var structure = results.Single(result => result.Step.Step == "structure");
        Assert.Equal((Outcome.Failed, true), (structure.Step.Outcome, structure.Step.Blocks));
    }

    [Fact]
    public async Task permissions_find_links_that_escape_and_scripts_that_cannot_run()
    {
        var results = await RunAsync(
            [.. Tidy, ("@secret", "../../etc/passwd"), ("@inside", "docs/guide.md"),
                ("scripts/idle.sh", "#!/bin/sh\ntrue\n"), ("lib/common.sh", "#!/bin/sh\ntrue\n"), ("*notes.txt", "words\n")]);
        var permissions = Of(results, "permissions");
        Assert.Equal(
            [("link-escapes", "secret", true), ("script-not-executable", "scripts/idle.sh", true),
                ("executable-without-shebang", "notes.txt", false)],
            permissions.Findings.Select(finding => (finding.Rule, finding.Path!, finding.Blocks)));
    }

    [Fact]
    public async Task documentation_and_structure_warn()
    {
        var results = await RunAsync(
            [("README.md", "# Read\n\nThis goes [nowhere](docs/absent.md) and `[code](x)` is no link.\n\n```\n[a](b)\n```\n"),
                ("sub/.DS_Store", "x")]);
        Assert.Equal(
            [("broken-link", "README.md", 3), ("licence-missing", null, null)], Of(results, "documentation")
                .Findings.Select(finding => (finding.Rule, finding.Path, finding.Line)));
        Assert.Contains(Of(results, "structure").Findings, finding => finding.Rule == "unwanted");
        Assert.Contains(Of(results, "structure").Findings, finding => finding.Message == "there is no .auxo/ or .radicle/");
        Assert.All([Of(results, "documentation"), Of(results, "structure")], result
            => Assert.Equal((Outcome.Failed, false), (result.Step.Outcome, result.Step.Blocks)));
    }

    [Fact]
    public async Task binary_rubbish_and_huge_files_are_left_out_and_told()
    {
        var random = new Random(1);
        var rubbish = new byte[200_000];
        random.NextBytes(rubbish);
        await using var repository = await GitRepository.CreateAsync();
        var commit = await repository.CommitAsync(
            "main", [("*blob.sh", rubbish), ("bin/tool", rubbish),
                ("huge.txt", [.. Enumerable.Repeat((byte)'a', SourceTree.MaxTextBytes + 1)]), ("empty", []),
                ("latin.sh", "#!/bin/sh\necho \"caf\xe9\"\n"u8.ToArray())]);
        var results = await RunAsync(repository, commit, CheckSettings.Default, new VerdictCache());
        Assert.Contains("binary or over 1 MiB", results[2].Log, StringComparison.Ordinal);
        var said = Assert.Single(Of(results, "secrets").Findings);
        Assert.Equal(("too-large", "huge.txt", false), (said.Rule, said.Path, said.Blocks));
        Assert.DoesNotContain(results, result => result.Step.Outcome == Outcome.Errored);
    }

    [Fact]
    public async Task hostile_paths_reach_no_file_and_no_log_line_of_ours()
    {
        await using var repository = await GitRepository.CreateAsync();
        var blob = (await GitCommand.RunAsync(repository.Path, ["hash-object", "-w", "--stdin"],
            CancellationToken.None, Encoding.UTF8.GetBytes("if\n"))).Trim();
        var inner = (await GitCommand.RunAsync(
            repository.Path, ["mktree", "-z"], CancellationToken.None,
            Encoding.UTF8.GetBytes($"100755 blob {blob}\t-x.sh\0100755 blob {blob}\t..sh\0100755 blob "
                + $"{blob}\tnew\nline; rm -rf $HOME.sh\0"))).Trim();
        var commit = CommitId.Parse((await GitCommand.RunAsync(
            repository.Path, ["-c", "user.name=t", "-c", "user.email=t@t", "commit-tree", "-m", "x", inner], CancellationToken.None))
                .Trim());
        var results = await RunAsync(repository, commit, CheckSettings.Default, new VerdictCache());
        Assert.Equal(3, results[0].Findings.Count);
        Assert.Contains("\nnew line; rm -rf $HOME.sh:2: error:", results[0].Log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task what_is_known_of_a_content_is_not_asked_again()
    {
        await using var repository = await GitRepository.CreateAsync();
        var commit = await repository.CommitAsync([.. Tidy, ("*scripts/broken.sh", "#!/bin/bash\nif true; then\n")]);
        var cache = new VerdictCache();
        var first = await RunAsync(repository, commit, CheckSettings.Default, cache);
        var second = await RunAsync(repository, commit, CheckSettings.Default, cache);
        Assert.Contains("3 of them looked at before", second[0].Log, StringComparison.Ordinal);
        Assert.Equal(first.SelectMany(result => result.Findings), second.SelectMany(result => result.Findings));
    }

    [Fact]
    public void an_empty_list_with_an_exit_code_is_no_success()
    {
        Assert.Contains(
            "exit code 2", ShellCheck.Read(new ToolExit(2, """{"comments":[]}""", "x.sh: not readable"), out _), StringComparison.Ordinal);
        Assert.NotNull(ShellCheck.Read(new ToolExit(1, """{"comments":[]}""", ""), out _));
        Assert.NotNull(ShellCheck.Read(new ToolExit(0, "Segmentation", ""), out _));
        Assert.Null(ShellCheck.Read(new ToolExit(0, """{"comments":[]}""", ""), out _));
    }

    [Fact]
    public void a_check_that_could_not_run_is_never_a_silent_pass()
    {
        var skipped = CheckBatch.Judge(
            "shellcheck", CheckReport.Skipped("shellcheck is not installed"), CheckSettings.Default, TimeSpan.Zero);
        Assert.Equal((Outcome.Skipped, false, "shellcheck is not installed"), (
            skipped.Step.Outcome, skipped.Step.Blocks, skipped.Step.Summary));
        var errored = CheckBatch.Judge("secrets", CheckReport.Errored("no"), CheckSettings.Default, TimeSpan.Zero);
        Assert.Equal((Outcome.Errored, true), (errored.Step.Outcome, errored.Step.Blocks));
        var warned = CheckBatch.Judge("structure", CheckReport.Errored("no"), CheckSettings.Default, TimeSpan.Zero);
        Assert.Equal((Outcome.Errored, false), (warned.Step.Outcome, warned.Step.Blocks));
    }

    [Fact]
    public async Task five_hundred_files_are_measured()
    {
        // Measured, not judged by time: the figures go to the output.
        await using var repository = await GitRepository.CreateAsync();
        var source = string.Join('\n', Enumerable.Range(0, 120)
            .Select(i => $"    var value{i} = Compute(token: {i}, key: \"abc\"); // https://example.org/{i}"));
        var commit = await repository.CommitAsync(
            [.. Tidy, .. Enumerable.Range(0, 50)
                .Select(i => ($"*scripts/s{i}.sh", $"#!/bin/bash\nset -e\nfor f in *.txt; do\n  echo \"$f {i}\"\ndone\n")),
                .. Enumerable.Range(0, 443).Select(i => ($"src/f{i}.cs", $"// {i}\n{source}"))]);
        var cache = new VerdictCache();
        for (var round = 0; round < 3; round++)
        {
            var start = Stopwatch.GetTimestamp();
            var results = await RunAsync(repository, commit, CheckSettings.Default, cache);
            TestContext.Current.SendDiagnosticMessage(
                $"round {round}: {Stopwatch.GetElapsedTime(start).TotalMilliseconds:0} ms; "
                    + $"{string.Join(", ", results.Select(r => $"{r.Step.Step} {r.Step.Duration.TotalMilliseconds:0}"))}");
            Assert.All(results.Where(WasMade), result => Assert.Equal(Outcome.Passed, result.Step.Outcome));
            if (round == 1) cache = new VerdictCache();
        }
    }

    private static CheckResult Of(IReadOnlyList<CheckResult> results, string check) => results.Single(result => result.Step.Step == check);

    /// <summary>False for the check whose tool a machine need not have.</summary>
    private static bool WasMade(CheckResult result) => result.Step is not { Step: "sast", Outcome: Outcome.Skipped };

    private static async Task<IReadOnlyList<CheckResult>> RunAsync(
        (string, string)[] files, CheckSettings? settings = null, VerdictCache? cache = null)
    {
        await using var repository = await GitRepository.CreateAsync();
        return await RunAsync(
            repository, await repository.CommitAsync(files), settings ?? CheckSettings.Default, cache ?? new VerdictCache());
    }

    private static async Task<IReadOnlyList<CheckResult>> RunAsync(
        GitRepository repository, CommitId commit, CheckSettings settings, VerdictCache cache)
    {
        var temporary = Directory.CreateTempSubdirectory("auxo-tree-").FullName;
        await using var objects = new GitObjects(repository.Path);
        IReadOnlyList<CheckResult> results;
        await using (var tree = await SourceTree.ReadAsync(objects, commit, temporary, TestContext.Current.CancellationToken))
        {
            var names = CheckBatch.Chosen(settings).Select(check => check.Name).ToList();
            results = await CheckBatch.RunAsync(tree, settings, names, cache, TimeProvider.System, TestContext.Current.CancellationToken);
        }

        Directory.Delete(temporary);
        return results;
    }
}
