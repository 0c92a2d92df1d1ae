using System.Diagnostics;

using Auxo.Testing.Radicle;

namespace Auxo.EndToEnd.Tests;

/// <summary>The README's first command, as its reader runs it: it runs to its end and leaves nothing behind.</summary>
public sealed class DemoTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task the_demo_shows_the_whole_way_of_a_push_and_leaves_nothing_behind(bool radicle)
    {
        var ct = TestContext.Current.CancellationToken;
        if (radicle) Assert.SkipUnless(RadicleLab.MissingPrograms()
            .Count == 0, $"No real Radicle nodes: {string.Join(", ", RadicleLab.MissingPrograms())} not on PATH.");
        var here = Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory);
        var temporary = Directory.CreateTempSubdirectory("demo-").FullName;
        File.SetUnixFileMode(temporary, (UnixFileMode)0b111_101_101);
        var start = new ProcessStartInfo(Path.Combine(here, "..", "..", "Auxo.Cli", Path.GetFileName(here), "auxo-cli"), ["demo"])
        {
            UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true,
            Environment =
            {
                ["TMPDIR"] = temporary,
                ["PATH"] = radicle
                    ? Environment.GetEnvironmentVariable("PATH")
                    : string.Join(Path.PathSeparator, Environment.GetEnvironmentVariable("PATH")!.Split(Path.PathSeparator)
                        .Where(folder => !File.Exists(Path.Combine(folder, "rad")))),
            },
        };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync(ct);
        var output = await process.StandardOutput.ReadToEndAsync(ct);
        await process.WaitForExitAsync(ct);

        Assert.True(process.ExitCode == 0, output + await errors);
        foreach (var expected in (string[])["healthy after", "✗ failed", "scripts/greet.sh:6",
            "build.failed, signature verified", "build.passed, signature verified", "out/demo.tar.gz", "lead time"])
            Assert.Contains(expected, output, StringComparison.Ordinal);
        if (radicle) Assert.Contains("on bob's own node", output, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateDirectories(temporary, "auxo-demo-*"));
        Assert.DoesNotContain(
            Directory.EnumerateDirectories("/proc").Select(static p => Path.Combine(p, "cmdline")).Where(File.Exists).Select(ReadOrNothing),
            command => command.Contains(temporary, StringComparison.Ordinal));
        Directory.Delete(temporary, recursive: true);
    }

    private static string ReadOrNothing(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (IOException)
        {
            // It ended while we looked.
            return "";
        }
    }
}
