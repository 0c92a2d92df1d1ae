using System.Diagnostics;
using System.Text.Json;

namespace Auxo.Cli.Tests.Commands;

public sealed class ShimCommandsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("auxo-shims-").FullName;

    [Theory]
    [InlineData("sync-status", "sync-status")]
    [InlineData("ci-status", "ci status")]
    [InlineData("clean-branches", "clean-branches")]
    public async Task an_old_name_calls_the_command_with_its_arguments(string name, string command)
    {
        var ct = TestContext.Current.CancellationToken;
        Assert.Equal(0, (await RunAsync("shims", "bin")).ExitCode);
        foreach (var file in (string[])[name, name + ".sh"])
        {
            var path = Path.Combine(_folder, "bin", file);
            var text = await File.ReadAllTextAsync(path, ct);
            await File.WriteAllTextAsync(path, text.Replace(Environment.ProcessPath!, "/bin/echo", StringComparison.Ordinal), ct);
            using var run = Process.Start(new ProcessStartInfo(path, ["10", "a b"]) { UseShellExecute = false,
                RedirectStandardOutput = true })!;
            Assert.Equal($"{command} 10 a b\n", await run.StandardOutput.ReadToEndAsync(ct));
        }
    }

    [Fact]
    public async Task an_empty_name_is_no_folder()
    {
        Assert.Equal(2, (await RunAsync("shims", "")).ExitCode);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder));
    }

    [Fact]
    public async Task no_script_leads_to_a_command_that_is_not_there()
    {
        var json = JsonDocument.Parse((await RunAsync("shims", ".", "--json")).Out).RootElement;
        var missing = json.GetProperty("missing").EnumerateArray().Select(static m => m.GetString()!).ToList();
        Assert.NotEmpty(json.GetProperty("written").EnumerateArray());
        Assert.All(missing, name => Assert.False(File.Exists(Path.Combine(_folder, name))));
        foreach (var written in json.GetProperty("written").EnumerateArray())
        {
            string[] words = [.. written.GetProperty("command").GetString()!.Split(' ')[1..], "--help"];
            Assert.Equal(0, (await RunAsync(words)).ExitCode);
        }
    }

    [Fact]
    public async Task a_file_of_somebody_else_stays_and_our_own_is_written_again()
    {
        var ct = TestContext.Current.CancellationToken;
        var mine = Path.Combine(_folder, "ci-status.sh");
        await File.WriteAllTextAsync(mine, "#!/bin/sh\necho mine\n", ct);
        var first = await RunAsync("shims", ".");
        Assert.Equal(1, first.ExitCode);
        Assert.Contains("ci-status.sh is a file of somebody else", first.Out, StringComparison.Ordinal);
        Assert.Contains("echo mine", await File.ReadAllTextAsync(mine, ct), StringComparison.Ordinal);
        File.Delete(mine);
        Assert.Equal(0, (await RunAsync("shims", ".")).ExitCode);
        Assert.Equal(0, (await RunAsync("shims", ".")).ExitCode);
    }

    [Fact]
    public async Task on_a_full_disk_no_half_script_stays()
    {
        Assert.NotEqual(0, (await FullDisk.RunAsync(_folder, [], "shims", ".")).ExitCode);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder));
        // What an earlier Auxo left there.
        await File.WriteAllTextAsync(Path.Combine(_folder, "ci-status"), "", TestContext.Current.CancellationToken);
        Assert.Equal(0, (await RunAsync("shims", ".")).ExitCode);
    }

    [Fact]
    public async Task a_pipe_is_no_script_of_ours_and_is_not_opened()
    {
        NoFile.Make(Path.Combine(_folder, "ci-status"), "pipe");
        var run = await RunAsync("shims", ".").WaitAsync(NoFile.Patience, TestContext.Current.CancellationToken);
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("ci-status is a file of somebody else", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_folder_without_a_name_is_refused()
    {
        Assert.Equal(2, (await RunAsync("shims", "")).ExitCode);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private Task<CliResult> RunAsync(params string[] args) => CliResult.RunAsync([], args, folder: _folder, width: 120);
}
