using System.Diagnostics;
using System.Net.Http.Json;

using Auxo.Contracts;
using Auxo.Testing;

namespace Auxo.Pipeline.Tests.Host;

/// <summary><c>auxo ci shell</c>: what a failed build left is looked into by the program that ran it, without any service.</summary>
public sealed class ShellTests(PostgresFixture postgres) : IAsyncLifetime
{
    private readonly string _home = Directory.CreateTempSubdirectory("auxo-home-").FullName;
    private GitRepository _repository = null!;

    public async ValueTask InitializeAsync() => _repository = await GitRepository.CreateAsync();

    [Fact]
    public async Task a_shell_finds_what_the_failed_step_left_in_its_sandbox_with_its_variables()
    {
        var (failed, passed) = await BuildAsync();
        var (code, said) = await TalkAsync(
            "cat made; pwd; echo $LEVEL-$AUXO_STEP-$AUXO_TRIGGER; echo ${TOKEN-none}; ls -A ~ | wc -l; ls /root 2>&1; exit 7\n", failed);
        Assert.Equal(7, code);
        Assert.Contains(
            $"Build {failed} of demo at ", said, StringComparison.Ordinal);
        Assert.Contains("step test, in its sandbox, without a network and without the secrets TOKEN. What it ran:\n  $ cat made && false\n",
            said, StringComparison.Ordinal);
        Assert.Contains("made by make\n/workspace/sub\n3-test-patch\nnone\n0\nls: ", said, StringComparison.Ordinal);
        (code, said) = await TalkAsync("echo in $AUXO_STEP\n", failed, "make");
        Assert.Equal(0, code);
        Assert.EndsWith("in make\n", said, StringComparison.Ordinal);

        (code, said) = await TalkAsync("", passed);
        Assert.Equal(2, code);
        Assert.StartsWith($"auxo: The workspace of build {passed} is not here.", said, StringComparison.Ordinal);
        Assert.EndsWith($"auxo ci replay {passed}\n", said, StringComparison.Ordinal);
        (code, said) = await TalkAsync("", failed, "none");
        Assert.Equal((2, $"auxo: Build {failed} has no step 'none'. It has: make, test.\n"), (code, said));
    }

    [Fact]
    public async Task before_a_terminal_the_shell_has_one_of_its_own()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/script"), "the program script is not here");
        var (failed, _) = await BuildAsync();
        var (code, said) = await RunAsync(
            "/usr/bin/script", ["-qec", $"{Program} ci shell {failed}", "/dev/null"],
            "tty; test -t 0 && echo \"is $((40 + 2))\"; exit 5\n");
        Assert.Equal(5, code);
        Assert.Contains("/dev/pts/", said, StringComparison.Ordinal);
        Assert.Contains("is 42\r\n", said, StringComparison.Ordinal);
    }

    public async ValueTask DisposeAsync()
    {
        await _repository.DisposeAsync();
        Directory.Delete(_home, recursive: true);
    }

    private static string Program
        => Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../Auxo.Pipeline", new DirectoryInfo(AppContext.BaseDirectory).Name,
            "Auxo.Pipeline"));

    /// <summary>Two builds, of which one fails in its second step; then the service is gone.</summary>
    private async Task<(string Failed, string Passed)> BuildAsync()
    {
        var told = new Told(_repository);
        await using var host = await PipelineHost.StartAsync(await postgres.CreateDatabaseAsync(), _home);
        var bad = await _repository.CommitAsync(("sub/x", "x"), (".auxo/ci.yaml", """
            environment: { LEVEL: "3" }
            steps:
              - { name: make, run: echo made by make > sub/made }
              - { name: test, working-directory: sub, secrets: TOKEN, run: cat made && false }
            """));
        using var set = await host.Client.PutAsJsonAsync(
            "/secrets/TOKEN", new { value = "tok-S3cr3t/value+1", patches = "trusted" });
        Assert.True(set.IsSuccessStatusCode);
        await host.SendAsync(told.Opened(bad));
        await host.FinishedAsync(told.BuildOf(bad));
        var good = await _repository.CommitAsync((".auxo/ci.yaml", "steps: [{ name: a, run: \"true\" }]\n"));
        await host.SendAsync(told.Revised(good));
        await host.FinishedAsync(told.BuildOf(good));
        return (BuildId.Short(told.BuildOf(bad)), BuildId.Short(told.BuildOf(good)));
    }

    private Task<(int Code, string Said)> TalkAsync(string words, params string[] arguments)
        => RunAsync(Program, ["ci", "shell", .. arguments], words);

    private async Task<(int Code, string Said)> RunAsync(string program, IReadOnlyList<string> arguments, string words)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false,
        };
        start.Environment["AUXO_HOME"] = _home;
        using var process = Process.Start(start)!;
        await process.StandardInput.WriteAsync(words);
        // Behind a terminal the end of the input would be another word.
        if (program == Program) process.StandardInput.Close();
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var said = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, said + await errors);
    }
}
