using Auxo.Pipeline.Hints;

namespace Auxo.Pipeline.Tests.Hints;

/// <summary>What is said of the failures that people meet, by the lines that programs print.</summary>
public sealed class KnownFailuresTests
{
    [Theory]
    [InlineData("program-missing", "/bin/sh: 3: cargo: not found", "'cargo'")]
    [InlineData("program-missing", "bash: line 2: pnpm: command not found", "'pnpm'")]
    [InlineData("program-missing", "make: node: No such file or directory", "'node'")]
    [InlineData("program-missing", "env: \u2018python3.14\u2019: No such file or directory", "'python3.14'")]
    [InlineData("program-missing", "Error: spawn jest ENOENT", "'jest'")]
    [InlineData("no-network", "curl: (6) Could not resolve host: pypi.org", "no network")]
    [InlineData("program-missing", "exec: \"gofmt\": executable file not found in $PATH", "'gofmt'")]
    [InlineData("no-network", "npm error code EAI_AGAIN", "no network")]
    [InlineData("no-network", "go: github.com/x/y@v1.0.0: dial tcp: lookup proxy.golang.org: no such host", "no network")]
    [InlineData("no-network", "ERROR: Failed to establish a new connection: [Errno -3] Temporary failure in name resolution", "no network")]
    [InlineData("not-executable", "/bin/sh: 1: ./build.sh: Permission denied", "chmod=+x ./build.sh")]
    [InlineData("interpreter-missing", "bash: ./run: /usr/bin/zsh: bad interpreter: No such file or directory", "image")]
    [InlineData("windows-line-ends", "/bin/sh: 1: set: Illegal option -\nbash: $'\\r': command not found", "Unix ones")]
    [InlineData("windows-line-ends", "env: \u2018bash\\r\u2019: No such file or directory", "")]
    [InlineData("newer-system-needed", "./tool: /lib/libc.so.6: version `GLIBC_2.38' not found (required by ./tool)", "GLIBC_2.38")]
    [InlineData("no-git-folder", "fatal: not a git repository (or any of the parent directories): .git", "AUXO_COMMIT")]
    [InlineData("read-only", "mkdir: cannot create directory '/opt/x': Read-only file system", "/tmp")]
    [InlineData("disk-full", "write error: No space left on device", "WorkspaceMiB")]
    [InlineData("out-of-memory", "FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory", "MemoryMiB")]
    [InlineData("out-of-memory", "Killed", "MemoryMiB")]
    [InlineData("too-many-processes", "bash: fork: retry: Resource temporarily unavailable", "Processes")]
    [InlineData("docker-missing", "Cannot connect to the Docker daemon at unix:///run/docker.sock. Is it running?", "image")]
    [InlineData("dependency-missing", "ModuleNotFoundError: No module named 'requests'", "'requests'")]
    [InlineData("dependency-missing", "Error: Cannot find module 'express'", "'express'")]
    [InlineData("dependency-missing", "x.csproj : error NU1101: Unable to find package altcover. No packages exist", "'altcover'")]
    [InlineData("address-in-use", "Error: listen EADDRINUSE: address already in use :::3000", "network of its own")]
    public void a_known_line_says_its_cause_and_what_to_do(string name, string output, string words)
    {
        var known = KnownFailures.All.Single(failure => failure.Name == name);
        if (words.Length == 0)
        {
            Assert.NotNull(KnownFailures.Advise(output));
            return;
        }

        var said = KnownFailures.Advise($"$ ./test\nok\n{output}\nmake: *** [Makefile:3: all] Error 1\n");
        Assert.NotNull(said);
        Assert.Contains(words, said, StringComparison.Ordinal);
        Assert.StartsWith(known.Advice.Split('{')[0], said, StringComparison.Ordinal);
    }

    [Fact]
    public void a_step_that_has_a_network_is_not_told_to_ask_for_one()
    {
        const string output = "curl: (6) Could not resolve host: pypi.org\n";
        Assert.Contains("'network: true'", KnownFailures.Advise(output), StringComparison.Ordinal);
        Assert.StartsWith("this machine does not reach it", KnownFailures.Advise(output, hasNetwork: true), StringComparison.Ordinal);
        Assert.Equal(KnownFailures.Advise("Killed\n"), KnownFailures.Advise("Killed\n", hasNetwork: true));
    }

    [Theory]
    [InlineData("expected 3, got 4\n")]
    [InlineData("$ curl https://example.org # Could not resolve host\n")]
    [InlineData("Error: key not found\nassert 1 == 2\n")]
    [InlineData("404 Not Found\n")]
    [InlineData("cat: in.txt: No such file or directory\n")]
    [InlineData("bash: line 1: in.txt: No such file or directory\n")]
    [InlineData("")]
    public void of_anything_else_nothing_is_said(string output) => Assert.Null(KnownFailures.Advise(output));

    [Fact]
    public void every_known_failure_has_its_part_of_the_guide()
    {
        var guide = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../../../docs/common-failures.md"));
        Assert.SkipUnless(File.Exists(guide), "the documents are not beside the test");
        var headings = File.ReadLines(guide)
            .Where(static line => line.StartsWith("## ", StringComparison.Ordinal)).Select(static line => line[3..]);
        Assert.Equal(KnownFailures.All.Select(static failure => failure.Name).Order(StringComparer.Ordinal), headings
            .Where(static heading => !heading.Contains(' ', StringComparison.Ordinal)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task only_the_end_of_a_long_log_is_read()
    {
        var file = Path.GetTempFileName();
        var ct = TestContext.Current.CancellationToken;
        await File.WriteAllTextAsync(file, $"curl: (6) Could not resolve host: a\n{new string('x', 100_000)}\nfailed\n", ct);
        Assert.Null(await KnownFailures.AdviseAsync(file, hasNetwork: false, ct));
        await File.AppendAllTextAsync(file, "Killed\n", ct);
        Assert.NotNull(await KnownFailures.AdviseAsync(file, hasNetwork: false, ct));
        File.Delete(file);
        Assert.Null(await KnownFailures.AdviseAsync(file, hasNetwork: false, ct));
    }
}
