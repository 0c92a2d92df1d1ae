using System.Diagnostics;

using Auxo.Benchmarks.Measuring;
using Auxo.Benchmarks.Thread;

namespace Auxo.Benchmarks.Checks;

/// <summary>
/// What a commit waits for with a hundred staged files: the hook's own command, two programs in a row, beside what a hook of a shell
/// script does, one file after the other over what is staged.
/// </summary>
internal static class StagedFiles
{
    private const int Files = 100;

    private const string ByHand = """
        set -u
        top=$(mktemp -d)
        git diff --cached --name-only --diff-filter=ACMR | while read -r name; do
            file=$top/${name##*/}
            git show ":$name" > "$file"
            case $name in *.sh) bash -n "$file"; shellcheck -f gcc "$file"; test -x "$name" ;; esac
            grep -nEI \
                -e '-----BEGIN [A-Z ]*PRIVATE KEY' -e 'AKIA[0-9A-Z]{16}' -e 'gh[pousr]_[A-Za-z0-9]{36}' -e 'xox[baprs]-[A-Za-z0-9-]{10,}' \
                -e '(password|passwd|secret|token|api_?key)["'"'"' ]*[:=]["'"'"' ]*[A-Za-z0-9+/_-]{16,}' "$file"
        done
        rm -rf "$top"
        true
        """;

    /// <summary>Measures.</summary>
    public static async Task<IReadOnlyList<Figure>> RunAsync(BenchmarkContext context, CancellationToken ct)
    {
        if (!HasTools()) throw new InvalidOperationException("it needs bash, shellcheck and git on PATH");
        var rounds = context.Options.Count(12, 2);
        var (some, someByHand) = await MeasureAsync(rounds, every: 4, ct);
        var (scripts, byHand) = await MeasureAsync(rounds, every: 1, ct);
        var (one, oneByHand) = await MeasureAsync(rounds, every: 1, ct, files: 1);
        return
        [
            new($"pre-commit, {Files} staged files, a quarter of them shell scripts", "ms", some, someByHand, Goal.AtMost(1000))
            {
                Note = "'auxo hooks run pre-commit', every content new; the peer is a hook as people write it: for one file after "
                    + "the other 'git show :FILE', bash -n and shellcheck for scripts, grep with five patterns",
            },
            new("the same beside its peer", "ms", some, someByHand, Goal.AtMostOfPeer(0.5)) { IsPart = true },
            new($"pre-commit, {Files} staged shell scripts of sixty lines", "ms", scripts, byHand)
            {
                Note = "nearly all of it is shellcheck's processor time, of which Auxo has two processes",
            },
            new("pre-commit, one staged shell script", "ms", one, oneByHand),
        ];
    }

    private static async Task<(Series Auxo, Series ByHand)> MeasureAsync(int rounds, int every, CancellationToken ct, int files = Files)
    {
        var folder = Directory.CreateTempSubdirectory("auxo-bench-");
        try
        {
            await RunAsync("git", folder.FullName, ct, "init", "-q", "-b", "main");
            List<double> auxo = [], byHand = [];
            for (var round = 0; round <= rounds; round++)
            {
                for (var i = 0; i < files; i++)
                    await WriteAsync(folder.FullName, i % every == 0 ? $"scripts/job{i:00}.sh" : $"src/part{i:00}.txt", round, i, ct);
                await RunAsync("git", folder.FullName, ct, "add", "-A");
                // By turns, and who is first alternates too; the first round warms the disk.
                var first = round % 2 == 0;
                if (first) await AuxoAsync();
                var hand = await RunAsync("bash", folder.FullName, ct, "-c", ByHand);
                if (round > 0) byHand.Add(hand);
                if (!first) await AuxoAsync();
                await RunAsync(
                    "git", folder.FullName, ct,
                    "-c", "user.name=b", "-c", "user.email=b@example.org", "commit", "-q", "--no-verify", "-m", "x");

                async Task AuxoAsync()
                {
                    var took = await RunAsync(Cli, folder.FullName, ct, "hooks", "run", "pre-commit");
                    if (round > 0) auxo.Add(took);
                }
            }

            return (new Series(auxo), new Series(byHand));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static string Cli
    {
        get
        {
            var here = Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory);
            return Path.GetFullPath(Path.Combine(here, "..", "..", "Auxo.Cli", Path.GetFileName(here), "auxo-cli"));
        }
    }

    private static bool HasTools()
        => ((string[])["bash", "shellcheck", "git"]).All(static name => (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, name))));

    private static async Task WriteAsync(string folder, string name, int round, int number, CancellationToken ct)
    {
        var file = Path.Combine(folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        await File.WriteAllTextAsync(
            file, name.EndsWith(".sh", StringComparison.Ordinal) ? SixChecks.Script(round, number)
                : string.Concat(Enumerable.Range(0, 60).Select(i => $"value_{i} = compute({number}, {round}, {i * 31 + number});\n")), ct);
        if (name.EndsWith(".sh", StringComparison.Ordinal)) File.SetUnixFileMode(file, (UnixFileMode)0b111_101_101);
    }

    private static async Task<double> RunAsync(string program, string folder, CancellationToken ct, params string[] arguments)
    {
        var begun = TimeProvider.System.GetTimestamp();
        using var process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder, UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true,
        })!;
        await Task.WhenAll(process.StandardOutput.ReadToEndAsync(ct), process.StandardError.ReadToEndAsync(ct));
        await process.WaitForExitAsync(ct);
        return TimeProvider.System.GetElapsedTime(begun).TotalMilliseconds;
    }
}
