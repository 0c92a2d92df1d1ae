using System.Globalization;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

using Auxo.Benchmarks.Measuring;
using Auxo.Benchmarks.Sides;
using Auxo.Pipeline.Checks;

using Microsoft.Playwright;

namespace Auxo.Benchmarks.Console;

/// <summary>
/// A log in a real browser: how long a printed line takes until it is in the page, and how long it takes to be at any line of a log
/// of 500 MB.
/// </summary>
internal static class Logs
{
    private const int BigBytes = 500_000_000;
    private const string Step = "print";
    private const string Text = "\u001b[32mok\u001b[0m a test that says what it does, in eighty characters or so\n";

    /// <summary>Remembers for each line that comes into the page how old its stamp is, in milliseconds.</summary>
    private const string Watch = """
        () => {
          window.ages = [];
          new MutationObserver(changes => {
            for (const change of changes) for (const row of change.addedNodes) {
              const stamp = /at (\d+\.\d+)$/.exec(row.lastElementChild?.textContent ?? '');
              if (stamp) requestAnimationFrame(() => window.ages.push(Date.now() - Number(stamp[1]) * 1000));
            }
          }).observe(document.querySelector('.log'), { childList: true });
        }
        """;

    /// <summary>Moves to a line by the bar beside the log, and waits until the line is seen; how long that took.</summary>
    private const string Move = """
        line => new Promise(done => {
          const begun = performance.now(), bar = document.querySelector('.position');
          bar.value = line;
          bar.dispatchEvent(new Event('input'));
          const look = () => document.getElementById('L' + line) ? done(performance.now() - begun) : requestAnimationFrame(look);
          look();
        })
        """;

    /// <summary>Measures.</summary>
    public static async Task<IReadOnlyList<Figure>> RunAsync(BenchmarkContext context, CancellationToken ct)
    {
        var auxo = await context.PlainInstanceAsync();
        using var console = await ConsoleSide.OpenAsync(auxo, ct);
        await using var browser = await Browser.StartAsync();
        var page = await browser.OpenAsync(auxo);
        var lines = context.Options.Count(400, 60);
        var off = string.Join(", ", CheckBatch.All.Select(static check => $"{check.Name}: off"));
        using var repository = await PlainRepository.CreateAsync(
            new Dictionary<string, string>(StringComparer.Ordinal)
            {
                [".auxo/ci.yaml"] = $"checks: {{ {off} }}\nsteps:\n  - name: {Step}\n    run: bash print.sh\n",
                ["print.sh"] = $"sleep 3\nfor i in $(seq {lines}); do echo \"line $i at $EPOCHREALTIME\"; sleep 0.05; done\n",
            }, ct);
        using var answer = await auxo.Client("pipeline").PostAsJsonAsync(
            "/builds", new { source = repository.Path, commit = await repository.HeadAsync(ct) }, ct);
        answer.EnsureSuccessStatusCode();
        var build = (await answer.Content.ReadFromJsonAsync<JsonElement>(ct)).GetProperty("id").GetGuid();
        await page.GotoAsync($"/builds/{build}?step={Step}");
        await page.EvaluateAsync(Watch);
        await page.WaitForSelectorAsync(".log[data-complete]", new() { Timeout = 120_000 });
        var ages = await page.EvaluateAsync<double[]>("window.ages");
        context.Tell($"{ages.Length} of {lines} lines were seen as they were printed");

        var log = Path.Combine(auxo.Home, "logs", "builds", $"{build}", Step + ".log");
        var total = await FillAsync(log, ct);
        var route = new Uri($"/builds/{build}/logs/{Step}/", UriKind.Relative);
        var first = await TimeAsync(console, new Uri($"{route}lines?from=-1", UriKind.Relative), ct);
        var random = new Random(5);
        List<double> asked = [], opened = [], moved = [];
        for (var i = 0; i < context.Options.Count(40, 8); i++)
        {
            asked.Add(await TimeAsync(console, new Uri($"{route}lines?from={random.NextInt64(1, total)}&count=200", UriKind.Relative), ct));
            var line = random.NextInt64(1, total);
            await page.GotoAsync("/queue");
            await page.GotoAsync(
                $"/builds/{build}?step={Step}&line={line}#L{line}", new() { WaitUntil = WaitUntilState.Load });
            await page.WaitForSelectorAsync($"#L{line}");
            opened.Add(await page.EvaluateAsync<double>("performance.getEntriesByName('first-contentful-paint')[0].startTime"));
            await page.WaitForSelectorAsync(".position:not([hidden])");
            moved.Add(await page.EvaluateAsync<double>(Move, random.NextInt64(1, total)));
        }

        for (var i = 0; i < 20; i++) await page.EvaluateAsync<double>(Move, random.NextInt64(1, total));
        var before = await browser.MemoryMiBAsync();
        await Browser.CollectAsync(page);
        var memory = await browser.MemoryMiBAsync();
        var searched = await TimeAsync(console, new Uri($"{route}search?q=not+in+there+at+all", UriKind.Relative), ct);
        return
        [
            new("log line printed → seen in the browser", "ms", new Series(ages), Goal: Goal.P99AtMost(200)),
            new("a log of 500 MB opened at any line, by its address: first paint", "ms", new Series(opened), Goal: Goal.AtMost(500)),
            new("the same from the open page", "ms", new Series(moved), Goal: Goal.AtMost(500)),
            new("memory of the tab with it (PSS), after a collection", "MiB", Series.One(memory), Goal: Goal.AtMost(150))
            {
                Note = "after some dozens of jumps through the log; an empty tab has some 50 MiB",
            },
            new("the same before the collection", "MiB", Series.One(before)) { IsPart = true },
            new("200 lines of it over HTTP", "ms", new Series(asked)) { IsPart = true },
            new("the first time, without an index", "ms", Series.One(first)) { IsPart = true },
            new("a search through all of it", "ms", Series.One(searched)) { IsPart = true, Note = $"{total:N0} lines" },
        ];
    }

    /// <summary>Puts 500 MB in the place of the log; how many lines they are.</summary>
    private static async Task<long> FillAsync(string log, CancellationToken ct)
    {
        File.Delete(Path.ChangeExtension(log, ".index"));
        File.SetUnixFileMode(log, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        var lines = 0L;
        await using (var file = new FileStream(log, FileMode.Truncate, FileAccess.Write))
        {
            while (file.Length < BigBytes)
            {
                var some = new StringBuilder();
                for (var i = 0; i < 10_000; i++)
                    some.Append(CultureInfo.InvariantCulture, $"[{++lines:00000000}] {Text}");
                await file.WriteAsync(Encoding.UTF8.GetBytes(some.ToString()), ct);
            }
        }

        File.SetUnixFileMode(log, UnixFileMode.UserRead);
        return lines;
    }

    private static async Task<double> TimeAsync(ConsoleSide console, Uri address, CancellationToken ct)
    {
        var begun = TimeProvider.System.GetTimestamp();
        using var answer = await console.Client.GetAsync(address, ct);
        await answer.EnsureSuccessStatusCode().Content.ReadAsByteArrayAsync(ct);
        return TimeProvider.System.GetElapsedTime(begun).TotalMilliseconds;
    }
}
