using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;

using Auxo.Benchmarks.Measuring;
using Auxo.Benchmarks.Registry;
using Auxo.Benchmarks.Sides;
using Auxo.Benchmarks.Thread;
using Auxo.Testing;

using Microsoft.Playwright;

namespace Auxo.Benchmarks.Console;

/// <summary>
/// Every page of the console in a real browser: until it is first painted, and from one to the next; beside a static page of the same
/// content and weight that nginx serves.
/// </summary>
internal static partial class Pages
{
    private static readonly string[] Always =
        ["/", "/repositories", "/queue", "/dora", "/ci", "/registry", "/messages", "/notifications", "/nodes", "/settings", "/wall"];

    /// <summary>Milliseconds from the request of a document to its first text.</summary>
    private const string Painted = """
        () => new Promise(done => new PerformanceObserver(list => {
            const paint = list.getEntries().find(e => e.name === "first-contentful-paint");
            if (paint) done(paint.startTime);
        }).observe({ type: "paint", buffered: true }))
        """;

    /// <summary>Milliseconds from a click to the frame in which the other page stands.</summary>
    private const string Moved = """
        path => new Promise(done => {
            const begun = performance.now();
            window.arrived = () => requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now() - begun)));
            if (!window.listens) Blazor.addEventListener("enhancedload", () => window.arrived?.());
            window.listens = true;
            Blazor.navigateTo(path);
        })
        """;

    /// <summary>Bytes over the wire of all that a first visit fetches, and of the scripts that the first paint waits for.</summary>
    private const string Weights = """
        () => {
            const all = [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")]
                .filter(e => !e.name.endsWith("/live"));
            return [all.reduce((sum, e) => sum + e.transferSize, 0),
                all.filter(e => e.initiatorType === "script" && e.renderBlockingStatus === "blocking")
                    .reduce((sum, e) => sum + e.transferSize, 0)];
        }
        """;

    /// <summary>Measures.</summary>
    public static async Task<IReadOnlyList<Figure>> RunAsync(BenchmarkContext context, CancellationToken ct)
    {
        var auxo = await context.PlainInstanceAsync();
        using var repository = await PlainRepository.CreateAsync(SampleRepository.Files(), ct);
        var paths = await PathsAsync(auxo, repository, ct);
        await using var browser = await Browser.StartAsync();
        var console = (await auxo.ResourceAsync("console")).Pid!.Value;
        var atRest = IdleMemory.PssMiB(console);
        var (weight, blocking) = await WeighAsync(browser, auxo);

        var page = await browser.OpenAsync(auxo);
        List<(string Path, double Paint, double Move)> all = [];
        var times = context.Options.Count(10, 2);
        foreach (var path in paths)
        {
            ct.ThrowIfCancellationRequested();
            context.Tell(path);
            await page.GotoAsync(path);
            for (var i = 0; i < times; i++)
            {
                await page.GotoAsync(path);
                var paint = await page.EvaluateAsync<double>(Painted);
                await page.GotoAsync(path == "/queue" ? "/" : "/queue");
                // The wall stands by itself, so one comes to it as to another site.
                var move = path == "/wall" ? paint : await page.EvaluateAsync<double>(Moved, path);
                all.Add((path, paint, move));
            }
        }

        var still = await StaticAsync(context, browser, auxo, times * 4, ct);
        return
        [
            new("first paint of a page, warm", "ms", new Series(all.Select(static p => p.Paint)), still, Goal.AtMost(150))
            {
                Note = $"{paths.Count} pages, {times} times each; the peer is the overview as a static page, served by nginx",
            },
            .. paths.Select(path => new Figure(path.Split('/') is ["", var first, { Length: > 0 }, ..] ? $"/{first}/…" : path, "ms",
                new Series(all.Where(p => p.Path == path).Select(static p => p.Paint))) { IsPart = true }),
            new("from one page to another", "ms", new Series(all.Where(static p => p.Path != "/wall").Select(static p => p.Move)),
                Goal: Goal.AtMost(100)),
            new("the first page with all it needs, as it is sent", "KiB", Series.One(weight / 1024), Goal: Goal.AtMost(150)),
            new("script that the first paint waits for", "KiB", Series.One(blocking / 1024), Goal: Goal.AtMost(0)),
            new("memory (PSS) of the console at rest", "MiB", Series.One(atRest), Goal: Goal.AtMost(50)),
            new("memory (PSS) of the console after these pages", "MiB", Series.One(IdleMemory.PssMiB(console))),
        ];
    }

    private static async Task<IReadOnlyList<string>> PathsAsync(AuxoInstance auxo, PlainRepository repository, CancellationToken ct)
    {
        using var tracked = await auxo.Ingest.PostAsJsonAsync("/repositories", new { location = repository.Path }, ct);
        var rid = Uri.EscapeDataString((await tracked.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonElement>(ct))
            .GetProperty("repository").GetProperty("rid").GetString()!);
        var build = await repository.BuildAsync(auxo, await repository.HeadAsync(ct), ct);
        return [.. Always, $"/repositories/{rid}", $"/dora/{rid}", $"/ci/{rid}", $"/registry/{rid}",
            $"/builds/{build.GetProperty("id").GetGuid()}", $"/trace/{await repository.HeadAsync(ct)}"];
    }

    private static async Task<(double All, double Blocking)> WeighAsync(Browser browser, AuxoInstance auxo)
    {
        var page = await browser.OpenAsync(auxo);
        await page.WaitForLoadStateAsync(LoadState.Load);
        var sizes = await page.EvaluateAsync<double[]>(Weights);
        await page.Context.DisposeAsync();
        return (sizes[0], sizes[1]);
    }

    /// <summary>The overview, its sheet and its scripts as files.</summary>
    private static async Task<Series?> StaticAsync(
        BenchmarkContext context, Browser browser, AuxoInstance auxo, int times, CancellationToken ct)
    {
        await using var nginx = await NginxSide.StartAsync(context, ct);
        if (nginx is null) return null;
        using var reader = await ConsoleSide.OpenAsync(auxo, ct);
        var document = await reader.Client.GetStringAsync(new Uri("/", UriKind.Relative), ct);
        await File.WriteAllTextAsync(Path.Combine(nginx.Files, "index.html"), document, ct);
        foreach (Match asset in Asset().Matches(document))
        {
            var file = Path.Combine(nginx.Files, asset.Groups["path"].Value);
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            await File.WriteAllBytesAsync(
                file, await reader.Client.GetByteArrayAsync(new Uri("/" + asset.Groups["path"].Value, UriKind.Relative), ct), ct);
        }

        var page = await browser.OpenAsync(null);
        List<double> paints = [];
        for (var i = 0; i <= times; i++)
        {
            await page.GotoAsync(new Uri(nginx.Address, "/index.html").ToString());
            paints.Add(await page.EvaluateAsync<double>(Painted));
        }

        return new Series(paints.Skip(1));
    }

    [GeneratedRegex("(href|src)=\"(?<path>[a-z_][^\":]*\\.(css|js|svg))\"", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Asset();
}
