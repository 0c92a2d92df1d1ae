using System.Diagnostics;

namespace Auxo.Hosting.Tests;

/// <summary><c>./auxo</c> and <c>.ci/run</c>.</summary>
public sealed class EntryScriptTests
{
    private static readonly string Root = FindRoot();

    [Theory]
    [InlineData("auxo")]
    [InlineData(".ci/run")]
    [InlineData("deploy/ci-image/build")]
    public async Task a_script_is_as_shellcheck_wants_it(string script)
    {
        Assert.SkipUnless((Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(':').Any(static f => File.Exists(Path.Combine(f, "shellcheck"))), "shellcheck is not installed.");
        Assert.Equal((0, ""), await RunAsync("shellcheck", Path.Combine(Root, script)));
    }

    [Fact]
    public async Task it_works_from_any_folder_and_through_a_link()
    {
        var folder = Directory.CreateTempSubdirectory("auxo-link-").FullName;
        File.CreateSymbolicLink(Path.Combine(folder, "auxo"), Path.Combine(Root, "auxo"));

        var (code, output) = await RunAsync("bash", "-c", $"cd / && {folder}/auxo test NoSuchSuite");

        Assert.Equal(1, code);
        Assert.Contains("there is no suite NoSuchSuite; there are: ", output, StringComparison.Ordinal);
        Assert.Contains(" Hosting ", output, StringComparison.Ordinal);
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task a_library_at_the_top_of_a_long_list_is_found()
    {
        var folder = Directory.CreateTempSubdirectory("auxo-library-").FullName;
        // More than a pipe holds: whoever stops reading early kills its writer.
        await WriteProgramAsync(Path.Combine(folder, "ldconfig"), "echo '  libssl.so.3'; seq 100000");
        var (code, output) = await RunAsync(
            "bash", "-c",
            $"set -euo pipefail; eval \"$(grep '^has_library()' {Path.Combine(Root, "auxo")} | sed s,/sbin/ldconfig,{folder}/ldconfig,)\""
                + "; has_library libssl; ! has_library libnone");
        Assert.Equal((0, ""), (code, output));
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task an_unknown_option_of_up_is_named()
        => Assert.Equal(
            (1, "auxo: up does not know '--what'; known are --detach, --dashboard, --install-dotnet and, alone, --role runner\n"),
            await RunAsync(Path.Combine(Root, "auxo"), "up", "--what"));

    [Fact]
    public async Task a_failed_build_says_what_is_wrong_and_where_the_rest_stands()
    {
        var folder = Directory.CreateTempSubdirectory("auxo-broken-").FullName;
        Directory.CreateDirectory(Path.Combine(folder, "home"));
        File.Copy(Path.Combine(Root, "auxo"), Path.Combine(folder, "auxo"));
        await WriteProgramAsync(Path.Combine(folder, "dotnet"),
            "[ \"$1\" != build ] || { echo 'A.cs(1,2): error CS1002: ; expected'; echo 'Time Elapsed'; exit 1; }");

        var (code, output) = await RunAsync("env", "CompileAhead=false", $"HOME={folder}/home",
            $"PATH={folder}:{Environment.GetEnvironmentVariable("PATH")}", $"{folder}/auxo", "hello");

        Assert.Equal((1, $"""
            auxo: building Auxo.Cli.csproj … (a first build takes some minutes)
            A.cs(1,2): error CS1002: ; expected
            auxo: the build failed; all it said is in {folder}/artifacts/stamps/Auxo.Cli.csproj.log

            """), (code, output));
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task where_the_compiler_of_ahead_cannot_be_had_it_builds_without()
    {
        var folder = Directory.CreateTempSubdirectory("auxo-ahead-").FullName;
        var program = Path.Combine(folder, "artifacts/bin/Auxo.Cli/release/auxo-cli");
        Directory.CreateDirectory(Path.GetDirectoryName(program)!);
        Directory.CreateDirectory(Path.Combine(folder, "home"));
        File.Copy(Path.Combine(Root, "auxo"), Path.Combine(folder, "auxo"));
        // Stands for an SDK whose feed lacks the package.
        await WriteProgramAsync(Path.Combine(folder, "dotnet"),
            "[ \"$1\" != build ] || [ \"${CompileAhead:-}\" = false ] || "
                + "{ echo 'error NU1101: Unable to find package microsoft.netcore.app.crossgen2.linux-x64' >&2; exit 1; }");
        await WriteProgramAsync(program, "echo \"built, and told $*\"");

        var (code, output) = await RunAsync("env", "-u", "CompileAhead", "-u", "NUGET_PACKAGES", $"HOME={folder}/home",
            $"PATH={folder}:{Environment.GetEnvironmentVariable("PATH")}", $"{folder}/auxo", "hello");

        Assert.Equal(0, code);
        Assert.Contains("crossgen2 cannot be had here; building without it", output, StringComparison.Ordinal);
        Assert.Contains("built, and told hello\n", output, StringComparison.Ordinal);
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task a_test_run_that_fails_ends_with_what_failed_and_not_with_what_services_logged()
    {
        var folder = Directory.CreateTempSubdirectory("auxo-red-").FullName;
        var suite = Path.Combine(folder, "artifacts/bin/Auxo.Sample.Tests/release/Auxo.Sample.Tests");
        foreach (var needed in (string[])[Path.GetDirectoryName(suite)!, Path.Combine(folder, "home"),
            Path.Combine(folder, "tests/Auxo.Sample.Tests"), Path.Combine(folder, "tests/Auxo.Zebra.Tests")])
            Directory.CreateDirectory(needed);
        File.Copy(Path.Combine(Root, "auxo"), Path.Combine(folder, "auxo"));
        await WriteProgramAsync(Path.Combine(folder, "dotnet"), "true");
        await WriteProgramAsync(suite, """
            echo run >> "$0.runs"
            echo "    it_works [FAIL]"
            echo "      Assert.Equal() Failure"
            echo "12:00:00 wrn Somewhere else"
            echo "      a stack of the log"
            echo "   Auxo.Sample.Tests  Total: 3, Errors: 0, Failed: 1, Skipped: 0, Not Run: 0, Time: 0.1s"
            exit 1
            """);

        var (code, output) = await RunAsync("env", "CompileAhead=false", $"HOME={folder}/home",
            $"PATH={folder}:{Environment.GetEnvironmentVariable("PATH")}", $"{folder}/auxo", "test", "sample");

        Assert.Equal(1, code);
        Assert.Contains(" s)\n    it_works [FAIL]\n      Assert.Equal() Failure\n2 passed, 1 failed, 0 skipped\n",
            output, StringComparison.Ordinal);
        Assert.Equal("run\n", await File.ReadAllTextAsync(suite + ".runs", TestContext.Current.CancellationToken));
        Assert.DoesNotContain("of the log", output, StringComparison.Ordinal);
        Directory.Delete(folder, recursive: true);
    }

    private static async Task WriteProgramAsync(string path, string script)
    {
        await File.WriteAllTextAsync(path, $"#!/usr/bin/env bash\n{script}\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    private static async Task<(int Code, string Output)> RunAsync(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false,
        };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output + await errors);
    }

    private static string FindRoot()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Auxo.sln"))) folder = Path.GetDirectoryName(folder)
            ?? throw new InvalidOperationException("This does not run inside the repository.");
        return folder;
    }
}
