using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;

using Auxo.Benchmarks.Measuring;
using Auxo.Benchmarks.Sides;
using Auxo.Pipeline.Checks;

namespace Auxo.Benchmarks.Thread;

/// <summary>
/// The check <c>secrets</c> over a whole history, as the scan <c>audit</c> makes it each month: contents of a gigabyte, beside
/// <c>git cat-file</c> of all objects through <c>grep</c> with seven patterns.
/// </summary>
internal static class WholeHistory
{
    private const string Check = "secrets";
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);

    /// <summary>Prints the seconds on the clock and on the processors. Its grep has seven of the check's patterns, in bytes.</summary>
    private const string ByHand = """
        TIMEFORMAT='%R %U %S'; export LC_ALL=C
        time (git cat-file --batch-all-objects --unordered --batch | grep -acE \
            -e '-----BEGIN [A-Z ]*PRIVATE KEY' -e 'AKIA[0-9A-Z]{16}' \
            -e 'gh[pousr]_[A-Za-z0-9]{36}' -e 'glpat-[A-Za-z0-9_-]{20}' -e 'xox[baprs]-[A-Za-z0-9-]{10,}' \
            -e 'https?://[^/ :]+:[^/ @]+@' -e '(password|passwd|secret|token|api_?key)["'"'"' ]*[:=]["'"'"' ]*[A-Za-z0-9+/_-]{16,}' \
            >/dev/null)
        """;

    /// <summary>Measures.</summary>
    public static async Task<IReadOnlyList<Figure>> RunAsync(BenchmarkContext context, CancellationToken ct)
    {
        var auxo = await context.PlainInstanceAsync();
        var off = string.Join(", ", CheckBatch.All.Where(static check => check.Name != Check).Select(static check => $"{check.Name}: off"));
        using var repository = await PlainRepository.CreateAsync(
            new Dictionary<string, string>(StringComparer.Ordinal) { [".auxo/ci.yaml"] = $"checks: {{ {off} }}\n" }, ct);
        var history = new PastContents(context.Options.Count(1_000_000_000, 64_000_000));
        var commits = await history.WriteAsync(repository, ct);
        context.Tell($"{history.Bytes / 1e6:0} MB of contents in {commits} commits");
        var rid = await repository.TrackAsync(auxo, ct, Limit);
        var pid = (await auxo.ResourceAsync("pipeline")).Pid ?? throw new InvalidOperationException("The pipeline does not run.");

        List<double> wall = [], processor = [], peerWall = [], peerProcessor = [];
        var (megabytes, peak) = (history.Bytes / 1e6, 0.0);
        for (var i = 0; i < context.Options.Count(2, 1); i++)
        {
            var (seconds, used) = await ByHandAsync(repository.Path, ct);
            peerWall.Add(megabytes / seconds);
            peerProcessor.Add(megabytes / used);
            context.Tell($"by hand: {megabytes / seconds:0} MB/s");

            var before = ProcessorTime.WithAllChildren(pid);
            using var answer = await auxo.Pipeline.PostAsync(
                new Uri($"/schedules/{Uri.EscapeDataString(rid)}/audit/run", UriKind.Relative), content: null, ct);
            var asked = await answer.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonElement>(ct);
            var build = await PlainRepository.EndAsync(auxo, asked.GetProperty("id").GetGuid(), ct, Limit);
            processor.Add(megabytes / (ProcessorTime.WithAllChildren(pid) - before));
            wall.Add(megabytes / await SecondsAsync(auxo, build, commits + 1, ct));
            peak = Math.Max(peak, IdleMemory.PssMiB(pid));
            context.Tell($"Auxo: {wall[^1]:0} MB/s");
        }

        return
        [
            new($"secrets in a history of {megabytes / 1000:0.##} GB, of all its contents", "MB/s", new Series(wall), new Series(peerWall))
            {
                Note = $"{commits:N0} commits that change {PastContents.PerCommit} files of some 20 KB each, by the scan 'audit' with the "
                    + "checks beside it turned off, nothing known from before; the peer is 'git cat-file --batch-all-objects --batch "
                    + "| grep -cE' with seven patterns, which does not say in which commit, and runs on two cores",
            },
            new("the same per second of a processor", "MB/s", new Series(processor), new Series(peerProcessor), Goal.AtLeast(100))
            {
                Note = "of the pipeline and of git, by their processor time; the peer's likewise",
            },
            new("memory (PSS) of the pipeline afterwards", "MiB", Series.One(peak)) { IsPart = true },
        ];
    }

    /// <summary>How long the check took. It must have read every commit, and have found what only an old one has.</summary>
    private static async Task<double> SecondsAsync(Testing.AuxoInstance auxo, JsonElement build, int commits, CancellationToken ct)
    {
        var log = await auxo.Pipeline.GetStringAsync(
            new Uri($"/builds/{build.GetProperty("id").GetGuid()}/logs/{Check}", UriKind.Relative), ct);
        var whole = string.Create(CultureInfo.InvariantCulture, $"{commits} commits searched, the whole history");
        foreach (var wanted in (string[])[whole, PastContents.Removed])
        {
            if (!log.Contains(wanted, StringComparison.Ordinal)) throw new InvalidOperationException($"Nothing of '{wanted}' in: {log}");
        }

        return build.GetProperty("steps").EnumerateArray().Single(static step => step.GetProperty("step").GetString() == Check)
            .GetProperty("durationSeconds").GetDouble();
    }

    private static async Task<(double Seconds, double Used)> ByHandAsync(string folder, CancellationToken ct)
    {
        using var process = Process.Start(new ProcessStartInfo("bash", ["-c", ByHand])
        {
            WorkingDirectory = folder, UseShellExecute = false, RedirectStandardError = true,
        })!;
        var said = await process.StandardError.ReadToEndAsync(ct);
        await process.WaitForExitAsync(ct);
        var times = said.Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries)
            .Select(static word => double.Parse(word, CultureInfo.InvariantCulture)).ToList();
        return times.Count == 3 ? (times[0], times[1] + times[2]) : throw new InvalidOperationException($"By hand: {said}");
    }
}
