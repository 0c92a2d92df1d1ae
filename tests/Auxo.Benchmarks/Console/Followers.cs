using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

using Auxo.Benchmarks.Measuring;
using Auxo.Benchmarks.Sides;
using Auxo.Pipeline.Checks;

namespace Auxo.Benchmarks.Console;

/// <summary>
/// Fifty readers follow the log of one build that prints ten thousand lines in a second, through the console, as browsers do; and one
/// more takes only a little at a time.
/// </summary>
internal static class Followers
{
    private const int Readers = 50;
    private const int LinesPerTick = 1000;
    private const string Step = "print";

    /// <summary>Measures.</summary>
    public static async Task<IReadOnlyList<Figure>> RunAsync(BenchmarkContext context, CancellationToken ct)
    {
        var auxo = await context.PlainInstanceAsync();
        using var console = await ConsoleSide.OpenAsync(auxo, ct);
        var ticks = context.Options.Count(300, 50);
        var off = string.Join(", ", CheckBatch.All.Select(static check => $"{check.Name}: off"));
        using var repository = await PlainRepository.CreateAsync(
            new Dictionary<string, string>(StringComparer.Ordinal)
            {
                [".auxo/ci.yaml"] = $"checks: {{ {off} }}\nsteps:\n  - name: {Step}\n    run: bash print.sh\n",
                ["print.sh"] = Script(ticks),
            }, ct);
        int[] parts = [await console.ProcessIdAsync("pipeline"), await console.ProcessIdAsync("console")];

        using var answer = await auxo.Client("pipeline").PostAsJsonAsync(
            "/builds", new { source = repository.Path, commit = await repository.HeadAsync(ct) }, ct);
        answer.EnsureSuccessStatusCode();
        var build = (await answer.Content.ReadFromJsonAsync<JsonElement>(ct)).GetProperty("id").GetGuid();
        var log = new Uri($"/builds/{build}/logs/{Step}", UriKind.Relative);
        await BegunAsync(console, log, ct);
        using var slow = new CancellationTokenSource();
        var dawdling = DawdleAsync(console, log, slow.Token);
        var before = Array.ConvertAll(parts, ProcessorTime.OwnSeconds);
        var since = TimeProvider.System.GetTimestamp();
        var readers = Enumerable.Range(0, Readers).Select(_ => ReadAsync(console, log, ct)).ToList();
        var read = await Task.WhenAll(readers);
        var seconds = TimeProvider.System.GetElapsedTime(since).TotalSeconds;
        var used = parts.Zip(before, (part, then) => (ProcessorTime.OwnSeconds(part) - then) / seconds).ToList();
        var memory = parts.Select(PeakMiB).ToList();
        await slow.CancelAsync();
        await dawdling;

        using var whole = await console.Client.GetAsync(log, ct);
        var printed = (await whole.Content.ReadAsByteArrayAsync(ct)).AsSpan().Count((byte)'\n');
        var rate = ticks * LinesPerTick / seconds;
        return
        [
            new($"{Readers} follow a log of {rate:N0} lines a second: processors used", "cores", Series.One(used.Sum()),
                Goal: Goal.AtMost(1))
            {
                Note = $"processor time of pipeline and console over {seconds:0} s of {printed:N0} lines; one more reader takes "
                    + "16 KiB a second",
            },
            new("of it the pipeline", "cores", Series.One(used[0])) { IsPart = true },
            new("of it the console", "cores", Series.One(used[1])) { IsPart = true },
            new("lines that a reader did not get", "lines", new Series(read.Select(n => (double)printed - n)), Goal: Goal.AtMost(0, 0)),
            new("memory at the most, pipeline", "MiB", Series.One(memory[0])) { IsPart = true },
            new("memory at the most, console", "MiB", Series.One(memory[1])) { IsPart = true },
        ];
    }

    /// <summary>A thousand lines in each tenth of a second, by the clock.</summary>
    private static string Script(int ticks) => $$"""
        begin=${EPOCHREALTIME/[.,]/}
        for ((t = 0; t < {{ticks}}; t++)); do
          seq -f 'test %.0f of many: it does what it says, and it says so on a line of eighty characters' \
            $((t * {{LinesPerTick}} + 1)) $((t * {{LinesPerTick}} + {{LinesPerTick}}))
          left=$((begin + (t + 1) * 100000 - ${EPOCHREALTIME/[.,]/}))
          if ((left > 0)); then sleep "0.$(printf %06d "$left")"; fi
        done
        """.ReplaceLineEndings("\n") + "\n";

    private static Task<bool> BegunAsync(ConsoleSide console, Uri log, CancellationToken ct)
        => Poll.UntilAsync(
            async () =>
            {
                using var head = await console.Client.GetAsync(log, HttpCompletionOption.ResponseHeadersRead, ct);
                return head.StatusCode == HttpStatusCode.OK ? true : (bool?)null;
            },
            "the step prints", ct);

    /// <summary>Reads to the end; how many lines that were.</summary>
    private static async Task<long> ReadAsync(ConsoleSide console, Uri log, CancellationToken ct)
    {
        using var answer = await console.Client.GetAsync(
            new Uri($"{log}/bytes?after=0", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead, ct);
        await using var body = await answer.EnsureSuccessStatusCode().Content.ReadAsStreamAsync(ct);
        var buffer = new byte[64 << 10];
        for (var lines = 0L;;)
        {
            var count = await body.ReadAsync(buffer, ct);
            if (count == 0) return lines;
            lines += buffer.AsSpan(0, count).Count((byte)'\n');
        }
    }

    private static double PeakMiB(int pid)
        => double.Parse(
            File.ReadLines($"/proc/{pid}/status").First(static l => l.StartsWith("VmHWM:", StringComparison.Ordinal))
                .Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], CultureInfo.InvariantCulture) / 1024;

    private static async Task DawdleAsync(ConsoleSide console, Uri log, CancellationToken ct)
    {
        try
        {
            using var answer = await console.Client.GetAsync(
                new Uri($"{log}/bytes?after=0", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead, ct);
            await using var body = await answer.Content.ReadAsStreamAsync(ct);
            for (var buffer = new byte[4 << 10]; await body.ReadAsync(buffer, ct) > 0;)
                await Task.Delay(TimeSpan.FromMilliseconds(250), TimeProvider.System, ct);
        }
        catch (OperationCanceledException)
        {
            // The others are done.
        }
    }
}
