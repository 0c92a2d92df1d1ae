namespace Auxo.Cli.Tests;

/// <summary>What a repository's own settings of git do to the commands that work in it.</summary>
public sealed class WorkingCopyTests : IDisposable
{
    private readonly TempRepository _repository = new();

    private string Config => Path.Combine(_repository.Folder, ".git", "config");

    [Theory]
    [InlineData("[core]\n\thooksPath = ~/hooks\n")]
    [InlineData("[core]\n\texcludesFile = ~/.gitignore\n")]
    [InlineData("[include]\n\tpath = ~/more\n")]
    public async Task settings_may_name_the_users_home(string setting)
    {
        await _repository.CommitAsync("one");
        await File.AppendAllTextAsync(Config, setting, TestContext.Current.CancellationToken);

        foreach (var command in (string[][])[["sync-status"], ["clean-branches", "--dry-run"]])
        {
            var result = await RunAsync(command);
            Assert.Equal((0, ""), (result.ExitCode, result.Error));
        }
    }

    [Theory]
    [InlineData("sync-status")]
    [InlineData("clean-branches")]
    [InlineData("hooks install")]
    [InlineData("gate check")]
    [InlineData("repo adopt --type shell")]
    [InlineData("ci build")]
    public async Task settings_that_git_cannot_read_are_told_in_its_words(string command)
    {
        await _repository.CommitAsync("one");
        await File.AppendAllTextAsync(Config, "[half\n", TestContext.Current.CancellationToken);

        var result = await RunAsync(command.Split(' '));

        Assert.Equal(2, result.ExitCode);
        Assert.Contains("bad config line", result.Error, StringComparison.Ordinal);
        Assert.Contains("git status", result.Error, StringComparison.Ordinal);
    }

    public void Dispose() => _repository.Dispose();

    private Task<CliResult> RunAsync(string[] command)
        => CliResult.RunAsync(
            new() { ["HOME"] = "/nonexistent", ["PATH"] = Environment.GetEnvironmentVariable("PATH")! }, command,
            folder: _repository.Folder, ct: TestContext.Current.CancellationToken);
}
