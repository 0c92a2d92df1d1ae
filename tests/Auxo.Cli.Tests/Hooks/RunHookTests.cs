namespace Auxo.Cli.Tests.Hooks;

public sealed class RunHookTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("auxo-run-").FullName;

    [Fact]
    public async Task the_pipelines_own_program_is_asked_and_its_answer_is_the_exit_code()
    {
        var place = Directory.CreateDirectory(Path.Combine(
            _folder, "Auxo.Pipeline", Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory))));
        var program = Path.Combine(place.FullName, "Auxo.Pipeline");
        await File.WriteAllTextAsync(program, "#!/bin/sh\necho \"$*\"\nexit 1\n", TestContext.Current.CancellationToken);
        File.SetUnixFileMode(program, (UnixFileMode)0b111_101_101);
        var plain = await RunAsync("hooks", "run", "pre-commit", "named/by.others");
        Assert.Equal((1, $"ci staged {_folder}\n"), (plain.ExitCode, plain.Out));
        Assert.Equal($"ci staged {_folder} --json\n", (await RunAsync("hooks", "run", "pre-commit", "--json")).Out);
        var coloured = await CliResult.RunAsync(
            [], ["hooks", "run", "pre-commit"], terminal: true, folder: _folder, programs: _folder);
        Assert.Equal($"ci staged {_folder} --colour\n", coloured.Out);
    }

    [Fact]
    public async Task without_the_program_it_says_what_to_do()
    {
        var result = await RunAsync("hooks", "run", "pre-commit");
        Assert.Equal(3, result.ExitCode);
        Assert.Contains("./auxo doctor", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task before_a_push_it_is_the_gate()
    {
        // Not of Radicle: nothing is asked.
        Assert.Equal(0, (await RunAsync("hooks", "run", "pre-push", "origin", "https://example.org/x")).ExitCode);
        Assert.Equal(2, (await RunAsync("hooks", "run", "pre-push")).ExitCode);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private Task<CliResult> RunAsync(params string[] args)
        => CliResult.RunAsync([], args, folder: _folder, programs: _folder, input: "");
}
