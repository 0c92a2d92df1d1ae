using System.Diagnostics;

namespace Auxo.Hosting.Tests;

/// <summary>
/// <c>deploy/ci-image/build</c>: that it is a good script (<see cref="EntryScriptTests"/> asks shellcheck), what it refuses, and, where
/// <c>AUXO_TEST_CI_IMAGE</c> is set, that it makes the image. That takes minutes, root, debootstrap and Debian's packages.
/// </summary>
public sealed class CiImageTests : IDisposable
{
    private readonly string _output = Directory.CreateTempSubdirectory("auxo-ci-image-").FullName;

    [Theory]
    [InlineData("'--what' is no option", "--what", "x")]
    [InlineData("'A B' is no name of an image", "--tag", "A B")]
    [InlineData("--snapshot is a time such as 20261101T000000Z", "--snapshot", "yesterday")]
    [InlineData("/no/wheels is no folder", "--semgrep-wheels", "/no/wheels")]
    [InlineData("/no/trivy is not there", "--trivy", "/no/trivy")]
    public async Task what_it_cannot_do_is_refused_before_anything_is_made(string why, params string[] arguments)
    {
        var (code, said) = await RunAsync([.. arguments, "--no-load"]);
        Assert.Equal(1, code);
        Assert.EndsWith($"ci-image: {why}\n", said, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(_output));
    }

    [Fact]
    public async Task the_image_is_made_and_its_digest_stands_beside_it()
    {
        Assert.SkipWhen(Environment.GetEnvironmentVariable("AUXO_TEST_CI_IMAGE") is null or "", "AUXO_TEST_CI_IMAGE is not set");
        Assert.SkipUnless(Environment.IsPrivilegedProcess && File.Exists("/usr/sbin/debootstrap"), "it needs root and debootstrap");
        var (code, said) = await RunAsync(["--no-load"]);
        Assert.True(code == 0, said);
        Assert.Matches(@"^sha256:[0-9a-f]{64}  auxo-radicle-ci:latest\n\z", await File.ReadAllTextAsync(
            Path.Combine(_output, "digest"), TestContext.Current.CancellationToken));
        var packages = await File.ReadAllLinesAsync(Path.Combine(_output, "packages"), TestContext.Current.CancellationToken);
        foreach (var package in (string[])["bash", "git", "shellcheck", "python3", "nodejs", "npm"])
            Assert.Contains(packages, line => line.StartsWith(package + "=", StringComparison.Ordinal));
    }

    public void Dispose() => Directory.Delete(_output, recursive: true);

    private async Task<(int Code, string Said)> RunAsync(string[] arguments)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Auxo.sln"))) folder = folder.Parent!;
        var start = new ProcessStartInfo(Path.Combine(folder.FullName, "deploy", "ci-image", "build"), [.. arguments, "--output", _output])
        {
            RedirectStandardError = true, UseShellExecute = false,
        };
        using var process = Process.Start(start)!;
        var said = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, said);
    }
}
