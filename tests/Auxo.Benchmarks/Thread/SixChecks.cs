using System.Diagnostics;
using System.Globalization;
using System.Text;

using Auxo.Benchmarks.Measuring;
using Auxo.Benchmarks.Sides;

namespace Auxo.Benchmarks.Thread;

/// <summary>
/// A repository of 500 files, 60 of them shell scripts: the six built-in checks that need no tool of a team's own, as a build runs
/// them, beside the same tools run by hand over a checkout.
/// </summary>
internal static class SixChecks
{
    private const int Files = 500;
    private const int Scripts = 60;

    /// <summary>
    /// What a person would type: every script through bash and shellcheck on all cores, every file through grep, then modes and
    /// papers.
    /// </summary>
    private const string ByHand = """
        set -u
        git ls-files -z '*.sh' | xargs -0 -n1 -P"$(nproc)" bash -n
        git ls-files -z '*.sh' | xargs -0 -n8 -P"$(nproc)" shellcheck -f gcc
        git ls-files -z | xargs -0 grep -nEI \
            -e '-----BEGIN [A-Z ]*PRIVATE KEY' -e 'AKIA[0-9A-Z]{16}' \
            -e 'gh[pousr]_[A-Za-z0-9]{36}' -e 'glpat-[A-Za-z0-9_-]{20}' -e 'xox[baprs]-[A-Za-z0-9-]{10,}' \
            -e 'https?://[^/ :]+:[^/ @]+@' -e '(password|passwd|secret|token|api_?key)["'"'"' ]*[:=]["'"'"' ]*[A-Za-z0-9+/_-]{16,}'
        git ls-files -z '*.sh' | xargs -0 -n1 sh -c 'test -x "$0" && head -c2 "$0" | grep -q "#!"'
        test -s README.md && test -s LICENSE
        true
        """;

    /// <summary>Measures.</summary>
    public static async Task<IReadOnlyList<Figure>> RunAsync(BenchmarkContext context, CancellationToken ct)
    {
        var auxo = await context.InstanceAsync(ct);
        using var repository = await PlainRepository.CreateAsync(Content(round: 0, Files), ct);
        List<double> cold = [], coldByHand = [], warm = [], warmByHand = [];
        for (var round = 1; round <= context.Options.Count(4, 1); round++)
        {
            // Every file is new: nothing that is remembered helps.
            await MeasureAsync(Content(round, Files), cold, coldByHand);
            // What a push usually is: one file differs.
            for (var i = 0; i < 3; i++) await MeasureAsync(Content(round * 10 + i, 1), warm, warmByHand);
        }

        return
        [
            new($"six checks, {Files} files of which one changed", "ms", new Series(warm), new Series(warmByHand), Goal.AtMost(300))
            {
                Note = "from the build's start to its verdict; the peer is bash -n, shellcheck and grep (seven "
                    + "patterns; gitleaks is not installed) by hand on all cores over a checkout that is there already",
            },
            new($"six checks, {Files} files never seen before", "ms", new Series(cold), new Series(coldByHand)),
        ];

        async Task MeasureAsync(IReadOnlyDictionary<string, string> files, List<double> auxos, List<double> byHand)
        {
            var commit = await repository.CommitAsync(files, ct);
            auxos.Add((await repository.BuildAsync(auxo, commit, ct)).GetProperty("durationSeconds").GetDouble() * 1000);
            byHand.Add(await ByHandAsync(repository.Path, ct));
        }
    }

    private static async Task<double> ByHandAsync(string folder, CancellationToken ct)
    {
        var begun = TimeProvider.System.GetTimestamp();
        using var process = Process.Start(new ProcessStartInfo("bash", ["-c", ByHand]) { WorkingDirectory = folder,
            UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true })!;
        var output = process.StandardOutput.ReadToEndAsync(ct);
        await process.StandardError.ReadToEndAsync(ct);
        await output;
        await process.WaitForExitAsync(ct);
        return TimeProvider.System.GetElapsedTime(begun).TotalMilliseconds;
    }

    private static Dictionary<string, string> Content(int round, int count)
    {
        var files = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var i = 0; i < count; i++)
        {
            var (name, text) = i < Scripts
                ? ($"scripts/job{i:00}.sh", Script(round, i))
                : i % 5 == 0 ? ($"docs/page{i:000}.md", Page(round, i))
                : ($"src/part{i % 16:00}/file{i:000}.txt", Text(round, i));
            files[name] = text;
        }

        if (count > 1)
        {
            (files["README.md"], files["LICENSE"]) = ("# Five hundred files\n\nTo measure with.\n", "Nobody's.\n");
            // Nobody's hand runs its like beside them.
            files[".auxo/ci.yaml"] = "checks: { sast: off }\n";
        }

        return files;
    }

    /// <summary>Some sixty lines, as a script of a team has them.</summary>
    internal static string Script(int round, int number)
    {
        var text = new StringBuilder()
            .AppendLine(CultureInfo.InvariantCulture, $"#!/usr/bin/env bash\n# job {number}, round {round}\nset -euo pipefail\n");
        for (var i = 0; i < 8; i++)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $$"""
                step_{{i}}() {
                    local name=$1 count=${2:-{{number}}}
                    if [ "$count" -gt {{i}} ]; then
                        printf '%s: %d\n' "$name" "$count"
                    fi
                }
                step_{{i}} "round {{round}}"
                """);
        }

        return text.ToString();
    }

    private static string Page(int round, int number)
        => $"# Page {number}\n\nRound {round}; see [the first page](../README.md).\n\n"
            + string.Concat(Enumerable.Range(0, 30).Select(i => $"Line {i} says what line {i + number} does not.\n"));

    private static string Text(int round, int number)
        => string.Concat(Enumerable.Range(0, 60)
            .Select(i => $"value_{i} = compute({number}, {round}, {i * 31 + number}); // nothing secret here\n"));
}
