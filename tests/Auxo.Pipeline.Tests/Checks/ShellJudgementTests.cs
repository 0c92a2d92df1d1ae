using System.Text;

using Auxo.Contracts;
using Auxo.Git;
using Auxo.Pipeline.Checks;
using Auxo.Pipeline.Checks.Files;

namespace Auxo.Pipeline.Tests.Checks;

/// <summary>The checks of shells judge what they understand; what one tool cannot do with one file is one finding.</summary>
public sealed class ShellJudgementTests
{
    private const string Archive = "PK (not a script\n\"'`$(( <<EOF ;; esac\n";

    /// <summary>Valid files, in the words of what they are: neither check may block them.</summary>
    public static TheoryData<string, string, string> Valid => new()
    {
        { "bash that switches extended patterns on",
            "*bin/sort", "#!/bin/bash\nshopt -s extglob\nfor f in !(*.txt|+([0-9])); do\n  echo \"$f\"\ndone\n" },
        { "bash that gets extended patterns from what it reads in",
            "*bin/clean", "#!/usr/bin/env bash\nsource ./options.sh\nrm -f -- !(keep)\n" },
        { "a library without a first line that uses extended patterns", "lib/globs.sh",
            "strip() { echo \"${1##+([[:space:]])}\"; ls -- @(a|b); }\n" },
        { "a function whose name ends in a question mark", "*bin/q", "#!/bin/bash\nok?() { :; }\nok?\n" },
        { "bats with tests", "test/greet.bats",
            "#!/usr/bin/env bats\nsetup() { x=1; }\n@test \"says: it's {fine}\" {\n  [ \"$x\" -eq 1 ]\n}\n" },
        { "bats without a first line", "test/more.bats",
            "@test 'a b' {\n  run true\n}\n\n  @test \"$(echo named)\" { # on one line\n  true\n}\n" },
        { "bats in a file that is named .sh", "*test/odd.sh", "#!/usr/bin/env bats\n@test \"x\" {\n  run true\n}\n" },
        { "sh with a function that is a word of bash", "*bin/menu",
            "#!/bin/sh\nselect() { echo \"$1\"; }\nselect a\n" },
        { "dash with a function that is a word of bash", "*bin/fun",
            "#!/bin/dash\nfunction() { echo \"$1\"; }\nfunction a\n" },
        { "ksh that bash does not parse", "*bin/k.ksh",
            "#!/bin/ksh\nx=( a=1; b=2 )\nfunction f.get { :; }\necho \"${x.a}\"\n" },
        { "ksh by its extension alone", "lib/types.ksh", "compound x=( integer a=1 )\necho \"${x.a}\"\n" },
        { "zsh in a file that is named .sh", "*bin/z.sh", "#!/usr/bin/env zsh\nprint -l ${(f)\"$(ls)\"} **/*(.)\n" },
        { "zsh in a file that is named .bash", "*bin/z.bash", "#!/bin/zsh -f\nfor f (*.txt) { print $f }\n" },
        { "a completion of zsh that is named .sh", "completions/tool.sh",
            "#compdef tool\n_arguments '-h[help]' && for x (a b) print $x\n" },
        { "fish in a file that is named .sh", "*bin/f.sh",
            "#!/usr/bin/fish\nfunction greet\n  echo (whoami)\nend\nif test 1; echo a; end\n" },
        { "perl in a file that is named .sh", "*bin/p.sh",
            "#!/usr/bin/perl\nmy %h = (a => 1);\nprint \"$h{a}\\n\" if (1);\n" },
        { "python behind env -S", "*bin/py.sh",
            "#!/usr/bin/env -S python3 -u\nprint(f\"{1 + 1}\") if (1) else None\n" },
        { "a shell that no check knows", "*bin/m.sh", "#!/bin/mksh\nx=${|REPLY=1;}\necho \"$x\"\n" },
        { "data behind exit", "*installer.sh", "#!/bin/sh\ntail -n +4 \"$0\" > /dev/null\nexit 0\n" + Archive },
        { "data behind main and exit in one line", "*self.sh",
            "#!/bin/bash\nmain() {\n  exit 1\n}\nmain \"$@\"; exit $?\n" + Archive },
        { "data behind exit with extended patterns before", "*ext.sh",
            "#!/bin/bash\nshopt -s extglob\nls @(a|b)\nexit\n" + Archive },
        { "python behind exec", "*poly",
            "#!/bin/sh\n''':'\nexec python3 \"$0\" \"$@\"\n'''\nprint(\"hi\" if (1) else \"it's\")\n" },
        { "perl behind eval exec", "*old",
            "#!/bin/sh\neval 'exec perl -S \"$0\" \"$@\"'\n  if 0;\nuse strict;\nmy %h = (a => \"it's\");\n" },
        { "a script by shellcheck's directive", "*etc/service",
            "#!/sbin/openrc-run\n# shellcheck shell=sh\necho \"$SVC\"\n" },
        { "a library that says it is for ksh", "lib/k.sh",
            "# helpers\n# shellcheck shell=ksh\ncompound x=( integer a=1 )\necho \"${x.a}\"\n" },
        { "a template that is filled in later", "*bin/run.sh.in", "#!/bin/sh\n@IF_SOMETHING@ (\n{% if x %}\n" },
        { "sh with a path of env and options", "*bin/e",
            "#!/usr/bin/env -S -u FOO A=1 bash -e\nshopt -s extglob\nls !(a)\n" },
        { "a library without a first line", "lib/plain.sh", "greet() {\n  echo \"$1\"\n}\n" },
    };

    [Theory]
    [MemberData(nameof(Valid))]
    public async Task a_valid_file_is_not_blocked(string what, string path, string content)
    {
        var results = await RunAsync((path, content));
        Assert.False(results.Any(result => result.Findings.Any(finding => finding.Blocks) || result.Step.Outcome == Outcome.Errored),
            $"{what}: {string.Concat(results.Select(result => result.Log))}");
    }

    /// <summary>Broken files: what the mercy above must not let through.</summary>
    public static TheoryData<string, string, string, int> Broken => new()
    {
        { "bash", "*a.sh", "#!/bin/bash\nif true; then\n  echo a\n", 4 },
        { "bash with extended patterns, broken behind them", "*b.sh",
            "#!/bin/bash\nshopt -s extglob\nls !(a)\nif true; then fi\n", 4 },
        { "bats", "c.bats", "#!/usr/bin/env bats\n@test \"x\" {\n  if\n}\n", 4 },
        { "sh that no shell parses", "*d.sh", "#!/bin/sh\ncase x in\n", 3 },
        { "broken before the exit", "*e.sh", "#!/bin/bash\nif true; then fi\nexit 0\n" + Archive, 2 },
        { "an exit inside of a function is no end", "*f.sh", "#!/bin/bash\nf() {\nexit 1\n}\nfi\n", 5 },
        { "an exit that depends is no end", "*g.sh", "#!/bin/bash\n[ -e x ] || exit 1\nfi\n", 3 },
        { "an exit in a here-document is no end", "*h.sh", "#!/bin/bash\ncat <<EOF\nexit 0\nEOF\nfi\n", 5 },
        { "a redirection by exec is no end", "*i.sh", "#!/bin/bash\nexec >log\nfi\n", 3 },
        { "extended patterns that nothing switches on", "*l.sh", "#!/bin/bash\nls -- !(a)\n", 2 },
        { "a library without a first line", "lib/j.sh", "f() {\n  fi\n}\n", 2 },
        { "a first line behind a byte order mark", "*k", "\uFEFF#!/bin/bash\nfi\n", 2 },
    };

    [Theory]
    [MemberData(nameof(Broken))]
    public async Task a_broken_file_is_blocked_at_its_line(string what, string path, string content, int line)
    {
        var results = await RunAsync((path, content));
        Assert.True(results[0].Findings.Any(finding => finding.Blocks && finding.Line == line), $"{what}: {results[0].Log}");
        Assert.Contains(results[0].Findings, static finding => CheckReport.HidesRest(finding.Rule));
        Assert.True(
            !results[1].Findings.Any(static finding => finding.Blocks)
                || results[1].Findings.Any(static finding => CheckReport.HidesRest(finding.Rule)),
            $"{what}: {results[1].Log}");
    }

    [Fact]
    public async Task what_is_left_alone_is_named_with_the_reason()
    {
        var results = await RunAsync(("*bin/z.sh", "#!/bin/zsh\nprint hello\n"), ("lib/k.ksh", "typeset -i x=1\necho \"$x\"\n"));
        Assert.Contains("left alone: bin/z.sh (written for zsh)", results[0].Log, StringComparison.Ordinal);
        Assert.Contains("left alone: lib/k.ksh (written for ksh)", results[0].Log, StringComparison.Ordinal);
        Assert.Contains("left alone: bin/z.sh (written for zsh)", results[1].Log, StringComparison.Ordinal);
    }

    /// <summary>Settings and what is read in, as shellcheck finds them at the top of a checkout; the rules that remain.</summary>
    public static TheoryData<string, (string, string)[], string[]> Surroundings => new()
    {
        { "settings in the script's folder",
            [("tools/.shellcheckrc", "disable=SC2086\n"), ("*tools/a.sh", "#!/bin/bash\necho $1\n")], [] },
        { "settings of another folder",
            [("other/.shellcheckrc", "disable=SC2086\n"), ("*tools/a.sh", "#!/bin/bash\necho $1\n")], ["SC2086"] },
        { "settings in a folder above",
            [("tools/shellcheckrc", "disable=SC2086\n"), ("*tools/x/y/a.sh", "#!/bin/bash\necho $1\n")], [] },
        { "the nearest settings count alone",
            [(".shellcheckrc", "disable=SC2086\n"), ("tools/.shellcheckrc", "disable=SC2034\n"),
                ("*tools/a.sh", "#!/bin/bash\necho $1\n")], ["SC2086"] },
        { "settings behind a byte order mark",
            [(".shellcheckrc", "\uFEFFdisable=SC2086\r\n"), ("*a.sh", "#!/bin/bash\necho $1\n")], [] },
        { "a variable of a file that is read in",
            [("*a.sh", "#!/bin/bash\n. lib/names.sh\necho \"$user_name\"\n"),
                ("lib/names.sh", "export user_name=x\n")], [] },
        { "a file beside the script, by its settings",
            [("bin/.shellcheckrc", "source-path=SCRIPTDIR\n"),
                ("*bin/a", "#!/bin/bash\nsource names.sh\necho \"$user_name\"\n"),
                ("bin/names.sh", "export user_name=x\n")], [] },
        { "a file that a directive names",
            [("*bin/a", "#!/bin/bash\n# shellcheck source=conf/names\n. \"$1\"\necho \"$user_name\"\n"),
                ("conf/names", "user_name=x\n")], [] },
        { "a file that the one that is read in reads in",
            [("*a.sh", "#!/bin/bash\n. b.sh\necho \"$user_name\"\n"),
                ("b.sh", ". c.sh\n"), ("c.sh", "export user_name=x\n")], [] },
        { "a file of this machine is not read",
            [(".shellcheckrc", "external-sources=true source-path=/etc\n"),
                ("*a.sh", "#!/bin/bash\n. os-release\necho \"$user_name\"\n")], ["SC2154"] },
        { "settings that a script reads in stay without what they may not say",
            [(".shellcheckrc", "external-sources=true\n"),
                ("*a.sh", "#!/bin/bash\n. .shellcheckrc\n. /etc/adduser.conf\necho \"$user_name\"\n")], ["SC2154"] },
    };

    [Theory]
    [MemberData(nameof(Surroundings))]
    public async Task the_surroundings_of_a_script_count(string what, (string, string)[] files, string[] rules)
    {
        var results = await RunAsync(files);
        var found = results[1].Findings.Select(finding => finding.Rule).Where(rule => rule is not "SC2148" and not "SC2034");
        Assert.True(rules.SequenceEqual(found), $"{what}: {results[1].Log}");
    }

    [Fact]
    public async Task a_changed_file_that_is_read_in_is_asked_about_again()
    {
        await using var repository = await GitRepository.CreateAsync();
        var cache = new VerdictCache();
        const string script = "#!/bin/bash\n. names.sh\necho \"$user_name\"\n";
        var first = await RunAsync(repository, cache, ("*a.sh", script), ("names.sh", "export user_name=x\n"));
        var second = await RunAsync(repository, cache, ("*a.sh", script), ("names.sh", "export other_name=x\n"));
        Assert.DoesNotContain(first[1].Findings, finding => finding.Rule == "SC2154");
        Assert.Contains(second[1].Findings, finding => finding is { Rule: "SC2154", Path: "a.sh" });
    }

    /// <summary>Programs that fail as shellcheck has failed: on one file, in one of several ways.</summary>
    [Theory]
    [InlineData("an internal error without JSON",
        "echo 'internal error: impossible' >&2; exit 1", "internal error: impossible")]
    [InlineData("killed for its memory", "kill -9 $$", "exit code 137")]
    [InlineData("an exit code of its own and an empty list",
        "echo '{\"comments\":[]}'; echo 'cannot read it' >&2; exit 2", "cannot read it")]
    [InlineData("half of its JSON", "printf '{\"comments\":[{'; exit 1", "something else than its JSON")]
    [InlineData("nothing at all", "exit 0", "something else than its JSON")]
    public async Task one_file_that_shellcheck_fails_on_is_one_finding(string what, string failure, string words)
    {
        var real = ToolProcess.Find("shellcheck");
        Assert.SkipWhen(real is null, "shellcheck is not installed");
        var folder = Directory.CreateTempSubdirectory("auxo-tool-");
        try
        {
            var fake = Path.Combine(folder.FullName, "shellcheck");
            await File.WriteAllTextAsync(
                fake, $"#!/bin/sh\nfor f do grep -qs BOOM \"./$f\" && {{ {failure}; }}; done\nexec {real} \"$@\"\n",
                TestContext.Current.CancellationToken);
            File.SetUnixFileMode(fake, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            await using var repository = await GitRepository.CreateAsync();
            var commit = await repository.CommitAsync([("*bad.sh", "#!/bin/bash\n# BOOM\necho ok\n"),
                .. Enumerable.Range(0, 9).Select(i => ($"*s{i}.sh", $"#!/bin/bash\necho $1 {i}\n"))]);
            await using var objects = new GitObjects(repository.Path);
            await using var tree = await SourceTree.ReadAsync(objects, commit, repository.Path, TestContext.Current.CancellationToken);
            var report = await ShellCheck.RunAsync(
                tree, CheckSettings.Default, new VerdictCache(), fake, TestContext.Current.CancellationToken);
            Assert.Null(report.Trouble);
            var failed = Assert.Single(report.Observations, seen => seen.Rule == CheckReport.NotJudged);
            Assert.Equal("bad.sh", failed.Path);
            Assert.Contains(words, failed.Message, StringComparison.Ordinal);
            Assert.Equal(9, report.Observations.Count(seen => seen.Rule == "SC2086"));
            Assert.False(CheckBatch.Judge("shellcheck", report, CheckSettings.Default, TimeSpan.Zero).Step.Blocks, what);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task a_file_that_takes_too_long_is_waited_for_once()
    {
        var folder = Directory.CreateTempSubdirectory("auxo-tool-");
        try
        {
            var (fake, slow) = (Path.Combine(folder.FullName, "shellcheck"), Path.Combine(folder.FullName, "slow"));
            await File.WriteAllTextAsync(
                fake, $"#!/bin/sh\n[ ! -e {slow} ] || exec sleep 600\necho '{{\"comments\":[]}}'\n", TestContext.Current.CancellationToken);
            File.SetUnixFileMode(fake, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            await File.WriteAllTextAsync(slow, "", TestContext.Current.CancellationToken);
            await using var repository = await GitRepository.CreateAsync();
            var commit = await repository.CommitAsync(("*a.sh", "#!/bin/sh\ntrue\n"));
            var cache = new VerdictCache();
            async Task<string> AskAsync(CommitId of)
            {
                await using var objects = new GitObjects(repository.Path);
                await using var tree = await SourceTree.ReadAsync(objects, of, repository.Path, TestContext.Current.CancellationToken);
                var most = TimeSpan.FromSeconds(File.Exists(slow) ? 0.1 : 60);
                var report = await ShellCheck.RunAsync(
                    tree, CheckSettings.Default, cache, fake, TestContext.Current.CancellationToken, (_, _) => most);
                return string.Join(' ', report.Observations.Select(static seen => $"{seen.Path}: {seen.Message}"));
            }

            var late = await AskAsync(commit);
            Assert.Contains("a.sh: not judged: shellcheck needs more than", late, StringComparison.Ordinal);
            File.Delete(slow);
            Assert.Equal(late, await AskAsync(commit));
            Assert.Empty(await AskAsync(await repository.CommitAsync(("*a.sh", "#!/bin/sh\nfalse\n"))));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task a_tool_that_only_waits_has_four_times_as_long_as_one_that_works()
    {
        static Task<ToolExit> RunAsync(string script, double seconds)
            => ToolProcess.RunAsync("/bin/sh", ["-c", script], "/", TimeSpan.FromSeconds(seconds), TestContext.Current.CancellationToken);
        Assert.Equal(7, (await RunAsync("sleep 1; exit 7", 0.8)).Code);
        await Assert.ThrowsAsync<TimeoutException>(() => RunAsync("sleep 600", 0.05));
        var began = TimeProvider.System.GetTimestamp();
        await Assert.ThrowsAsync<TimeoutException>(() => RunAsync("while :; do :; done", 0.2));
        Assert.True(TimeProvider.System.GetElapsedTime(began) >= TimeSpan.FromSeconds(0.2));
    }

    [Theory]
    [InlineData(1, 1_000, 20)]
    [InlineData(400, 1_000_000, 464)]
    [InlineData(1, 162_000, 59)]
    public void a_large_script_gets_the_time_that_it_needs(int files, int bytes, int seconds)
        => Assert.Equal(seconds, ShellCheck.Limit(files, bytes).TotalSeconds);

    [Fact]
    public async Task a_shellcheck_that_fails_on_all_files_is_no_pass()
    {
        await using var repository = await GitRepository.CreateAsync();
        var commit = await repository.CommitAsync(("*a.sh", "#!/bin/sh\ntrue\n"), ("*b.sh", "#!/bin/sh\nfalse\n"));
        await using var objects = new GitObjects(repository.Path);
        await using var tree = await SourceTree.ReadAsync(objects, commit, repository.Path, TestContext.Current.CancellationToken);
        var report = await ShellCheck.RunAsync(
            tree, CheckSettings.Default, new VerdictCache(), "/bin/false", TestContext.Current.CancellationToken);
        Assert.Equal(Outcome.Errored, report.Trouble);
    }

    [Fact]
    public void a_bash_that_was_killed_says_nothing_of_the_file()
        => Assert.Equal(CheckReport.NotJudged, Assert.Single(BashSyntax.Observe(139, [])).Rule);

    private static async Task<IReadOnlyList<CheckResult>> RunAsync(params (string, string)[] files)
    {
        await using var repository = await GitRepository.CreateAsync();
        return await RunAsync(repository, new VerdictCache(), files);
    }

    private static async Task<IReadOnlyList<CheckResult>> RunAsync(
        GitRepository repository, VerdictCache cache, params (string, string)[] files)
    {
        var commit = await repository.CommitAsync("main", files.Select(file => (file.Item1, Encoding.UTF8.GetBytes(file.Item2))));
        await using var objects = new GitObjects(repository.Path);
        await using var tree = await SourceTree.ReadAsync(objects, commit, repository.Path, TestContext.Current.CancellationToken);
        return await CheckBatch.RunAsync(
            tree, CheckSettings.Default, ["syntax", "shellcheck"], cache, TimeProvider.System, TestContext.Current.CancellationToken);
    }
}
