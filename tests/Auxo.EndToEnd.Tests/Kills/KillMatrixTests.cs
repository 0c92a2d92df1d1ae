using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Auxo.EndToEnd.Tests.Kills;

/// <summary>
/// The kill matrix as far as a minute goes: services, named crash points, PostgreSQL, the AppHost, everything at once, under
/// load. <c>./auxo torture</c> goes through all of it, and for as long as one likes.
/// </summary>
[Collection(nameof(KillMatrixTests))]
public sealed partial class KillMatrixTests
{
    [Fact]
    public async Task whatever_is_killed_nothing_acknowledged_is_lost_and_nothing_is_done_twice()
    {
        // Without nodes, whose programs are slow: ThreadOnRealNodesTests and the tests of ingest kill where comments are written.
        var (code, output) = await TortureAsync(TestContext.Current.CancellationToken, "--plain", "--kills", "60", "--minutes", "1");
        TestContext.Current.TestOutputHelper?.WriteLine(output);
        Assert.True(code == 0, output);
        Assert.Matches(@"lost +0\n", output);
        Assert.Matches(@"effects doubled +0\n", output);
    }

    [Fact]
    public async Task every_crash_point_of_the_sources_has_its_row_in_the_matrix()
    {
        var (code, list) = await TortureAsync(TestContext.Current.CancellationToken, "--list");
        Assert.Equal(0, code);
        var rows = list.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static line => line.Split(' ')[1]);
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(root.FullName, "Auxo.sln"))) root = root.Parent
            ?? throw new InvalidOperationException("This test runs inside the repository only.");
        var points = ((string[])["libs", "services", "Auxo.ServiceDefaults"])
            .SelectMany(folder => Directory.EnumerateFiles(Path.Combine(root.FullName, folder), "*.cs", SearchOption.AllDirectories))
            .SelectMany(static file => Hit().Matches(File.ReadAllText(file)).Select(static match => match.Groups["name"].Value));
        Assert.Equal(points.Distinct(StringComparer.Ordinal)
            .Order(StringComparer.Ordinal), rows.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));
    }

    private static async Task<(int Code, string Output)> TortureAsync(CancellationToken ct, params string[] words)
    {
        var here = Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory);
        var start = new ProcessStartInfo(
            Path.GetFullPath(Path.Combine(here, "..", "..", "Auxo.Torture", Path.GetFileName(here), "Auxo.Torture")), words)
        {
            UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync(ct);
        var output = await process.StandardOutput.ReadToEndAsync(ct);
        await process.WaitForExitAsync(ct);
        return (process.ExitCode, output + await errors);
    }

    [GeneratedRegex("CrashPoint\\.Hit\\(\"(?<name>[a-z._]+)\"\\)", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Hit();
}

/// <summary>Whatever ran beside it would wait for the processor most of the time.</summary>
[CollectionDefinition(nameof(KillMatrixTests), DisableParallelization = true)]
public sealed class KillMatrixCollection;
