using System.Diagnostics;

namespace Auxo.EndToEnd.Tests;

/// <summary>The script that cuts the network, as its reader runs it.</summary>
public sealed class OfflineProofTests
{
    [Fact]
    public async Task without_a_network_a_repository_is_cloned_built_installed_published_and_verified()
    {
        var ct = TestContext.Current.CancellationToken;
        foreach (var program in (string[])["npm", "git", "curl", "python3", "ip"])
            Assert.SkipUnless(OnPath(program), $"{program} is not installed.");
        Assert.SkipUnless((await RunAsync("unshare", ct, "--net", "true")).ExitCode == 0, "No network namespace can be made here.");
        var release = Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory);
        var root = Path.GetFullPath(Path.Combine(release, "..", "..", "..", ".."));

        var (exit, said) = await RunAsync("bash", ct, Path.Combine(root, "tests", "offline", "offline-proof.sh"));

        Assert.True(exit == 0, said);
        Assert.EndsWith("offline proof: passed\n", said, StringComparison.Ordinal);
    }

    private static bool OnPath(string program)
        => Environment.GetEnvironmentVariable("PATH")!.Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, program)));

    private static async Task<(int ExitCode, string Said)> RunAsync(string program, CancellationToken ct, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(ct), process.StandardError.ReadToEndAsync(ct));
        await process.WaitForExitAsync(ct);
        var said = await output;
        return (process.ExitCode, process.ExitCode == 0 ? said : said + await error);
    }
}
